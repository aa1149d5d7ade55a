// The parts of the frame that a first screen does not show, in one script.

export { default as AlertsSheet } from './AlertsSheet.svelte'
export { default as Dialogs } from './Dialogs.svelte'
export { default as ExportsTray } from './ExportsTray.svelte'
export { default as LeftBulks } from './actions/LeftBulks.svelte'
export { default as StaffSheet } from './StaffSheet.svelte'
