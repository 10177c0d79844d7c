import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAwsText, sortSections } from '../../../src/aws/config-file.ts';
import { registrationFileName } from '../../../src/aws/sso-cache.ts';
import { askBotocore, python, referee } from './referee.ts';

/** The same files read by us and by botocore: the same verdict, the same values. */

const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent' };

type Verdict = { error: string } | { profiles: Record<string, object>; ssoSessions: Record<string, object> };

/** Ours, in botocore's form: nested values are left out. */
function ours(config: Uint8Array, credentials: Uint8Array): Verdict {
  try {
    const sections = sortSections(parseAwsText('config', config), parseAwsText('credentials', credentials));
    const plain = (sorted: Map<string, ReadonlyMap<string, string>>) =>
      Object.fromEntries(
        [...sorted].map(([name, options]) => [
          name,
          Object.fromEntries([...options].filter(([, value]) => !value.startsWith('\n'))),
        ]),
      );
    return { profiles: plain(sections.profiles), ssoSessions: plain(sections.ssoSessions) };
  } catch {
    return { error: 'ConfigParseError' };
  }
}

async function compare(cases: readonly (readonly [config: Uint8Array, credentials: Uint8Array])[]) {
  const questions = cases.map(([config, credentials]) => ({
    ask: 'config',
    config: Buffer.from(config).toString('base64'),
    credentials: Buffer.from(credentials).toString('base64'),
  }));
  const verdicts = await askBotocore<Verdict>(questions, env);
  for (const [n, [config, credentials]] of cases.entries()) {
    const what = JSON.stringify([Buffer.from(config).toString(), Buffer.from(credentials).toString()]);
    expect(ours(config, credentials), what).toEqual(verdicts[n]);
  }
  return verdicts;
}
const bytes = (text: string) => new TextEncoder().encode(text);

const judged = test.skipIf(python === undefined);

describe.skipIf(python === undefined)(`traps, as ${referee} sees them`, () => {
  const rejected = {
    'a section twice': '[profile a]\nx=1\n[profile a]\ny=1\n',
    'a key twice': '[profile a]\nx=1\nX=2\n',
    'a byte order mark': '\ufeff[default]\nx=1\n',
    'a byte order mark before a comment': '\ufeff# c\n[default]\nx=1\n',
    'text before the first header': 'x=1\n[default]\n',
    'an unclosed header': '[default\nx=1\n',
    'an unclosed header later': '[default]\nx=1\n[profile a\ny=1\n',
    'a line without =': '[default]\nregion\n',
    'an empty key': '[default]\n=x\n',
    'a nested line without =': '[default]\ns3 =\n  word\n',
    '[DEFAULT] with a key twice': '[DEFAULT]\nx=1\n[DEFAULT]\nx=2\n[default]\n',
  };
  const accepted = {
    'comments at the end of a value': '[default]\nregion = eu-west-1 # c\nx = y ; z\n',
    'a URL with a fragment': '[sso-session s]\nsso_start_url = https://x/start#/\n',
    CRLF: '[default]\r\nregion = a\r\n\r\n[profile b]\r\nx=1\r\n',
    'lone CR': '[default]\rregion = a\r',
    'names with white space': '[profile "my prof"]\nx=1\n[profile \'it s\']\nx=2\n[profile a\\ b]\nx=3\n',
    'names of other letters': '[profile müller]\nx=1\n[profile 日本]\nx=1\n',
    'default twice': '[default]\nx=1\n[profile default]\nx=2\n',
    'default twice, the other way': '[profile default]\nx=2\n[default]\nx=1\n',
    'text after a header': '[default] # here\nx=1\n',
    'brackets in a header': '[profile a]b]\nx=1\n',
    'prefixes of section types':
      '[profiles x]\na=1\n[profilex y]\na=1\n[sso-sessions z]\na=1\n[servicesx y]\na=1\n',
    'an open quotation': '[profile "x]\na=1\n[profile ok]\nb=1\n',
    'too many words': '[profile a b]\nx=1\n',
    colons: '[default]\nregion: a\nurl : http://x:1/=\n',
    continuations: '[default]\nx = 1\n  2\n\n  3\ny = 4\n',
    'nested values': '[default]\ns3 =\n  a = b\n  # c\n  c=d\nregion = x\n',
    'indented headers': '  [default]\n  x = 1\n  y = 2\n',
    '[DEFAULT] for all': '[DEFAULT]\nregion = all\n[default]\nx=1\n[profile a]\nregion = own\n',
    'an empty value': '[default]\nregion =\nx=1\n',
    'strange white space': '[default]\nx\u00a0=\u00a01\u00a0\ny=\u20282\u0085\n\u001cz = 3\n',
    'no newline at the end': '[default]\nx=1',
    nothing: '',
    'only comments': '# a\n; b\n',
    'a form feed in a value': '[default]\nx = a\u000cb\n',
  };
  test('what botocore rejects, we reject', async () => {
    const cases = Object.values(rejected).map((text) => [bytes(text), bytes('')] as const);
    const verdicts = await compare(cases);
    expect(verdicts).toEqual(cases.map(() => ({ error: 'ConfigParseError' })));
    await compare(Object.values(rejected).map((text) => [bytes(''), bytes(text)] as const));
  });
  test('what botocore reads, we read', async () => {
    const verdicts = await compare(
      Object.values(accepted).map((text) => [bytes(text), bytes('[keys]\na=1\n[default]\nk=2\n')] as const),
    );
    for (const verdict of verdicts) expect(verdict).not.toHaveProperty('error');
  });
  test('bytes that are no UTF-8', async () => {
    await compare([[Uint8Array.from([0x5b, 0x61, 0x5d, 0x0a, 0xff, 0x3d, 0x31]), bytes('')]]);
  });
});

