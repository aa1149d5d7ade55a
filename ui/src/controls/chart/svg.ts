// Turns the core's drawing into nodes, and refuses anything that is more than shapes and axis text.
//
// The core is the only author of these drawings. The check is here all the same, because this is the
// only place where text from outside becomes elements.

const namespace = 'http://www.w3.org/2000/svg'

const elements = new Set([
  'svg',
  'g',
  'path',
  'line',
  'polyline',
  'polygon',
  'rect',
  'circle',
  'text',
  'tspan',
])

const attributes = new Set([
  ...['xmlns', 'width', 'height', 'viewBox', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'dx', 'dy'],
  ...['cx', 'cy', 'r', 'rx', 'ry', 'd', 'points', 'transform', 'preserveAspectRatio'],
  ...['fill', 'fill-opacity', 'fill-rule', 'opacity', 'stroke', 'stroke-width'],
  ...['stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin'],
  ...['shape-rendering', 'vector-effect', 'text-anchor', 'dominant-baseline'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'class'],
])

export class RefusedDrawing extends Error {
  constructor(what: string) {
    super(`The drawing holds ${what}, which a chart never does.`)
    this.name = 'RefusedDrawing'
  }
}

/** Parses a drawing into a node of this document; throws `RefusedDrawing`. */
export function drawing(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')
  if (parsed.getElementsByTagName('parsererror').length) {
    throw new RefusedDrawing('something that is not SVG')
  }
  const walker = parsed.createTreeWalker(parsed, NodeFilter.SHOW_ALL)
  while (walker.nextNode()) check(walker.currentNode)
  const root = document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement
  root.setAttribute('aria-hidden', 'true')
  root.setAttribute('focusable', 'false')
  return root
}

function check(node: Node) {
  if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.COMMENT_NODE) return
  if (!(node instanceof Element)) throw new RefusedDrawing(`a node of type ${node.nodeType}`)
  if (node.namespaceURI !== namespace || !elements.has(node.localName)) {
    throw new RefusedDrawing(`<${node.nodeName}>`)
  }
  for (const attribute of node.attributes) {
    if (!attributes.has(attribute.name)) throw new RefusedDrawing(`the attribute ${attribute.name}`)
    if (attribute.name !== 'xmlns' && /url\(|:/i.test(attribute.value)) {
      throw new RefusedDrawing(`an address in ${attribute.name}`)
    }
  }
}
