import { expect, test } from 'vitest';
import { MfaRoom } from '../../../src/agent/mfa/mfa-room.ts';
import { fromAssumeRole } from '../../../src/agent/sources/assume-role.ts';
import type { SourceParts } from '../../../src/agent/sources/source-parts.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context } from '../../support/keep-alive-rooms.ts';

test('a code that cannot be used for want of the keys that sign is answered with the reason, and asked for again', async () => {
  const clock = new FakeClock();
  const mfa = new MfaRoom(context(clock));
  const mfaSerial = 'arn:aws:iam::111122223333:mfa/someone';
  const roleArn = 'arn:aws:iam::111122223333:role/Guarded';
  mfa.ask({ key: 'guarded', profile: 'guarded', roleArn, mfaSerial }, true);
  const id = mfa.view()?.id ?? '';
  const answer = mfa.answer(id, '123456').catch((e: BedrockTrayError) => e.view());
  expect(mfa.view()).toBeNull();
  const offline = new BedrockTrayError('NetworkUnavailable', { host: 'portal', reason: 'ENOTFOUND' });
  const parts = { context: { clock, env: {} }, mfa } as unknown as SourceParts;
  const fetching = {
    key: 'guarded',
    profile: 'guarded',
    region: null,
    asked: true,
    urgent: true,
    forced: false,
    upstream: () => Promise.reject(offline),
  };
  const source = {
    kind: 'assume-role' as const,
    roleArn,
    source: { kind: 'static' as const, profile: 'keys' },
    sourceProfile: 'keys',
    externalId: null,
    mfaSerial,
    sessionName: null,
    durationSeconds: null,
    region: null,
  };
  await expect(fromAssumeRole(source, fetching, parts)).rejects.toBe(offline);
  expect(await answer).toEqual(offline.view());
  expect(mfa.view()).toMatchObject({ id, problem: offline.view() });
  mfa.stop();
});
