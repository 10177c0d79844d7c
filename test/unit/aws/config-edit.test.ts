import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  editConfig,
  headerOf,
  type SectionEdit,
  sectionText,
  unedited,
} from '../../../src/aws/config-edit.ts';
import { configOf, parseAwsText, sectionOf, sortSections } from '../../../src/aws/config-file.ts';
import { SectionName } from '../../../src/contract/names.ts';
import { anyConfig, anyEdits } from '../../support/config-files.ts';

const edit = (name: string, options: Record<string, string>, type: SectionEdit['type'] = 'profile') => ({
  type,
  name,
  options,
});
type Wish = Omit<SectionEdit, 'how'>;
const edited = (before: string, ...edits: SectionEdit[]): string | null => {
  const result = editConfig('f', Buffer.from(before), edits);
  return 'refused' in result ? null : Buffer.from(result.bytes).toString();
};
const create = (before: string, e: Wish) => edited(before, { ...e, how: 'create' });
const change = (before: string, e: Wish) => edited(before, { ...e, how: 'change' });

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
    '[profile a]\r\nregion=y\r\noutput = z\r\n',
  );
  expect(change('[profile a]\nregion=x\n\n  y\noutput=t\n', edit('a', { region: 'z' }))).toBe(
    '[profile a]\nregion=z\noutput=t\n',
  );
});

test('values that would be read as something else are refused', () => {
  for (const value of ['a\nb', ' a', 'a ', 'a\u0000b', '\t']) {
    expect(() => create('', edit('dev', { region: value })), JSON.stringify(value)).toThrow('BadInput');
  }
  expect(() => create('', edit('dev', { 'bad key': 'x' }))).toThrow('BadInput');
  expect(() => create('', edit('d\nev', { region: 'x' }))).toThrow('BadInput');
});

test('keys are removed with their values; a comment between them is the person’s', () => {
  const before =
    '[profile a]\r\n; top\r\nsso_start_url = https://x/start\r\nsso_region: eu-west-1\r\n# about\r\ns3 =\r\n  # inside\r\n  a = b\r\nregion=x';
  expect(
    edited(before, {
      how: 'change',
      type: 'profile',
      name: 'a',
      options: { sso_session: 'corp' },
      remove: ['sso_start_url', 'sso_region', 's3', 'not_there'],
    }),
  ).toBe('[profile a]\r\n; top\r\n# about\r\n  # inside\r\nregion=x\r\nsso_session = corp\r\n');
});

test('line ends are those of the lines before: a file that mixes them goes on as it stood', () => {
  const mixed = '# unix\n[profile a]\nregion = x\n[profile b]\r\nregion = y\r\n';
  const options = { output: 'json' };
  expect(change(mixed, edit('a', options))).toBe(
    '# unix\n[profile a]\nregion = x\noutput = json\n[profile b]\r\nregion = y\r\n',
  );
  expect(create(mixed, edit('c', options))).toBe(`${mixed}\r\n[profile c]\r\noutput = json\r\n`);
});

test('several sections at once: all in their order, or none', () => {
  const before = '[profile a]\nregion = x';
  const a: SectionEdit = { how: 'change', ...edit('a', { output: 'json' }) };
  const s: SectionEdit = { how: 'create', ...edit('s', { sso_region: 'eu-west-1' }, 'sso-session') };
  const b: SectionEdit = { how: 'create', ...edit('b', { sso_session: 's' }) };
  expect(edited(before, s, a, b)).toBe(
    '[profile a]\nregion = x\noutput = json\n\n[sso-session s]\nsso_region = eu-west-1\n\n[profile b]\nsso_session = s\n',
  );
  expect(editConfig('f', Buffer.from(before), [s, { ...b, name: 'a' }])).toEqual({
    refused: { ...b, name: 'a' },
  });
  expect(editConfig('f', Buffer.from(before), [b, b])).toEqual({ refused: b });
});

test('options of Python’s [DEFAULT] are not the section’s own', () => {
  const before = '[profile a]\nx = 1\n[DEFAULT]\nregion = all\n';
  expect(change(before, edit('a', { region: 'own' }))).toBe(
    '[profile a]\nx = 1\nregion = own\n[DEFAULT]\nregion = all\n',
  );
  // It cannot be removed from one section alone.
  expect(() => change(before, { ...edit('a', {}), remove: ['region'] })).toThrow('BadInput');
});

test('what is shown is what is written', () => {
  const e = edit('my prof', { region: 'x', output: 'json' });
  expect(create('', e)).toBe(sectionText(e));
});

