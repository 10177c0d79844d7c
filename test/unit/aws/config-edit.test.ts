import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editConfig, editConfigFile, headerOf, type SectionEdit } from '../../../src/aws/config-edit.ts';
import { configOf, parseAwsText, sectionOf, sortSections } from '../../../src/aws/config-file.ts';
import { SectionName } from '../../../src/contract/names.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aws-edit-'));
  file = join(dir, 'config');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const edit = (name: string, options: Record<string, string>, type: SectionEdit['type'] = 'profile') => ({
  type,
  name,
  options,
});
const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());
const create = (before: string, e: SectionEdit) => text(editConfig('f', Buffer.from(before), e, 'create'));
const change = (before: string, e: SectionEdit) => text(editConfig('f', Buffer.from(before), e, 'change'));

describe('a new section goes to the end and nothing else moves', () => {
  test.each([
    ['an empty file', '', '[profile dev]\nregion = us-east-1\n'],
    [
      'a file',
      '# mine\n[default]\nregion=a\n',
      '# mine\n[default]\nregion=a\n\n[profile dev]\nregion = us-east-1\n',
    ],
    [
      'no newline at its end',
      '[default]\nregion=a',
      '[default]\nregion=a\n\n[profile dev]\nregion = us-east-1\n',
    ],
    [
      'CRLF',
      '; c\r\n[default]\r\nregion=a\r\n',
      '; c\r\n[default]\r\nregion=a\r\n\r\n[profile dev]\r\nregion = us-east-1\r\n',
    ],
    [
      'a nested value at its end',
      '[default]\ns3 =\n  a = b\n',
      '[default]\ns3 =\n  a = b\n\n[profile dev]\nregion = us-east-1\n',
    ],
    [
      'a comment at its end',
      '[default]\nx=y\n  # mine, without newline',
      '[default]\nx=y\n  # mine, without newline\n\n[profile dev]\nregion = us-east-1\n',
    ],
  ])('%s', (_name, before, after) => {
    expect(create(before, edit('dev', { region: 'us-east-1' }))).toBe(after);
  });
});

test('headers are quoted where a name needs it, and read back as they were', () => {
  expect(headerOf('profile', 'default')).toBe('[default]');
  expect(headerOf('sso-session', 'default')).toBe('[sso-session default]');
  expect(headerOf('profile', 'a-b@c+d.e%f:g/h')).toBe('[profile a-b@c+d.e%f:g/h]');
  expect(headerOf('profile', 'my prof')).toBe('[profile "my prof"]');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
      fc.pre(SectionName.safeParse(name).success && name.trim() === name);
      const header = headerOf('sso-session', name);
      expect(sectionOf(header.slice(1, -1))).toEqual({ type: 'sso-session', name });
    }),
  );
});

test('a name that is taken is refused, however it is written', () => {
  expect(create('[profile "dev"]\nregion=a\n', edit('dev', { region: 'b' }))).toBeNull();
  expect(create('[default]\n', edit('default', { region: 'b' }))).toBeNull();
  expect(create('[profile default]\n', edit('default', { region: 'b' }))).toBeNull();
  expect(create('[sso-session dev]\nsso_region=a\n', edit('dev', { region: 'b' }))).toContain(
    '[profile dev]',
  );
  expect(change('[default]\n', edit('dev', { region: 'b' }))).toBeNull();
});

test('options of a section are changed in place, new ones follow its last', () => {
  const before =
    '# top\n[profile a]\n  region = old # why\n  # between\n  s3 =\n    x = y\n\n# about b\n[profile b]\nregion=b\n';
  expect(change(before, edit('a', { region: 'new', output: 'json' }))).toBe(
    '# top\n[profile a]\n  region = new\n  # between\n  s3 =\n    x = y\n  output = json\n\n# about b\n[profile b]\nregion=b\n',
  );
  expect(change('[profile a]', edit('a', { region: 'new' }))).toBe('[profile a]\nregion = new\n');
  expect(change('[profile a]\r\nregion=x', edit('a', { region: 'y', output: 'z' }))).toBe(
    '[profile a]\r\nregion = y\r\noutput = z\r\n',
  );
  expect(change('[profile a]\nregion=x\n\n  y\noutput=t\n', edit('a', { region: 'z' }))).toBe(
    '[profile a]\nregion = z\noutput=t\n',
  );
});

test('values that would be read as something else are refused', () => {
  for (const value of ['a\nb', ' a', 'a ', 'a\u0000b', '\t']) {
    expect(() => create('', edit('dev', { region: value })), JSON.stringify(value)).toThrow('BadInput');
  }
  expect(() => create('', edit('dev', { 'bad key': 'x' }))).toThrow('BadInput');
  expect(() => create('', edit('d\nev', { region: 'x' }))).toThrow('BadInput');
});