judged(
  `arbitrary files: the same verdict and the same values as ${referee}`,
  async () => {
    const white = fc.constantFrom('', '', ' ', '  ', '\t', '\u00a0', '\u001d', '\ufeff');
    const piece = fc.oneof(
      fc.constantFrom(
        'region',
        'x',
        'Y',
        '=',
        ':',
        '#',
        ';',
        '[',
        ']',
        '"',
        "'",
        '\\',
        'profile',
        'a b',
        'https://x/#/',
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    const line = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(
            white,
            fc.constantFrom('region', 'x', 'y', 'z', 's3'),
            white,
            fc.constantFrom('=', ':'),
            white,
            piece,
          )
          .map((p) => p.join('')),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            white,
            fc.constantFrom(
              '[default]',
              '[profile a]',
              '[profile "b c"]',
              '[sso-session s]',
              '[DEFAULT]',
              '[services q]',
              '[other]',
            ),
            white,
          )
          .map((p) => p.join('')),
      },
      { weight: 1, arbitrary: fc.tuple(white, fc.constantFrom('#', ';', ''), piece).map((p) => p.join('')) },
      { weight: 1, arbitrary: fc.array(piece, { maxLength: 6 }).map((p) => p.join('')) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom('[profile ', '[sso-session ', '['),
            fc.array(piece, { maxLength: 4 }),
            fc.constantFrom(']', ''),
          )
          .map(([a, b, c]) => a + b.join('') + c),
      },
    );
    const file = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\n', '\r\n', '\r'))
      .map(([lines, eol]) => bytes(lines.join(eol).replace(/[\ud800-\udfff]/g, '')));
    // The half of arbitrary files without a header are rejected at once: begin most with one.
    const begun = fc
      .tuple(fc.constantFrom('', '[default]\n', '[profile z]\n'), file)
      .map(([head, rest]) => Buffer.concat([bytes(head), rest]));
    const cases = fc.sample(
      fc.tuple(begun, fc.oneof({ weight: 3, arbitrary: fc.constant(bytes('')) }, begun)),
      process.env.CI ? 10_000 : 2_000,
    );
    const verdicts = await compare(cases);
    // Not all rejected, not all accepted: else this proves nothing.
    const accepted = verdicts.filter((v) => !('error' in v)).length;
    expect(accepted).toBeGreaterThan(cases.length / 10);
    expect(accepted).toBeLessThan((cases.length * 9) / 10);
  },
  600_000,
);

judged(
  `registration files have the names that Python gives them, whatever is in them (${referee})`,
  async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map((s) => s.replace(/[\ud800-\udfff]/g, ''));
    const keys = fc.sample(
      fc.record({
        region: text,
        startUrl: text,
        sessionName: fc.option(text),
        scopes: fc.option(fc.array(text, { maxLength: 3 })),
      }),
      process.env.CI ? 5_000 : 500,
    );
    keys.push({
      region: 'us-east-1',
      startUrl: 'https://d-1.awsapps.com/start/#/\u{1f600}\u007f"\\/',
      sessionName: 'mü "x"',
      scopes: ['sso:account:access', '\n\t\b\f\r\u0001'],
    });
    const names = await askBotocore<string>(
      keys.map((key) => ({ ask: 'registration', ...key })),
      env,
    );
    expect(keys.map((key) => registrationFileName(key))).toEqual(names);
  },
);
