/**
 * Builds the Linux archive and deb twice from the same sources and says what differs: `node scripts/dist/twice.ts
 * [ARGUMENT OF DIST]...`. SOURCE_DATE_EPOCH is the last commit's time. Exit code 1 when something differs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow } from './payload.ts';

const root = join(import.meta.dirname, '..', '..');
const epoch = execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim();

function once(): { folder: string; digests: Map<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), 'bt-twice-'));
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const script = join(root, 'scripts', 'dist.ts');
  // One after the other: made together, the archive may or may not find the deb's AppArmor profile in the folder.
  for (const target of ['tar.gz', 'deb']) {
    const args = [script, '--linux', target, '--output', folder, ...process.argv.slice(2)];
    const { status } = spawnSync(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
    });
    if (status !== 0) process.exit(status ?? 1);
  }
  const digests = new Map(
    filesBelow(folder).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
  return { folder, digests };
}

const [first, second] = [once(), once()];
try {
  const paths = new Set([...first.digests.keys(), ...second.digests.keys()]);
  const differing = [...paths].filter((path) => first.digests.get(path) !== second.digests.get(path));
  for (const name of readdirSync(first.folder))
    if (first.digests.has(name)) process.stdout.write(`${first.digests.get(name)}  ${name}\n`);
  process.stdout.write(
    differing.length === 0
      ? `all ${paths.size} files are the same\n`
      : `${differing.length} of ${paths.size} files differ:\n${differing.join('\n')}\n`,
  );
  process.exitCode = differing.length === 0 ? 0 : 1;
} finally {
  for (const { folder } of [first, second]) rmSync(folder, { recursive: true, force: true });
}
