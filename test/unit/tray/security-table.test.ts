import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const rows = read('docs/security.md')
  .split("### Electron's checklist")[1]
  ?.split('\n### ')[0]
  ?.split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

const tests = {
  S: read('test/e2e/tray-security.test.ts'),
  P: read('test/e2e/package.test.ts'),
} as const;

describe('the table of docs/security.md', () => {
  test('has the 20 items of Electron’s checklist, each with a place and a test', () => {
    expect(rows?.map(([number]) => Number(number))).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const row of rows ?? []) expect(row, row[0]).toHaveLength(4);
  });

  test('names files and tests that there are', () => {
    for (const [number, , where = '', how = ''] of rows ?? []) {
      for (const [, file = ''] of where.matchAll(/`([\w/.-]+\.(?:ts|html|json))`/g)) {
        const places = [file, `src/tray/${file}`];
        expect(
          places.some((place) => existsSync(join(root, place))),
          `${number}: ${file}`,
        ).toBe(true);
      }
      for (const [, file = ''] of how.matchAll(/`(test\/[\w/.-]+)`/g))
        expect(existsSync(join(root, file)), `${number}: ${file}`).toBe(true);
      const named = [...how.matchAll(/([SP]) ((?:“[^”]+”(?: \([^)]*\))?(?:, )?)+)/g)];
      for (const [, kind, list = ''] of named)
        for (const [, name = ''] of list.matchAll(/“([^”]+)”/g))
          expect(tests[kind as keyof typeof tests], `${number}: ${kind} ${name}`).toContain(name);
      for (const [, name = ''] of how.matchAll(/U `([\w-]+)`/g))
        expect(existsSync(join(root, `test/unit/tray/${name}.test.ts`)), `${number}: ${name}`).toBe(true);
      expect(named.length > 0 || /[U] `|`test\//.test(how), `${number}: ${how}`).toBe(true);
    }
  });

  test('Electron is pinned, to one that is in support', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Number.parseInt(devDependencies.electron ?? '', 10)).toBeGreaterThanOrEqual(45);
  });
});

describe('what is done in one place', () => {
  const tray = readdirSync(join(root, 'src/tray')).map((name) => [name, read(`src/tray/${name}`)] as const);
  test.each([
    ['shell.openExternal', ['external-links.ts']],
    ['new BrowserWindow', ['page-host.ts']],
    ['ipcMain.', ['page-ipc.ts']],
    ['ipcRenderer.', ['preload.ts']],
    ['protocol.handle', ['app-protocol.ts']],
    ['executeJavaScript', []],
    ['shell.openPath', []],
    ['webContents.send', []],
    ['node:child_process', []],
  ])('%s', (call, files) => {
    expect(tray.filter(([, text]) => text.includes(call)).map(([name]) => name)).toEqual(files);
  });
});
