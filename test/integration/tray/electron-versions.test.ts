/** What src/tray asks of Electron that the Electron of the end-to-end tests has not: typed against 45, not run here. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TEST_ELECTRON, TEST_ELECTRON_TYPES } from '../../../scripts/install-test-parts.ts';

const root = join(import.meta.dirname, '../../..');
const types = join(TEST_ELECTRON_TYPES, 'electron.d.ts');

/** The names that stand in docs/security.md, in its table of newer calls. */
function listed(): string[] {
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8');
  const section = text.split('### Electron calls that are typed but not run here')[1]?.split('\n#')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name as string).sort();
}

/** The members, exports and events that the older types do not know, as the compiler names them. */
function missing(): string[] {
  const tray = join(root, 'src/tray');
  const folder = mkdtempSync(join(root, '.cache/electron-types-'));
  try {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: true,
        paths: { electron: [types] },
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files: readdirSync(tray)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(tray, name)),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { cwd: root, encoding: 'utf8', timeout: 120_000 },
    );
    const names = [
      ...stdout.matchAll(/Property '(\w+)' does not exist on type '(\w+)'/g),
      ...stdout.matchAll(/Module '"(electron)"' has no exported member '(\w+)'/g),
      ...stdout.matchAll(
        /Argument of type '"([a-z-]+)"' is not assignable to parameter of type '"[a-z-]+"'/g,
      ),
    ].map(([, first = '', second]) =>
      first === 'electron' ? (second ?? '') : second === undefined ? `event ${first}` : `${second}.${first}`,
    );
    return [...new Set(names)].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('Electron calls that are newer than the Electron of these tests', () => {
  test.skipIf(!existsSync(types))(
    `are the ones that docs/security.md lists, against Electron ${TEST_ELECTRON.version}`,
    () => {
      expect(missing()).toEqual(listed());
    },
    180_000,
  );
});
