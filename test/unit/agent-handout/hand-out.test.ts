import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CredentialHandOut } from '../../../src/agent/handout/credential-hand-out.ts';
import type { SessionIdentity, TemporaryCredentials } from '../../../src/agent/ports.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { RouteError } from '../../../src/contract/routes.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { uselessKeys } from '../../../src/domain/credentials/credential-formats.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const sessionId = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
const signInNeeded = () =>
  new BedrockTrayError('SignInNeeded', { ssoSession: 'corp', startUrl: 'https://x.awsapps.com/start' });
const minute = 60_000;

let clock: FakeClock;
let generation: number;
let failure: unknown;
let asked: { profile: string; rejected: string | undefined }[];
let held: number;
let needs: string[];
let signedIn: PromiseWithResolvers<void>;
let identities: Map<string, SessionIdentity>;
let logged: string;
let settings: Settings;
let handOut: CredentialHandOut;

async function issue(profile: string, options?: { rejected?: string }): Promise<TemporaryCredentials> {
  asked.push({ profile, rejected: options?.rejected });
  if (failure) throw failure;
  if (options?.rejected === `ASIAGENERATION${generation}`) generation++;
  return credentialsNow();
}
/** Until a person has done it. */
const untilDone = (signal: AbortSignal) =>
  Promise.race([
    signedIn.promise,
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    ),
  ]);

function credentialsNow(): TemporaryCredentials {
  return {
    accessKeyId: `ASIAGENERATION${generation}`,
    secretAccessKey: `the-secret-${generation}`,
    sessionToken: `the-token-${generation}`,
    expiresAt: clock.now() + 60 * minute,
    accountId: '111122223333',
  };
}

