import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx', 'test/property/**/*.test.ts'],
          environment: 'node',
          testTimeout: 20_000,
          // Pure rooms keep nothing between files; loading them once for all files takes a sixth of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real processes on a machine that may be busy: once more, and the report says so.
          retry: 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          retry: 1,
        },
      },
    ],
    maxWorkers: 2,
    retry: 0,
  },
});
