import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Real servers and processes share two cores: files of test/http and test/cli run one after the other.
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/{unit,twin,property,repo}/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/{http,cli,invariants-user}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