test('a malformed file is refused with its line', () => {
  for (const [bad, line] of [
    ['\ufeff[default]\n', 1],
    ['junk\n', 1],
    ['[a]\n[a]\n', 2],
    ['[x\n', 1],
  ] as const) {
    let code: unknown;
    try {
      create(bad, edit('dev', { region: 'x' }));
    } catch (e) {
      code = [(e as { code: string }).code, (e as { params: { line: number } }).params.line];
    }
    expect(code).toEqual(['ConfigMalformed', line]);
  }
});

/** Whether `part` is `whole` with pieces left out. */
function isSubsequence(part: Uint8Array, whole: Uint8Array): boolean {
  let at = 0;
  for (const byte of whole) if (at < part.length && part[at] === byte) at++;
  return at === part.length;
}

test('whatever the file: edits add themselves and change nothing else, can be taken back, or leave all as it was', () => {
  let made = 0;
  fc.assert(
    fc.property(anyConfig, anyEdits, (before, edits) => {
      let result: ReturnType<typeof editConfig>;
      try {
        result = editConfig('f', before, edits);
      } catch (e) {
        expect((e as Error).message).toMatch(/^(ConfigMalformed|BadInput)$/);
        return;
      }
      if ('refused' in result) return;
      made++;
      const { bytes, hunks } = result;
      expect(unedited(bytes, hunks)).toEqual(before);
      // Old bytes stay, but for what an edit was asked to replace.
      const kept: Uint8Array[] = [];
      let at = 0;
      for (const hunk of hunks) {
        kept.push(before.subarray(at, hunk.at));
        expect(before.subarray(hunk.at, hunk.at + hunk.removed.length)).toEqual(hunk.removed);
        at = hunk.at + hunk.removed.length;
      }
      kept.push(before.subarray(at));
      expect(isSubsequence(Buffer.concat(kept), bytes)).toBe(true);
      if (edits.every((e) => e.how === 'create')) {
        expect(bytes.subarray(0, before.length)).toEqual(before);
      }
      const comments = (of: Uint8Array) =>
        Buffer.from(of)
          .toString()
          .split(/\r\n|\r|\n/)
          .filter((l) => /^\s*[#;]/.test(l));
      expect(comments(bytes)).toEqual(comments(before));
      const was = sortSections(parseAwsText('f', before), []);
      const is = sortSections(parseAwsText('f', bytes), []);
      for (const kind of ['profiles', 'ssoSessions'] as const) {
        const type = kind === 'profiles' ? 'profile' : 'sso-session';
        for (const [name, options] of was[kind]) {
          if (!edits.some((e) => e.type === type && e.name === name)) {
            expect(is[kind].get(name)).toEqual(options);
          }
        }
        for (const e of edits.filter((e) => e.type === type)) {
          const now = is[kind].get(e.name);
          for (const [key, value] of Object.entries(e.options)) expect(now?.get(key)).toBe(value);
          for (const key of e.remove ?? []) expect(now?.has(key)).toBe(false);
        }
      }
      expect(() => configOf(is)).not.toThrow();
    }),
    { numRuns: process.env.CI ? 10_000 : 2_000 },
  );
  expect(made).toBeGreaterThan(process.env.CI ? 1_000 : 200);
});

test('thousands of sections are not multiplied by thousands of edits: the agent hands out credentials meanwhile', () => {
  const options = { sso_session: 'a', sso_account_id: '111122223333', sso_role_name: 'R' };
  const wish = (how: 'create' | 'change', name: string): SectionEdit => ({
    how,
    type: 'profile',
    name,
    options,
  });
  const section = (name: string) => sectionText({ type: 'profile', name, options: { region: 'us-east-1' } });
  const before = Buffer.from(Array.from({ length: 1_000 }, (_, n) => section(`old-${n}`)).join('\n'));
  const edits = Array.from({ length: 2_000 }, (_, n) =>
    n < 1_000 ? wish('change', `old-${n}`) : wish('create', `new-${n}`),
  );
  const cpuMs = (work: () => unknown): number => {
    const begun = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
  const result = editConfig('f', before, edits);
  if ('refused' in result) throw new Error('refused');
  expect(parseAwsText('f', result.bytes)).toHaveLength(2_000);
  const reading = Math.max(
    1,
    cpuMs(() => parseAwsText('f', result.bytes)),
    cpuMs(() => parseAwsText('f', result.bytes)),
  );
  // About 10 times as long as reading the result; it was hundreds.
  expect(cpuMs(() => editConfig('f', before, edits)) / reading).toBeLessThan(60);
});
