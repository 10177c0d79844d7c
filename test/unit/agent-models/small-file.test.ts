import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallFile, smallText } from '../../../src/agent/small-file.ts';

test.skipIf(process.platform === 'win32')(
  'what a project puts in its settings’ place is read only where it is a file, and a small one',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'small-file-'));
    const at = (name: string) => join(folder, name);
    try {
      await writeFile(at('settings.json'), '{}');
      await symlink(at('settings.json'), at('link'));
      await symlink('/dev/zero', at('zero'));
      execFileSync('mkfifo', [at('pipe')]);
      await writeFile(at('large'), '');
      await truncate(at('large'), 5_000_000);
      expect(await smallText(at('settings.json'))).toBe('{}');
      expect(await smallText(at('link'))).toBe('{}');
      for (const name of ['zero', 'pipe', 'large', 'none', '.']) expect(await smallFile(at(name))).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
