// Whole numbers as people read them.

/**
 * `1,204`. Written here and not by the engine: its first formatter takes 8 ms to make, in which the first screen would
 * wait.
 */
export const grouped = (count: number) => String(count).replace(/\d(?=(\d{3})+$)/g, '$&,')
