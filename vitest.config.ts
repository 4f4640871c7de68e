import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One copy of graphql in the process: vitest would otherwise load the ESM and the CommonJS build side by side.
  resolve: { alias: { graphql: fileURLToPath(new URL('./node_modules/graphql/index.js', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Most files wait for processes and sockets, so a worker more than the two cores of CI pays; the default there is one.
    maxWorkers: 3,
    // Files of one worker share their modules: loading them anew for each took a third of the time. What a test changes it puts back.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', exclude: ['src/generated/**'] },
  },
});
