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

function say(element: Element, attribute: string, text: string) {
  if (element.getAttribute(attribute) !== text) element.setAttribute(attribute, text)
}

/**
 * Puts what is drawn of an icon into an `svg` of 24 × 24 units: `size` in pixels, `weight` of its lines in units. In
 * one go, and nothing that stands there already: there are dozens of them on the first screen.
 */
export const drawn = (icon: Icon, size = 16, weight = 1.75, look = '') => (svg: SVGElement) => {
  say(svg, 'width', String(size))
  say(svg, 'height', String(size))
  say(svg, 'stroke-width', String(weight))
  if (look || svg.hasAttribute('class')) say(svg, 'class', look)
  let fragment = made.get(icon)
  if (!fragment) {
    fragment = make(icon)
    made.set(icon, fragment)
  }
  svg.replaceChildren(fragment.cloneNode(true))
}
