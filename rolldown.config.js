import { defineConfig } from 'rolldown';

// One bundle with lazy chunks: a command loads only what it needs, in few files, so that start-up stays short.
export default defineConfig({
  input: { index: 'src/index.ts', main: 'src/cli/main.ts' },
  platform: 'node',
  external: [/^node:/, /^[^./]/],
  output: { dir: 'dist', format: 'esm', cleanDir: true, chunkFileNames: 'chunks/[name]-[hash].js' },
});
