import fc from 'fast-check';
import type { SectionEdit } from '../../src/aws/config-edit.ts';

/** Config files as people and their tools leave them, and edits of them, for property tests. */

const line = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      '',
      '  ',
      '# a comment',
      '  ; an indented one',
      'region = us-east-1',
      'region=',
      'output=json # not a comment',
      's3 =',
      '  max = 5',
      '    # between',
      '\tindented = x',
      '  region = indented',
      'sso_start_url = https://x/start#/',
      'sso_region: eu-west-1',
      'SSO_REGION = us-east-1',
      'key: value',
      'ключ = значение 🔑',
      'x\u00a0=\u00a01\u00a0',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((s) => `# ${s}`) },
);
const header = fc.constantFrom(
  '[default]',
  '[profile a]',
  '[profile "a"]',
  '[profile "b c"]',
  '[profile new]',
  '  [profile d]',
  '[sso-session s]',
  '[sso-session a]',
  '[services x]',
  '[DEFAULT]',
  '[other]',
  '[profile a] # mine',
);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

/** What nobody should write, and AWS's tools mostly refuse. */
const junk = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ maxLength: 8, unit: 'binary' }));
const section = fc
  .tuple(
    header,
    fc.uniqueArray(fc.oneof({ weight: 40, arbitrary: line }, { weight: 1, arbitrary: junk }), {
      maxLength: 6,
      // A key twice is refused: most files are to be ones that can be edited.
      selector: (text) =>
        /^\s*(?:[#;]|$)/.test(text) ? Symbol(text) : text.split(/[=:]/)[0]?.trim().toLowerCase(),
    }),
  )
  .map(([head, lines]) => [head, ...lines]);

/** Text with one kind of line end, or with all mixed; with or without the last one; sometimes with a mark before it. */
export const anyConfig: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom('', '', '', '', '', '', '', '', '', '\ufeff'),
    fc.constantFrom([], ['# first'], ['', '; mine']),
    fc.uniqueArray(section, { maxLength: 6, selector: ([head]) => head?.replace(/"| #.*|^ +/g, '') }),
    fc.infiniteStream(lineEnd),
    fc.constantFrom('\n', '\n', '\r\n', 'mixed'),
    fc.boolean(),
  )
  .map(([mark, before, sections, anyEnd, ends, last]) => {
    const lines = [...before, ...sections.flat()];
    const text = lines.map((content) => content + (ends === 'mixed' ? anyEnd.next().value : ends)).join('');
    const whole = last ? text : text.replace(/(?:\r\n|\r|\n)$/, '');
    return Buffer.from((mark + whole).toWellFormed());
  });

const anyValue = fc
  .oneof(
    fc.constantFrom('eu-west-1', 'https://x.awsapps.com/start#/', '# c', '; c', '[x]', 'a = b', 'värde 🔑'),
    fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
  )
  .filter((v) => v.trim() === v && !/[\p{Cc}\u2028\u2029]/u.test(v) && v.isWellFormed());

/** Edits of one file: several sections, created and changed. */
export const anyEdits: fc.Arbitrary<SectionEdit[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({
      how: fc.constant('create' as const),
      type: fc.constantFrom('profile' as const, 'sso-session' as const),
      name: fc.constantFrom('new', 'n2', 'b c', 'default', 's', 'büro', 'x.y@z+1%/:'),
      options: fc.record({ region: anyValue, sso_region: anyValue }, { requiredKeys: ['region'] }),
    }),
    fc.record({
      how: fc.constant('change' as const),
      type: fc.constantFrom('profile' as const, 'sso-session' as const),
      name: fc.constantFrom('a', 'b c', 'd', 'default', 's'),
      options: fc.record({ region: anyValue, output: anyValue, sso_session: anyValue }, { requiredKeys: [] }),
      remove: fc.subarray(['sso_region', 'sso_start_url', 'key']),
    }),
  ),
  { minLength: 1, maxLength: 4, selector: (e) => `${e.type} ${e.name}` },
);
