import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = 'http://127.0.0.1:8787';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: resolve(import.meta.dirname, '../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The pages run under a policy that allows no inline script and no data: URL for code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  // The server compares Origin with Host before anything is changed, so the page's own host is passed on.
  server: {
    port: 5173,
    proxy: { '/api': { target: api, changeOrigin: false }, '/live': { target: api, ws: true, changeOrigin: false } },
  },
});
