import { expect, test } from 'vitest';
import { describeStatus } from '../../../src/cli/commands/status.ts';
import type { CredentialsView, ErrorView, Snapshot } from '../../../src/contract/index.ts';

/** The row of credentials that are not there, for a reason or none. */
function row(problem: ErrorView | null): string {
  const credentials = [{ profile: 'dev', state: 'absent', expiresAt: null, problem }] as CredentialsView[];
  const snapshot = {
    environments: [],
    ssoSessions: [],
    sessions: [],
    credentials,
    network: { state: 'online' },
    clockSkewMs: null,
  } as unknown as Snapshot;
  return describeStatus(snapshot, 0);
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
