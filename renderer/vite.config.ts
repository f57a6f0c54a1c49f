import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The page is served from files with a strict content security policy, so nothing may be inlined: no
 * script, no style, no font as a data address.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
