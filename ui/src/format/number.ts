// Whole numbers as people read them.

// One for all: the engine makes a new one, of many kilobytes, wherever a number is asked to format itself.
const whole = new Intl.NumberFormat('en-US')

/** `1,204`. */
export const grouped = (count: number) => whole.format(count)
