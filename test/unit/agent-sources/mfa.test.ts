import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import type { Fetching } from '../../../src/agent/broker/fetch-source.ts';
import { MfaRoom, QUESTION_MS } from '../../../src/agent/mfa/mfa-room.ts';
import type { RoleCredentials } from '../../../src/agent/ports.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import type { CredentialSource } from '../../../src/domain/credentials/credential-source.ts';
import { codeOf } from '../../support/code-of.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { context, hour, MemoryCatalog, minute } from '../../support/keep-alive-rooms.ts';

/** MFA codes under a clock that moves when told to; AWS is a few lines. */

const mfaSerial = 'arn:aws:iam::111122223333:mfa/sandbox-user';
const roleArn = 'arn:aws:iam::111122223333:role/Guarded';
const keys: CredentialSource = { kind: 'static', profile: 'keys' };
const guarded: CredentialSource = {
  kind: 'assume-role',
  roleArn,
  source: keys,
  sourceProfile: 'keys',
  externalId: null,
  mfaSerial,
  sessionName: null,
  durationSeconds: null,
  region: null,
};
const beyond: CredentialSource = {
  ...guarded,
  roleArn: 'arn:aws:iam::222233334444:role/Beyond',
  mfaSerial: null,
  source: guarded,
  sourceProfile: 'guarded',
};

let clock: FakeClock;
let mfa: MfaRoom;
let broker: RoleBroker;
/** Codes that AWS takes, and what it saw. */
let good: string[];
let seen: string[];
let offline: boolean;

async function aws(
  source: { kind: string; mfaSerial?: string | null },
  fetching: Fetching,
): Promise<RoleCredentials> {
  if (source.kind === 'static') {
    return {
      accessKeyId: 'AKIAKEYS',
      secretAccessKey: 's',
      sessionToken: null,
      expiresAt: null,
      accountId: null,
    };
  }
  await fetching.upstream();
  const n = seen.length;
  if (source.mfaSerial) {
    const code = mfa.take(fetching.key);
    if (code === null) {
      if (fetching.asked) {
        mfa.ask({ key: fetching.key, profile: fetching.profile, roleArn, mfaSerial }, fetching.urgent);
      }
      throw new BedrockTrayError('MfaNeeded', { profile: fetching.profile, mfaSerial });
    }
    await Promise.resolve();
    if (offline) {
      const error = new BedrockTrayError('NetworkUnavailable', { host: 'sts', reason: 'ENOTFOUND' });
      mfa.verdict(fetching.key, error, true);
      throw error;
    }
    seen.push(code);
    if (!good.includes(code)) {
      const error = new BedrockTrayError('MfaRefused', { mfaSerial, reason: 'invalid' });
      mfa.verdict(fetching.key, error, true);
      throw error;
    }
    mfa.verdict(fetching.key, null);
  }
  return {
    accessKeyId: `ASIA${n}`,
    secretAccessKey: 's',
    sessionToken: 't',
    expiresAt: clock.now() + hour,
    accountId: '111122223333',
  };
}

beforeEach(() => {
  clock = new FakeClock();
  mfa = new MfaRoom(context(clock));
  good = ['123456', '234567'];
  seen = [];
  offline = false;
  const catalog = new MemoryCatalog();
  catalog.sources.set('guarded', guarded);
  catalog.sources.set('guarded-too', { ...guarded, sourceProfile: 'another' });
  catalog.sources.set('beyond', beyond);
  broker = new RoleBroker({
    context: context(clock),
    catalog,
    keeper: {
      accessToken: async () => '',
      rejected: async () => {},
      views: () => [],
      onChange: () => () => {},
    },
    portal: () => Promise.reject(new Error('none')) as never,
    mfa,
    fetch: (source, fetching) => aws(source, fetching),
  });
});
afterEach(async () => {
  mfa.stop();
  await broker.stop();
  expect(clock.pending).toBe(0);
});

const question = () => {
  const view = mfa.view();
  if (!view) throw new Error('no question');
  return view;
};
const state = (profile = 'guarded') => broker.views().find((v) => v.profile === profile);

