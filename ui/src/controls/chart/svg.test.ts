import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { drawing, RefusedDrawing } from './svg'

const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" ${attributes}>${inside}</svg>`

describe('a drawing', () => {
  it('of shapes and axis text is taken', () => {
    const node = drawing(
      svg('<g transform="translate(1 2)"><path d="M0 0L1 1" stroke="#3557c9"/><text x="1" y="2" text-anchor="end">800</text></g>'),
    )
    expect(node.ownerDocument).toBe(document)
    expect(node.querySelector('text')?.textContent).toBe('800')
    expect(node.querySelector('path')).toBeInstanceOf(SVGElement)
  })

  it('as the core draws it is taken, element by element', () => {
    const folder = join(import.meta.dirname, '../../../../src-tauri/charts/snapshots')
    const drawn = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((snapshot) => snapshot.match(/<svg[\s\S]*<\/svg>/) ?? [])
    expect(drawn.length, 'the core has no drawing to compare with').toBeGreaterThan(0)
    for (const text of drawn) {
      expect(drawing(text).querySelectorAll('text').length).toBeGreaterThan(2)
    }
  })

  it('is not read out: the values have their own words', () => {
    expect(drawing(svg('')).getAttribute('aria-hidden')).toBe('true')
  })

  it.each([
    ['a script', svg('<script>alert(1)</script>')],
    ['HTML in it', svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">hi</p></foreignObject>')],
    ['an HTML element', svg('<img xmlns="http://www.w3.org/1999/xhtml" src="x"/>')],
    ['a link', svg('<a href="https://example.com"><rect/></a>')],
    ['an image', svg('<image href="https://example.com/x.png"/>')],
    ['a reference', svg('<use href="#x"/>')],
    ['a style sheet', svg('<style>rect{fill:red}</style>')],
    ['an animation', svg('<rect><animate attributeName="x" to="9"/></rect>')],
    ['a handler', svg('<rect onclick="alert(1)"/>')],
    ['a handler on its root', svg('', 'onload="alert(1)"')],
    ['a style attribute', svg('<rect style="fill:red"/>')],
    ['a reference in a colour', svg('<rect fill="url(#x)"/>')],
    ['an address in a colour', svg('<rect fill="javascript:alert(1)"/>')],
    ['an attribute of another namespace', svg('<rect xmlns:x="http://www.w3.org/1999/xlink" x:href="#a"/>')],
    ['a processing instruction', `<?xml-stylesheet href="x.css"?>${svg('')}`],
    ['HTML instead of SVG', '<html xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['broken markup', '<svg xmlns="http://www.w3.org/2000/svg"><g>'],
  ])('with %s is refused whole', (_, text) => {
    expect(() => drawing(text)).toThrow(RefusedDrawing)
  })
})
