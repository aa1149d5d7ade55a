import { render } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'

import Bell from '@lucide/icons/icons/bell'
import Icon from './Icon.svelte'

const shapes = (root: ParentNode) => [...root.querySelectorAll('svg > *')].map((shape) => [shape.tagName, shape.getAttributeNames().join(), shape.getAttribute('d')])

describe('an icon', () => {
  it('is drawn as the library says, wherever it is shown, and is silent', () => {
    const { container } = render(Icon, { of: Bell, size: 14 })
    render(Icon, { of: Bell })
    const svgs = document.querySelectorAll('svg')
    expect([...svgs].map((svg) => svg.getAttribute('width'))).toEqual(['14', '16'])
    expect(svgs[0]?.getAttribute('aria-hidden')).toBe('true')
    const drawn = Bell.node.map(([name, { d }]) => [name, 'd', d])
    expect(drawn.length).toBeGreaterThan(1)
    expect(shapes(container)).toEqual(drawn)
    expect(shapes(document.body)).toEqual([...drawn, ...drawn])
  })

  it('becomes another where it is another', async () => {
    const { container, rerender } = render(Icon, { of: Bell })
    const other = { name: 'dot', node: [['circle', { cx: '12', key: 'a' }]] } as typeof Bell
    await rerender({ of: other, size: 20, weight: 2, class: 'copied' })
    const svg = container.querySelector('svg')!
    expect(svg.innerHTML).toBe('<circle cx="12"></circle>')
    const said = () => ['width', 'height', 'stroke-width', 'class'].map((name) => svg.getAttribute(name))
    expect(said()).toEqual(['20', '20', '2', 'copied'])
    await rerender({ of: other, size: undefined, weight: undefined, class: undefined })
    expect(said()).toEqual(['16', '16', '1.75', ''])
  })
})