describe('a role with an MFA device', () => {
  it('is asked about once, for all who want it, and all go on with one code', async () => {
    const wishes = ['guarded', 'guarded-too', 'beyond', 'guarded'].map((p) => codeOf(broker.credentials(p)));
    expect(await Promise.all(wishes)).toEqual(['MfaNeeded', 'MfaNeeded', 'MfaNeeded', 'MfaNeeded']);
    expect(question()).toMatchObject({ profile: 'guarded', roleArn, mfaSerial, problem: null });
    const { id } = question();
    const waiting = ['guarded', 'beyond'].map((p) => broker.untilUsable(p, AbortSignal.timeout(15_000)));
    // Two shells at once: the first code counts, both hear that all is well.
    await Promise.all([mfa.answer(id, '123456'), mfa.answer(id, '999999')]);
    await Promise.all(waiting);
    expect(seen).toEqual(['123456']);
    expect(mfa.view()).toBeNull();
    expect(await codeOf(broker.credentials('guarded-too'))).toBe('resolved');
    expect(await codeOf(broker.credentials('beyond'))).toBe('resolved');
    // A third shell, a moment late.
    await mfa.answer(id, '123456');
    expect(seen).toEqual(['123456']);
    await clock.advance(5 * minute);
    expect(await codeOf(mfa.answer(id, '123456'))).toBe('BadInput');
  });

  it('says why a code was not taken, and asks again', async () => {
    await codeOf(broker.credentials('guarded'));
    const { id } = question();
    expect(await codeOf(mfa.answer(id, '000000'))).toBe('MfaRefused');
    await settle();
    expect(question()).toMatchObject({ id, problem: { code: 'MfaRefused', params: { reason: 'invalid' } } });
    expect(await codeOf(broker.credentials('guarded'))).toMatch(/^Mfa/);
    offline = true;
    expect(await codeOf(mfa.answer(id, '123456'))).toBe('NetworkUnavailable');
    offline = false;
    await settle();
    expect(question().problem?.code).toBe('NetworkUnavailable');
    await clock.advance(10_000);
    await mfa.answer(id, '234567');
    expect(await codeOf(broker.credentials('guarded'))).toBe('resolved');
  });

  it('is not asked about by a hold or a deadline, only by somebody’s wish', async () => {
    broker.hold('guarded');
    broker.hold('beyond');
    await clock.advance(3 * hour);
    expect(mfa.view()).toBeNull();
    expect(state()).toMatchObject({ state: 'absent', problem: { code: 'MfaNeeded' } });
    await codeOf(broker.credentials('beyond'));
    await mfa.answer(question().id, '123456');
    await settle();
    expect(state('beyond')?.state).toBe('valid');
    // Not renewed by itself, though both are held: a code is a person's.
    await clock.advance(59 * minute);
    expect(seen).toHaveLength(1);
    expect(mfa.view()).toBeNull();
    expect(state()).toMatchObject({ state: 'stale', problem: { code: 'MfaNeeded' } });
    expect(clock.fired).toBeLessThan(40);
  });

  it('is asked about when a wish comes while a deadline’s call is under way', async () => {
    broker.hold('guarded');
    expect(await codeOf(broker.credentials('guarded'))).toBe('MfaNeeded');
    expect(question().profile).toBe('guarded');
  });

  it('is asked about ahead of its end when somebody uses it; put off, then not before its end', async () => {
    await codeOf(broker.credentials('guarded'));
    await mfa.answer(question().id, '123456');
    await clock.advance(45 * minute);
    expect(await codeOf(broker.credentials('guarded'))).toBe('resolved');
    await settle();
    mfa.cancel(question().id);
    expect(await codeOf(broker.credentials('guarded'))).toBe('resolved');
    await settle();
    expect(mfa.view()).toBeNull();
    await clock.advance(15 * minute);
    expect(await codeOf(broker.credentials('guarded'))).toBe('MfaNeeded');
    await mfa.answer(question().id, '234567');
    expect(await codeOf(broker.credentials('guarded'))).toBe('resolved');
  });

  it('is no longer asked about when nobody wanted it for a while, or it is gone', async () => {
    await codeOf(broker.credentials('guarded'));
    await clock.advance(QUESTION_MS - 1);
    await codeOf(broker.credentials('guarded'));
    await clock.advance(QUESTION_MS - 1);
    expect(mfa.view()).not.toBeNull();
    await clock.advance(1);
    expect(mfa.view()).toBeNull();
    await codeOf(broker.credentials('guarded'));
    const late = codeOf(mfa.answer('unknown', '123456'));
    expect(await late).toBe('BadInput');
    mfa.cancel(question().id);
    expect(mfa.view()).toBeNull();
  });
});
