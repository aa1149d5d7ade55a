// Whether the help sheet is open.

class Help {
  open = $state(false)
}

export const help = new Help()
