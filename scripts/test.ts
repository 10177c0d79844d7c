/**
 * Runs the tests. Arguments go to vitest (`--project e2e`, a file name). Ends with one line `N passed, N failed,
 * N skipped`, and names each skipped test; with BEDROCK_TRAY_ALLOW_NO_SKIP=1 a skipped test is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; meta?: { reason?: string } }[];
  }[];
}

const root = join(import.meta.dirname, '..');
const report = join(root, '.cache', 'test-results.json');

function run(script: string, ...args: string[]): number {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const built = run(join(root, 'scripts', 'build.ts'), '--if-stale');
if (built !== 0) process.exit(built);

mkdirSync(join(root, '.cache'), { recursive: true });
rmSync(report, { force: true });
const status = run(
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
);

const results = JSON.parse(readFileSync(report, 'utf8')) as Results;
const skipped = results.testResults.flatMap((file) =>
  file.assertionResults.filter(
    (t) => t.status === 'skipped' || t.status === 'pending' || t.status === 'todo',
  ),
);
for (const test of skipped)
  process.stdout.write(`skipped: ${test.fullName}${test.meta?.reason ? ` (${test.meta.reason})` : ''}\n`);
process.stdout.write(
  `${results.numPassedTests} passed, ${results.numFailedTests} failed, ${skipped.length} skipped\n`,
);
if (status !== 0) process.exit(status);
if (results.numPassedTests === 0) process.exit(1);
if (skipped.length > 0 && process.env.BEDROCK_TRAY_ALLOW_NO_SKIP === '1') {
  process.stderr.write('A test was skipped where none may be.\n');
  process.exit(1);
}
