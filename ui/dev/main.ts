// The window with invented data, to look at in any browser. Never part of the program.
//
// `dev.html?scene=…`: ready (default), starting, failed, empty, lacking, failing, broken, keyless, large;
// `&kind=production` for another band; `&who=nobody` (or a group), `&elevated=90` (seconds), `&stale`, `&moved`, `&flaw`.

import { useTransport } from '../src/ipc/transport'
import { answer } from './answers'

useTransport(answer)
await import('../src/main')
