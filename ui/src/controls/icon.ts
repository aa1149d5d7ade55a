// The signs of Lucide, as elements: each is made once, and copied wherever it is shown.

import type { LucideIconData } from '@lucide/icons'

export type Icon = LucideIconData

const made = new Map<Icon, DocumentFragment>()

function make(icon: Icon): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const [name, attributes] of icon.node) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [attribute, value] of Object.entries(attributes)) {
      // Told apart by it in another framework's lists.
      if (attribute !== 'key') element.setAttribute(attribute, String(value))
    }
    fragment.append(element)
  }
  return fragment
}

/** Puts what is drawn of an icon into an `svg` of 24 × 24. */
export const drawn = (icon: Icon) => (svg: SVGElement) => {
  let fragment = made.get(icon)
  if (!fragment) {
    fragment = make(icon)
    made.set(icon, fragment)
  }
  svg.replaceChildren(fragment.cloneNode(true))
}
