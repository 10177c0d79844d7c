import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long, longest first: begun early, none is left to run alone at the end. */
const long = [
  'e2e/page-looks',
  'integration/faults/kill',
  'integration/sessions/never-lost',
  'integration/sessions/invariants',
  'integration/sessions/expiry',
  'integration/truth/',
  'e2e/page.test',
  'e2e/page-sessions',
  'e2e/page-terminal',
  'e2e/page-access',
  'e2e/page-overview',
  'e2e/page-first-run',
  'e2e/page-layout',
  'e2e/package.test',
  'e2e/main-path',
  'e2e/terminal-conformance',
  'e2e/demo',
  'integration/pty-host',
  'integration/agent-process/agent-process',
  'e2e/page-main-path',
  'integration/cli',
  'integration/agent/',
  'integration/aws/',
  'e2e/',
  'integration/',
  'property/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (file: TestSpecification): number => {
      const at = long.findIndex((name) => file.moduleId.includes(`/test/${name}`));
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** A poll waits for an event, on a busy machine too; where the time itself is promised, the test measures it. */
const patience = { poll: { timeout: 30_000 } };

const setupFiles = ['test/support/property-seed.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx', 'test/property/**/*.test.ts'],
          environment: 'node',
          // Nothing is tried again here: what waits has the patience of the others.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: patience,
          // Pure rooms keep nothing between files; loading them once for all files takes a sixth of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles,
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          // Limits for what hangs, as in e2e: where the time itself is promised, the test measures it.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Real processes on a machine that may be busy: once more, and the report says so.
          retry: 1,
          expect: patience,
        },
      },
      {
        test: {
          name: 'e2e',
          setupFiles,
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          retry: 1,
          expect: patience,
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    // One more than the cores of a small machine: much of the time is waited for programs and renewals.
    maxWorkers: 3,
    retry: 0,
  },
});