beforeEach(() => {
  clock = new FakeClock();
  generation = 1;
  failure = null;
  asked = [];
  held = 0;
  needs = [];
  signedIn = Promise.withResolvers();
  identities = new Map([[sessionId, { id: sessionId, profile: 'dev' }]]);
  logged = '';
  settings = Settings.parse({});
  const note = (fields: object, message: string) => {
    logged += `${JSON.stringify(fields)} ${message}\n`;
  };
  handOut = new CredentialHandOut({
    context: {
      clock,
      env: { LANG: 'en_US.UTF-8' },
      log: { info: note, warn: note, error: note, debug: note },
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    },
    broker: {
      credentials: issue,
      temporary: issue,
      untilUsable: (_profile, signal) => untilDone(signal),
      hold: () => {
        held++;
        return () => {
          held--;
        };
      },
    },
    keeper: {
      need: (ssoSession, { profile }) => needs.push(`${ssoSession}/${profile}`),
      untilValid: (_session, signal) => untilDone(signal),
    },
    profiles: {
      source: () => ({ kind: 'sso', ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev' }),
      reload: async () => undefined,
    },
    settings: { get: () => settings },
    identity: (id) => identities.get(id),
  });
});
afterEach(() => handOut.stop());

const ask = (query: string, signal = new AbortController().signal) =>
  handOut.handleCredentials(new URL(`http://agent/v1/credentials?${query}`), signal);
const exported = async (signal?: AbortSignal) => {
  const { status, body } = await ask(`session=${sessionId}&format=claude`, signal);
  expect(status).toBe(200);
  return JSON.parse(body).Credentials as { AccessKeyId: string; Expiration: string };
};

describe('the route', () => {
  test('answers text in the format asked for, never to be stored', async () => {
    const { status, headers, body } = await ask('profile=dev&format=env-no-export');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toBe(
      'AWS_ACCESS_KEY_ID=ASIAGENERATION1\nAWS_SECRET_ACCESS_KEY=the-secret-1\nAWS_SESSION_TOKEN=the-token-1\nAWS_CREDENTIAL_EXPIRATION=2030-01-01T01:00:00+00:00\n',
    );
    expect(JSON.parse((await ask('profile=dev')).body).Version).toBe(1);
  });

  test.each([
    ['', 'profile'],
    [`profile=dev&session=${sessionId}`, 'profile'],
    ['profile=dev&format=xml', 'format'],
    ['profile=a%0Ab', 'profile'],
    ['profile=', 'profile'],
    ['session=../../x', 'session'],
    ['profile=dev&verbose=1', 'verbose'],
    ['profile=dev&claude=me', 'claude'],
    [`session=${sessionId}&claude=7`, 'claude'],
  ])('refuses %j', async (query, field) => {
    const { status, body, headers } = await ask(query);
    expect(status).toBe(400);
    expect(headers['x-exit-code']).toBe('2');
    expect(RouteError.parse(JSON.parse(body))).toMatchObject({ code: 'BadInput', params: { field } });
    expect(asked).toEqual([]);
  });

  test('a sign-in that is needed: exit 3, the prompt is raised, the words in the caller’s language', async () => {
    failure = signInNeeded();
    const english = RouteError.parse(JSON.parse((await ask('profile=dev')).body));
    expect(english).toMatchObject({ code: 'SignInNeeded', exitCode: 3 });
    expect(english.message).toContain('sign in');
    expect(needs).toEqual(['corp/dev']);
    const chinese = RouteError.parse(JSON.parse((await ask('profile=dev&lang=zh_CN.UTF-8')).body));
    expect(chinese.message).toMatch(/[\u4e00-\u9fff]/);
    const url = new URL('http://agent/v1/credentials?profile=dev');
    const accepted = await handOut.handleCredentials(url, new AbortController().signal, 'zh-CN,zh;q=0.9');
    expect(JSON.parse(accepted.body).message).toBe(chinese.message);
    settings = Settings.parse({ language: 'zh-CN' });
    expect(JSON.parse((await ask('profile=dev&lang=en')).body).message).toMatch(/[\u4e00-\u9fff]/);
  });

  test('a failure of ours is a reference; neither answer nor log repeats its message', async () => {
    failure = new Error('with the-secret-1 in it');
    const { status, body } = await ask('profile=dev');
    expect(status).toBe(500);
    const { code, params } = RouteError.parse(JSON.parse(body));
    expect(code).toBe('Internal');
    expect(logged).toContain(String(params.reference));
    expect(logged + body).not.toContain('the-secret-1');
  });
});

describe('a Claude session’s export', () => {
  test('gets the credentials of its own profile', async () => {
    expect((await exported()).AccessKeyId).toBe('ASIAGENERATION1');
    expect(asked).toEqual([{ profile: 'dev', rejected: undefined }]);
  });

  test('waits for the sign-in and then carries on', async () => {
    failure = signInNeeded();
    const answer = exported();
    await clock.advance(5 * minute);
    expect(needs).toEqual(['corp/dev']);
    failure = null;
    signedIn.resolve();
    expect((await answer).AccessKeyId).toBe('ASIAGENERATION1');
    expect(clock.pending).toBe(0);
  });

  test('gives up after ten minutes with keys that AWS cannot have issued', async () => {
    failure = signInNeeded();
    const answer = exported();
    await clock.advance(10 * minute - 1);
    let done = false;
    void answer.then(() => {
      done = true;
    });
    await settle();
    expect(done).toBe(false);
    await clock.advance(1);
    const keys = await answer;
    expect(keys.AccessKeyId).toBe(uselessKeys.accessKeyId);
    expect(Date.parse(keys.Expiration)).toBeGreaterThan(clock.now());
    expect(Date.parse(keys.Expiration)).toBeLessThanOrEqual(clock.now() + minute);
    expect(clock.pending).toBe(0);
  });

  test('a request that goes away ends the wait', async () => {
    failure = signInNeeded();
    const gone = new AbortController();
    const answer = exported(gone.signal);
    await settle();
    gone.abort();
    expect((await answer).AccessKeyId).toBe(uselessKeys.accessKeyId);
    expect(clock.pending).toBe(0);
  });

  test('a broken network is waited out, without a hot loop', async () => {
    failure = new BedrockTrayError('NetworkUnavailable', { host: 'h', reason: 'ENOTFOUND' });
    const answer = exported();
    await clock.advance(minute);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThan(40);
    failure = null;
    await clock.advance(5_000);
    expect((await answer).AccessKeyId).toBe('ASIAGENERATION1');
  });

  test('signed in and yet refused again and again: no hot loop', async () => {
    failure = signInNeeded();
    signedIn.resolve();
    const answer = exported();
    await clock.advance(10 * minute);
    expect((await answer).AccessKeyId).toBe(uselessKeys.accessKeyId);
    expect(asked.length).toBeLessThan(310);
  });

  test.each([
    new BedrockTrayError('AccessDenied', { accountId: '1', roleName: 'r' }),
    new BedrockTrayError('ProfileUnknown', { profile: 'dev' }),
    new Error('a defect'),
  ])('what waiting cannot mend is answered at once, and never with a failure: %s', async (e) => {
    failure = e;
    expect((await exported()).AccessKeyId).toBe(uselessKeys.accessKeyId);
  });

  test('a session that the agent is just adopting is waited for; an unknown one is not told apart by a failure', async () => {
    identities.clear();
    const answer = exported();
    await clock.advance(2_000);
    identities.set(sessionId, { id: sessionId, profile: 'dev' });
    await clock.advance(1_000);
    expect((await answer).AccessKeyId).toBe('ASIAGENERATION1');
    identities.clear();
    const unknown = exported();
    await clock.advance(11_000);
    expect((await unknown).AccessKeyId).toBe(uselessKeys.accessKeyId);
  });

  test('asked again though claude still believed in the keys: AWS refused them, fresh ones are fetched, once', async () => {
    await exported();
    await clock.advance(500);
    await exported();
    expect(asked.at(-1)?.rejected).toBeUndefined();
    await clock.advance(10_000);
    expect((await exported()).AccessKeyId).toBe('ASIAGENERATION2');
    expect(asked.at(-1)?.rejected).toBe('ASIAGENERATION1');
    // Refused again at once: it is not the keys' fault, the portal is left in peace.
    await clock.advance(5_000);
    await exported();
    expect(asked.at(-1)?.rejected).toBeUndefined();
    // Asked at the usual time, five minutes before the end: nothing was refused.
    await clock.advance(56 * minute);
    await exported();
    expect(asked.at(-1)?.rejected).toBeUndefined();
  });

  test('no secret is logged on any of these ways', async () => {
    await exported();
    failure = signInNeeded();
    const gone = new AbortController();
    const answer = exported(gone.signal);
    await settle();
    gone.abort();
    await answer;
    expect(logged).not.toMatch(/the-secret|the-token/);
  });
});

describe('the export of a Claude Code that is none of ours', () => {
  const byPid = async (pid: number, signal?: AbortSignal) => {
    const { status, body } = await ask(`profile=dev&format=claude&claude=${pid}`, signal);
    expect(status).toBe(200);
    return JSON.parse(body).Credentials as { AccessKeyId: string; Expiration: string };
  };

  test('gets the credentials of the profile that its settings name', async () => {
    expect(await byPid(71)).toMatchObject({ AccessKeyId: 'ASIAGENERATION1' });
    expect(asked).toEqual([{ profile: 'dev', rejected: undefined }]);
  });

  test('without a sign-in it begins with useless keys, and waits from then on; the prompt is raised', async () => {
    failure = signInNeeded();
    expect(await byPid(71)).toMatchObject({ AccessKeyId: uselessKeys.accessKeyId });
    expect(needs).toEqual(['corp/dev']);
    let answered = false;
    const second = byPid(71).finally(() => {
      answered = true;
    });
    await settle();
    expect(answered).toBe(false);
    // Another one begins, too.
    expect(await byPid(72)).toMatchObject({ AccessKeyId: uselessKeys.accessKeyId });
    failure = null;
    signedIn.resolve();
    expect(await second).toMatchObject({ AccessKeyId: 'ASIAGENERATION1' });
  });

  test('one that had credentials waits at once', async () => {
    await byPid(71);
    failure = signInNeeded();
    let answered = false;
    const second = byPid(71).finally(() => {
      answered = true;
    });
    await settle();
    expect(answered).toBe(false);
    failure = null;
    signedIn.resolve();
    expect(await second).toMatchObject({ AccessKeyId: 'ASIAGENERATION1' });
  });

  test('asks again though it still believed in the keys: fresh ones; another process gets what is there', async () => {
    await byPid(71);
    await clock.advance(5 * minute);
    await byPid(72);
    expect(asked.at(-1)).toEqual({ profile: 'dev', rejected: undefined });
    expect(await byPid(71)).toMatchObject({ AccessKeyId: 'ASIAGENERATION2' });
    expect(asked.at(-1)).toEqual({ profile: 'dev', rejected: 'ASIAGENERATION1' });
  });

  test('never fails: a profile that may not be used gives keys that AWS cannot have issued', async () => {
    failure = new BedrockTrayError('AccessDenied', { accountId: '111122223333', roleName: 'Dev' });
    expect(await byPid(71)).toMatchObject({ AccessKeyId: uselessKeys.accessKeyId });
  });
});

describe('the container endpoint', () => {
  const get = (
    url: string,
    options: { headers?: Record<string, string>; method?: string; path?: string } = {},
  ) =>
    new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
      const target = new URL(url);
      const ours = request(
        {
          host: '127.0.0.1',
          port: target.port,
          path: options.path ?? target.pathname,
          method: options.method ?? 'GET',
          headers: { host: target.host, ...options.headers },
          timeout: 2_000,
          agent: false,
        },
        async (response) => {
          const chunks = await response.toArray();
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: response.headers,
          });
        },
      );
      ours.on('error', reject).end();
    });

  test('answers its consumer, from what the broker holds', async () => {
    const { url, token, close } = await handOut.open('dev');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/[\w-]{12}$/);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(held).toBe(1);
    const { status, body, headers } = await get(url, { headers: { authorization: token } });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: 'ASIAGENERATION1',
      SecretAccessKey: 'the-secret-1',
      Token: 'the-token-1',
      Expiration: '2030-01-01T01:00:00Z',
      AccountId: '111122223333',
    });
    generation = 2;
    expect((await get(url, { headers: { authorization: token } })).body).toContain('the-secret-2');
    close();
    close();
    expect(held).toBe(0);
  });

  test('wrong token, path, host, method: refused, and nothing is asked of the broker', async () => {
    const one = await handOut.open('dev');
    const two = await handOut.open('other');
    expect(new URL(one.url).port).toBe(new URL(two.url).port);
    const authorization = one.token;
    const refusals = [
      [401, await get(one.url)],
      [401, await get(one.url, { headers: { authorization: 'Bearer x' } })],
      [401, await get(one.url, { headers: { authorization: two.token } })],
      [401, await get(one.url, { headers: { authorization }, path: '/v1/unknown' })],
      [401, await get(one.url, { headers: { authorization }, path: `${new URL(one.url).pathname}?x=1` })],
      [403, await get(one.url, { headers: { authorization, host: 'evil.example' } })],
      [403, await get(one.url, { headers: { authorization, host: '127.0.0.1:1' } })],
      [405, await get(one.url, { headers: { authorization }, method: 'POST' })],
      [405, await get(one.url, { headers: { authorization }, method: 'HEAD' })],
    ] as const;
    for (const [status, answer] of refusals) {
      expect(answer.status).toBe(status);
      if (answer.body) expect(Object.keys(JSON.parse(answer.body))).toEqual(['Code', 'Message']);
    }
    expect(asked).toEqual([]);
    two.close();
    expect((await get(two.url, { headers: { authorization: two.token } })).status).toBe(401);
    expect((await get(one.url, { headers: { authorization } })).status).toBe(200);
    one.close();
    await expect(get(one.url, { headers: { authorization } })).rejects.toThrow('ECONNREFUSED');
    // Opened again, it is there again.
    const three = await handOut.open('dev');
    expect((await get(three.url, { headers: { authorization: three.token } })).status).toBe(200);
    three.close();
  });

  test('a refusal is a 4xx whose Code and Message SDKs show; the prompt is raised', async () => {
    const { url, token, close } = await handOut.open('dev');
    for (const [error, status] of [
      [signInNeeded(), 403],
      [new BedrockTrayError('AccessDenied', { accountId: '1', roleName: 'r' }), 403],
      [new BedrockTrayError('ProfileUnknown', { profile: 'dev' }), 404],
      [new BedrockTrayError('NetworkUnavailable', { host: 'h', reason: 'ENOTFOUND' }), 424],
    ] as const) {
      failure = error;
      const answer = await get(url, { headers: { authorization: token } });
      expect(answer.status).toBe(status);
      const { Code, Message } = JSON.parse(answer.body);
      expect(Code).toBe(error.code);
      expect(Message.length).toBeGreaterThan(20);
    }
    expect(needs).toEqual(['corp/dev']);
    close();
  });

  test('many consumers at once share one listener; stop ends it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => handOut.open('dev')));
    expect(new Set(all.map((o) => new URL(o.url).port)).size).toBe(1);
    expect(new Set(all.map((o) => o.token)).size).toBe(20);
    const answers = await Promise.all(all.map((o) => get(o.url, { headers: { authorization: o.token } })));
    expect(answers.every((a) => a.status === 200)).toBe(true);
    await handOut.stop();
    await expect(get(all[0]?.url ?? '')).rejects.toThrow('ECONNREFUSED');
  });
});
