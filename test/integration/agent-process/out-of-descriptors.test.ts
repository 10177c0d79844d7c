import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pinnedNode } from '../../support/sandbox.ts';

/** A process without descriptors left gets a child without pipes: an error for the asker, not the end of the agent. */

const source = (path: string) => pathToFileURL(join(import.meta.dirname, '../../../src', path)).href;
const exhausted = (path: string, call: string) => `
  import { openSync } from 'node:fs';
  import * as room from '${source(path)}';
  process.on('uncaughtException', () => process.exit(70));
  try { for (;;) openSync('/dev/null', 'r'); } catch {}
  const reason = await (${call}).then(() => 'none', (e) => e.reason ?? e.code);
  setTimeout(() => process.stdout.write(String(reason)), 50);
`;

test.skipIf(process.platform === 'win32').each([
  [
    'a command',
    exhausted(
      'agent/sources/run-command.ts',
      "room.runCommand({ command: ['true'], env: {}, cwd: '/', timeoutMs: 5000, signal: new AbortController().signal })",
    ),
  ],
  [
    'the keyring',
    exhausted(
      'agent/vault/keyring.ts',
      "room.processKeyring({ command: ['true'], account: 'a', env: {} }).get()",
    ),
  ],
])('%s', async (_, program) => {
  const args = ['-c', 'ulimit -n 64; exec "$@"', 'sh', pinnedNode, '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)('/bin/sh', args, { timeout: 30_000 });
  expect(stdout).toBe('EMFILE');
});
