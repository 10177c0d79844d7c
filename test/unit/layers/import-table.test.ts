import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const rooms = [
  'contract',
  'domain',
  'locales',
  'aws',
  'agent',
  'pty-host',
  'client',
  'tray',
  'cli',
  'sandbox',
  'renderer',
] as const;
type Room = (typeof rooms)[number];

/** docs/architecture.md, "Rooms and who may import whom", written out once more by hand. */
const mayImport: Record<Room, readonly Room[]> = {
  contract: [],
  sandbox: [],
  domain: ['contract'],
  locales: ['contract'],
  aws: ['contract', 'domain'],
  'pty-host': ['contract'],
  agent: ['contract', 'domain', 'locales', 'aws'],
  client: ['contract'],
  tray: ['contract', 'domain', 'locales', 'client'],
  cli: ['contract', 'domain', 'locales', 'client'],
  renderer: ['contract', 'domain', 'locales', 'client'],
};

const folderOf = (room: Room) => (room === 'renderer' ? 'renderer' : join('src', room));
const specifier = (from: Room, to: Room, deep: boolean) => {
  const up = from === 'renderer' ? '../src/' : to === 'renderer' ? '../../' : '../';
  return `${deep ? '../' : ''}${up}${to}/some-file.ts`;
};

describe('the import table is enforced by the linter', () => {
  const probes: string[] = [];
  const verdicts = new Map<string, boolean>();

  beforeAll(() => {
    const cases: [string, string][] = [];
    for (const from of rooms) {
      for (const deep of [false, true]) {
        const folder = deep
          ? mkdtempSync(join(root, folderOf(from), 'layer-probe-'))
          : join(root, folderOf(from));
        if (deep) probes.push(folder);
        for (const to of rooms) {
          if (to === from) continue;
          const file = join(folder, `layer-probe-${process.pid}-${to}.ts`);
          writeFileSync(
            file,
            `import { thing } from '${specifier(from, to, deep)}';\n\nexport const used = thing;\n`,
          );
          if (!deep) probes.push(file);
          cases.push([`${from}>${to}>${deep}`, file]);
        }
      }
    }
    const result = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/@biomejs/biome/bin/biome'),
        'lint',
        '--reporter=json',
        '--max-diagnostics=none',
        '--only=style/noRestrictedImports',
        '--vcs-enabled=false',
        ...cases.map(([, file]) => file),
      ],
      { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const report = JSON.parse(result.stdout) as {
      diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
    };
    const refused = report.diagnostics
      .filter((d) => d.category === 'lint/style/noRestrictedImports' && d.severity === 'error')
      .map((d) => (typeof d.location.path === 'string' ? d.location.path : d.location.path.file));
    for (const [name, file] of cases)
      verdicts.set(
        name,
        refused.some((path) => file.endsWith(path)),
      );
  });

  afterAll(() => {
    for (const path of probes) rmSync(path, { recursive: true, force: true });
  });

  for (const from of rooms) {
    for (const to of rooms) {
      if (to === from) continue;
      const allowed = mayImport[from].includes(to);
      it(`${from} ${allowed ? 'may' : 'may not'} import ${to}`, () => {
        expect(verdicts.get(`${from}>${to}>false`)).toBe(!allowed);
        expect(verdicts.get(`${from}>${to}>true`)).toBe(!allowed);
      });
    }
  }
});
