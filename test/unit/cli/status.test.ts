import { expect, test } from 'vitest';
import { describeStatus } from '../../../src/cli/commands/status.ts';
import type { CredentialsView, ErrorView, SessionView, Snapshot } from '../../../src/contract/index.ts';
import { activity } from '../../support/page/samples.ts';
import { AT, session } from '../../support/tray/snapshots.ts';

function said(parts: {
  credentials?: CredentialsView[];
  sessions?: SessionView[];
  usage?: Pick<Snapshot['usage'], 'budgets'>;
}): string {
  const snapshot = {
    environments: [],
    ssoSessions: [],
    sessions: [],
    credentials: [],
    network: { state: 'online' },
    clockSkewMs: null,
    usage: { budgets: [] },
    ...parts,
  } as unknown as Snapshot;
  return describeStatus(snapshot, 0);
}

/** The row of credentials that are not there, for a reason or none. */
function row(problem: ErrorView | null): string {
  return said({
    credentials: [{ profile: 'dev', state: 'absent', expiresAt: null, problem }] as CredentialsView[],
  });
}

test('credentials that are missing for a reason are not said to be not yet asked for', () => {
  expect(row(null)).toMatch(/not yet asked for|尚未请求/);
  const signIn = { ssoSession: 'corp', startUrl: 'https://corp.awsapps.com/start' };
  expect(row({ code: 'SignInNeeded', params: signIn })).toMatch(/sign-in needed|需要登录/);
  expect(row({ code: 'MfaNeeded', params: { profile: 'dev', mfaSerial: 'm' } })).toMatch(
    /code needed|需要验证码/,
  );
  const failed = row({ code: 'CommandFailed', params: { command: 'x', reason: 'y' } });
  expect(failed).toMatch(/failed {2}|失败/);
  expect(failed).not.toMatch(/not yet asked for|尚未请求/);
});

test('a session is told by what Claude Code does in it, not by its process', () => {
  const running = (name: string, of: Partial<SessionView>) => session(AT, { name, state: 'running', ...of });
  const text = said({
    sessions: [
      running('asks', { activity: activity('needsYou') }),
      running('fresh', { activity: activity('done'), hasTranscript: false }),
      running('finished', { activity: activity('done'), hasTranscript: true }),
      session(AT, { name: 'gone', state: 'lost', resumable: true }),
    ],
  });
  expect(text).toMatch(/asks +(needs you|需要您处理)/);
  expect(text).toMatch(/fresh +(ready|就绪)/);
  expect(text).toMatch(/finished +(done|已完成)/);
  expect(text).toContain('bedrock-tray sessions resume --all');
  expect(text).not.toMatch(/gone {2}/);
});

test('a budget that is spent is told, and whether it refuses; one that is not is not', () => {
  const spent = (stage: 50 | 100, refuse: boolean) =>
    said({
      usage: {
        budgets: [
          {
            environment: 'dev',
            budget: { usd: 5, period: 'day', refuse },
            spentUsd: 6,
            unpriced: false,
            from: '2026-11-22',
            to: '2026-11-22',
            stage,
          },
        ],
      },
    });
  expect(spent(50, true)).not.toMatch(/5\.00/);
  expect(spent(100, false)).toMatch(/“dev”.*6\.00.*5\.00/);
  expect(spent(100, false)).not.toMatch(/no further session|不再打开新会话/);
  expect(spent(100, true)).toMatch(/no further session|不再打开新会话/);
});
