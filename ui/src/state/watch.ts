// Reads something again and again: quietly, more slowly while it fails, not while the window is hidden.
//
//   $effect(() => watch(async () => { await refresh(); return !failed }, 4000))
//
// It looks at once, then `every` milliseconds; the function returned ends it.

const longestPause = 30_000

/** `look` says whether it worked. */
export function watch(look: () => Promise<boolean>, every: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let watching = true

  async function again() {
    clearTimeout(timer)
    if (document.visibilityState === 'visible') failures = (await look()) ? 0 : failures + 1
    if (!watching) return
    clearTimeout(timer)
    timer = setTimeout(again, Math.min(longestPause, every * 2 ** Math.max(0, failures - 1)))
  }

  const wake = () => document.visibilityState === 'visible' && void again()
  document.addEventListener('visibilitychange', wake)
  void again()
  return () => {
    watching = false
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', wake)
  }
}
