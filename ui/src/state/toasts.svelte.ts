// Short notices about something that just happened.

export interface Toast {
  id: number
  tone: 'ok' | 'bad'
  text: string
  /** What can be done about it. */
  offer?: { word: string; act: () => void }
}

const shownFor = 6000
/** Long enough to read it, find that it was wrong, and press. */
const offeredFor = 20_000

class Toasts {
  all = $state.raw<readonly Toast[]>([])
  #last = 0

  /** Answers its id. */
  say(text: string, tone: Toast['tone'] = 'ok', offer?: Toast['offer']): number {
    const id = this.#show(tone, text, offer)
    setTimeout(() => this.dismiss(id), offer ? offeredFor : shownFor)
    return id
  }

  /** For whoever comes: it stays until somebody does, and then as long as any other. */
  leave(text: string, tone: Toast['tone']) {
    const id = this.#show(tone, text)
    const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel']
    const come = () => {
      for (const sign of signs) window.removeEventListener(sign, come)
      setTimeout(() => this.dismiss(id), shownFor)
    }
    for (const sign of signs) window.addEventListener(sign, come, { passive: true })
  }

  #show(tone: Toast['tone'], text: string, offer?: Toast['offer']): number {
    const id = (this.#last += 1)
    this.all = [...this.all.slice(-2), { id, tone, text, offer }]
    return id
  }

  dismiss(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
