import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

// `--mode pages` builds the pages with invented data, to look at them in any browser; it is the only
// build that `dev/` takes part in.
export default defineConfig(({ mode }) => ({
  plugins: [svelte(), ...(mode === 'test' ? [svelteTesting()] : [])],
  base: './',
  build: {
    outDir: mode === 'pages' ? 'node_modules/.pages' : 'dist',
    emptyOutDir: true,
    // The engines Tauri uses: WebKitGTK, Safari 17.5, WebView2.
    target: ['safari17.5', 'chrome123'],
    // Older for styles, so that `light-dark()` becomes plain variables: WebKitGTK 2.50 knows it, but
    // goes on showing the old colours when a theme is chosen while the page is open.
    cssTarget: ['safari16.4', 'chrome111'],
    // The window's CSP has no `data:` for scripts, styles or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: mode === 'pages' ? 'dev.html' : 'index.html' },
  },
  server: { strictPort: true, port: 5173 },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test.setup.ts'],
    // Far more than any of it takes: a machine may be slow or busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}))
