import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'out', 'renderer'),
    emptyOutDir: true,
    target: 'chrome108',
    modulePreload: { polyfill: false },
    // Read from this machine's disk, never over a network.
    chunkSizeWarningLimit: 1600,
  },
});