test('a malformed file is not touched', async () => {
  for (const bad of ['\ufeff[default]\n', 'junk\n', '[a]\n[a]\n', '[x\n']) {
    await writeFile(file, bad);
    await expect(editConfigFile(file, edit('dev', { region: 'x' }), 'create')).rejects.toMatchObject({
      code: 'ConfigMalformed',
    });
    expect(await readFile(file, 'utf8')).toBe(bad);
  }
});

test('mode and symbolic link are kept; a new file is 0600; nothing else is left', async () => {
  const real = join(dir, 'dotfiles-config');
  await writeFile(real, '[default]\nregion=a\n');
  await chmod(real, 0o640);
  await symlink('dotfiles-config', file);
  expect(await editConfigFile(file, edit('dev', { region: 'x' }), 'create')).toBe(true);
  expect((await lstat(file)).isSymbolicLink()).toBe(true);
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect(await readFile(real, 'utf8')).toContain('[profile dev]');
  expect((await readdir(dir)).sort()).toEqual(['config', 'dotfiles-config']);
  const fresh = join(dir, '.aws', 'config');
  expect(await editConfigFile(fresh, edit('dev', { region: 'x' }), 'create')).toBe(true);
  expect((await stat(fresh)).mode & 0o777).toBe(0o600);
});

test('a folder in the file’s place is StorageFailed', async () => {
  await mkdir(file);
  await expect(editConfigFile(file, edit('dev', { region: 'x' }), 'create')).rejects.toMatchObject({
    code: 'StorageFailed',
  });
});

test('ten edits at once: each is there, once, or was refused', async () => {
  await writeFile(file, '# mine\n');
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) =>
      editConfigFile(file, edit(`p${n % 5}`, { region: `r${n}` }), 'create'),
    ),
  );
  const after = await readFile(file, 'utf8');
  expect(after.startsWith('# mine\n')).toBe(true);
  const names = [...after.matchAll(/\[profile (p\d)\]/g)].map((m) => m[1]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(0);
  expect(results.filter((r) => r.status === 'fulfilled' && r.value).length).toBeGreaterThanOrEqual(
    names.length,
  );
});

/** Files as people have them: sections, comments, blank lines, continuations, either line end. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    '  ',
    '# a comment',
    '  ; an indented one',
    'region = us-east-1',
    'output=json # not a comment',
    's3 =',
    '  max = 5',
    '\tindented',
    'sso_start_url = https://x/start#/',
    'key: value',
  ),
  fc.string({ maxLength: 20 }),
);
const header = fc.constantFrom(
  '[default]',
  '[profile a]',
  '[profile "b c"]',
  '[sso-session s]',
  '[services x]',
  '[DEFAULT]',
  '[other]',
);
const anyFile = fc
  .tuple(
    fc.array(fc.oneof({ weight: 1, arbitrary: header }, { weight: 3, arbitrary: line }), { maxLength: 15 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, eol, ends]) => lines.join(eol) + (ends ? eol : ''));
const anyValue = fc
  .string({ minLength: 1, maxLength: 30 })
  .filter((v) => v.trim() === v && !/[\p{Cc}]/u.test(v));

test('whatever the file: an edit adds itself and changes nothing else, or leaves all as it was', () => {
  fc.assert(
    fc.property(
      anyFile,
      fc.constantFrom('a', 'b c', 'new', 'default', 's'),
      fc.constantFrom('profile' as const, 'sso-session' as const),
      anyValue,
      fc.constantFrom('create' as const, 'change' as const),
      (before, name, type, value, how) => {
        const bytes = Buffer.from(before);
        let after: Uint8Array | null;
        try {
          after = editConfig('f', bytes, { type, name, options: { region: value, output: 'json' } }, how);
        } catch (e) {
          expect((e as Error).message).toMatch(/ConfigMalformed|BadInput/);
          return;
        }
        if (after === null) return;
        if (how === 'create') expect(Buffer.from(after).toString().startsWith(before)).toBe(true);
        const was = sortSections(parseAwsText('f', bytes), []);
        const is = sortSections(parseAwsText('f', after), []);
        const edited = (type === 'profile' ? is.profiles : is.ssoSessions).get(name);
        expect(edited?.get('region')).toBe(value);
        for (const kind of ['profiles', 'ssoSessions'] as const) {
          for (const [other, options] of was[kind]) {
            if (other === name && (kind === 'profiles') === (type === 'profile')) continue;
            expect(is[kind].get(other)).toEqual(options);
          }
        }
        // Every comment is still there.
        const comments = (s: string) => s.split(/\r?\n/).filter((l) => /^\s*[#;]/.test(l)).length;
        if (how === 'create') expect(comments(Buffer.from(after).toString())).toBe(comments(before));
        expect(() => configOf(is)).not.toThrow();
      },
    ),
    { numRuns: process.env.CI ? 10_000 : 1_000 },
  );
});
