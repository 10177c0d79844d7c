import { describe, expect, test } from 'vitest';
import { doctorLinks } from '../../../../src/contract/doctor.ts';
import { ErrorCode } from '../../../../src/contract/errors.ts';
import { commandOf } from '../../../../src/domain/doctor/commands.ts';
import { findingCodes } from '../../../../src/domain/doctor/finding-codes.ts';
import { findingOf } from '../../../../src/domain/doctor/findings.ts';
import { tokensPerMinute } from '../../../../src/domain/doctor/quota.ts';
import { remediesOf } from '../../../../src/domain/doctor/remedies.ts';
import { settersIn } from '../../../../src/domain/doctor/shell-variables.ts';
import {
  clockFindings,
  diskFindings,
  identityFindings,
  keyFindings,
  streamFindings,
} from '../../../../src/domain/doctor/verdicts.ts';
import { createTranslator } from '../../../../src/locales/index.ts';

const subject = {
  platform: 'linux',
  environment: "it's mine",
  profile: 'a b',
  region: 'us-west-2',
  ssoSession: 's',
  model: 'm',
  endpointUrl: null,
};
const codes = (found: readonly { code: string; level: string }[]) => found.map((f) => `${f.level} ${f.code}`);

describe('what a measure means', () => {
  test.each([
    [0, []],
    [59_000, []],
    [-61_000, ['warning clockAhead']],
    [5 * 60_000, ['failed clockBehind']],
  ])('a clock %i ms off', (ms, expected) => expect(codes(clockFindings(ms))).toEqual(expected));

  test.each([
    [0, ['failed diskFull']],
    [99_000_000, ['warning diskNearlyFull']],
    [100_000_000, []],
  ])('%i bytes free', (free, expected) => expect(codes(diskFindings('/x', free))).toEqual(expected));

  test.each([
    [{ events: 9, spreadMs: 10, serverMs: 400 }, ['warning streamBuffered']],
    [{ events: 9, spreadMs: 380, serverMs: 400 }, []],
    // Too short, or of no known length: nothing is said.
    [{ events: 9, spreadMs: 1, serverMs: 50 }, []],
    [{ events: 9, spreadMs: 1, serverMs: null }, []],
    [{ events: 2, spreadMs: 1, serverMs: 400 }, []],
  ])('a stream %j', (times, expected) => expect(codes(streamFindings(times))).toEqual(expected));

  test('a permission set is known by the name in its role, and no other one', () => {
    const caller = (role: string) => ({
      accountId: '1',
      arn: `arn:aws:sts::1:assumed-role/${role}/me`,
    });
    const profile = { accountId: '1', roleName: 'Dev' };
    expect(identityFindings(caller('AWSReservedSSO_Dev_0123456789abcdef'), profile)).toEqual([]);
    expect(identityFindings(caller('Dev'), profile)).toEqual([]);
    expect(codes(identityFindings(caller('AWSReservedSSO_DevOps_0123456789abcdef'), profile))).toEqual([
      'failed otherRole',
    ]);
    expect(codes(identityFindings(caller('Dev'), { accountId: '2', roleName: null }))).toEqual([
      'failed otherAccount',
    ]);
  });

  test('a key is told by its ends, and old after 90 days', () => {
    const key = { id: 'AKIAABCDEFGHIJKLWXYZ', profile: 'p', createdAt: 0 };
    const day = 86_400_000;
    expect(keyFindings(key, 91 * day)).toMatchObject([
      { code: 'oldKey', params: { key: 'AKIA…WXYZ', days: 91 } },
    ]);
    expect(codes(keyFindings(key, 90 * day))).toEqual(['warning longLivedKey']);
  });
});

test.each([
  ['us.anthropic.claude-opus-5-5', 2],
  ['global.anthropic.claude-opus-5-5', 3],
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', 4],
  ['us.anthropic.claude-opus-5', null],
  ['arn:aws:bedrock:us-west-2:1:application-inference-profile/x', null],
])('the quota of %s', (id, value) => {
  const name = (n: string, v: number) => ({ name: n, value: v });
  const quotas = [
    name('On-demand InvokeModel tokens per minute for Anthropic Claude Opus 5.5', 1),
    name('Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 5.5', 2),
    name('Cross-Region InvokeModel requests per minute for Anthropic Claude Opus 5.5', 9),
    name('Global Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 5.5', 3),
    name('On-demand model inference tokens per minute for Anthropic Claude 3.5 Sonnet V2', 4),
  ];
  expect(tokensPerMinute(quotas, id)?.value ?? null).toBe(value);
});

test('where start-up files of several shells set a variable', () => {
  const text = 'export A_B=1\n# A_B=2\nset -gx A_B 3\nsetenv A_B 4\nA_BC=5\n  declare -x A_B=6';
  // Quadratic, this would take minutes.
  expect(settersIn(`set -${'x'.repeat(500_000)}`, '~/f', new Set(['A_B']))).toEqual([]);
  expect(settersIn(text, '~/f', new Set(['A_B'])).map((s) => s.place)).toEqual([
    '~/f:1',
    '~/f:3',
    '~/f:4',
    '~/f:6',
  ]);
});

describe('words and remedies', () => {
  const params = Object.fromEntries(
    [...'file folder host proxy ssoSession url path names profile accountId'.split(' ')].map((n) => [
      n,
      "o'x",
    ]),
  );
  params.names = "AWS_PROFILE (~/o'x:1), AWS_REGION";
  /** Told for its own sake: nothing is to be done. */
  const only = ['modelsFromTable', 'regionInShell', 'settingsDecide', 'quotaNotListed', 'trailEmpty'];

  test('every finding has a sentence in both languages, and something to do', () => {
    for (const code of findingCodes) {
      const hint = { fix: true as const };
      const remedies = remediesOf({ code, params, hint }, subject);
      expect([code, remedies.length > 0 || only.includes(code)]).toEqual([code, true]);
      for (const language of ['en', 'zh-CN'] as const) {
        const { cause } = createTranslator(language).finding({ code, params: { ...params, count: 2 } });
        expect(cause).not.toBe(code);
      }
    }
  });

  test('words of errors are those of errors', () => {
    const { finding, error } = createTranslator('en');
    for (const code of ErrorCode.options)
      expect(finding({ code, params: {} })).toEqual({ cause: error({ code, params: {} }), advice: null });
  });

  test('what goes into a command is one word of it, whatever it holds', () => {
    for (const code of findingCodes)
      for (const { kind, text } of remediesOf({ code, params, hint: { fix: true } }, subject))
        if (kind === 'command') expect(text).not.toMatch(/(?<!['\\\w])o'x/);
    for (const link of doctorLinks) {
      const text = commandOf(link, {
        subject,
        awsFolder: '/a b',
        stateFolder: '/c',
        runtimeUrl: 'https://h',
        settingsFiles: [],
      });
      expect(text ?? '').not.toMatch(/(?<!')a b(?!')|(?<!['/])it's/);
    }
  });

  test('text from elsewhere is one line', () => {
    const told = {
      level: 'failed' as const,
      code: 'hostUnknown' as const,
      params: { host: 'a\n\x1b[2Jb', reason: '' },
    };
    expect(findingOf(told, subject).params.host).toBe('a [2Jb');
  });
});
