// Short notices about something that just happened.

export interface Toast {
  id: number
  tone: 'ok' | 'bad'
  text: string
}

const shownFor = 6000

class Toasts {
  all = $state.raw<readonly Toast[]>([])
  #last = 0

  say(text: string, tone: Toast['tone'] = 'ok') {
    const id = (this.#last += 1)
    this.all = [...this.all.slice(-2), { id, tone, text }]
    setTimeout(() => this.dismiss(id), shownFor)
  }

  dismiss(id: number) {
    this.all = this.all.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
