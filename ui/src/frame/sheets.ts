// What the frame opens, read after the first screen is painted.

import { Part } from '../state/part.svelte'

export const sheets = new Part(() => import('./all_sheets'))
