// The rules about who may know whom, read from the sources themselves.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import { describe, expect, it } from 'vitest'

const root = import.meta.dirname
const longest = 500

interface Source {
  path: string
  text: string
  /** Paths inside `src/`, or names of packages. */
  imports: string[]
}

function read(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte|css)$/.test(entry.name))
    .map((entry) => {
      const absolute = join(entry.parentPath, entry.name)
      const text = readFileSync(absolute, 'utf8')
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name]) =>
        name!.startsWith('.') ? relative(root, resolve(dirname(absolute), name!)) : name!,
      )
      return { path: relative(root, absolute), text, imports }
    })
}

const sources = read(root)
const written = sources.filter(({ path }) => !path.startsWith('ipc/generated/'))
const isTest = ({ path }: Source) => /\.test\.ts$|^test\./.test(path)
const product = written.filter((source) => !isTest(source))

function breaches(of: Source[], forbidden: (imported: string, from: string) => boolean) {
  return of.flatMap(({ path, imports }) =>
    imports.filter((imported) => forbidden(imported, path)).map((imported) => `${path} → ${imported}`),
  )
}

describe('the rooms of the window', () => {
  it('reads a window that is there at all', () => {
    expect(product.length, 'no sources were found, so the rules below would say nothing').toBeGreaterThan(40)
  })

  it('lets only ipc/transport.ts speak to Tauri', () => {
    const others = product.filter(({ path }) => path !== 'ipc/transport.ts')
    expect(breaches(others, (imported) => imported.startsWith('@tauri-apps'))).toEqual([])
  })

  it('keeps controls from asking the core: they know its types only', () => {
    const controls = product.filter(({ path }) => path.startsWith('controls/'))
    const asks = (imported: string) => imported.startsWith('ipc/') && !imported.startsWith('ipc/generated/')
    expect(breaches(controls, asks)).toEqual([])
  })

  it('keeps controls ignorant of frame and screens', () => {
    const controls = product.filter(({ path }) => path.startsWith('controls/'))
    expect(breaches(controls, (imported) => /^(frame|screens)\//.test(imported))).toEqual([])
  })

  it('keeps screens from importing other screens', () => {
    const room = (path: string) => path.split('/').slice(0, 2).join('/')
    const screens = product.filter(({ path }) => path.startsWith('screens/'))
    expect(
      breaches(screens, (imported, from) => imported.startsWith('screens/') && room(imported) !== room(from)),
    ).toEqual([])
  })

  it('keeps state and format below everything that draws', () => {
    const lower = product.filter(({ path }) => /^(state|format|ipc)\//.test(path))
    expect(breaches(lower, (imported) => /^(controls|frame|screens)\//.test(imported))).toEqual([])
  })

  it('keeps invented data out of the program', () => {
    expect(breaches(product, (imported) => imported.startsWith('../dev'))).toEqual([])
  })

  it(`keeps every file at ${longest} lines or fewer`, () => {
    const long = written.filter(({ text }) => text.split('\n').length > longest).map(({ path }) => path)
    expect(long).toEqual([])
  })

  it('opens every file by saying what it is', () => {
    const silent = product.filter(({ text }) => !/^(\/\/|\/\*|<!--)/.test(text)).map(({ path }) => path)
    expect(silent).toEqual([])
  })

  it('writes no style attribute and no raw HTML, which the CSP and good sense forbid', () => {
    const components = product.filter(({ path }) => path.endsWith('.svelte'))
    const bad = components.filter(({ text }) => /\sstyle="|\{@html/.test(text)).map(({ path }) => path)
    expect(bad).toEqual([])
  })

  it('writes numbers and times with the formatters of format/, which are made once', () => {
    const outside = product.filter(({ path }) => !path.includes('format/'))
    const bad = outside.filter(({ text }) => /\.toLocale\w*String|new Intl\.(NumberFormat|DateTimeFormat)\((?!\)\.resolvedOptions)/.test(text)).map(({ path }) => path)
    expect(bad).toEqual([])
  })

  it('uses no positive tabindex', () => {
    const bad = product.filter(({ text }) => /tabindex="?\{?[1-9]/.test(text)).map(({ path }) => path)
    expect(bad).toEqual([])
  })
})
