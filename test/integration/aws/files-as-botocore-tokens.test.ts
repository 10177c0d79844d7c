import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSso } from '@aws-sdk/token-providers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { tokenFileName } from '../../../src/aws/sso-cache.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context, MemoryCatalog, memorySettings } from '../../support/keep-alive-rooms.ts';
import { askLibrary, libraries } from './library-referees.ts';
import { type TokenReferee, type TokenRow, tokenRows } from './token-rows.ts';

/**
 * What becomes of a token file: by us, by botocore, by the AWS CLI and by AWS's JavaScript SDK, under the same clock.
 * The same token and the same file afterwards, or the difference is named and justified in the row (token-rows.ts).
 */

const now = Date.UTC(2021, 11, 25, 13, 30);
let folder: string;
let server: Server;
let endpoint: string;
let calls = 0;
let answer: TokenRow['answer'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      calls++;
      const refused = answer === 'refused' || answer === undefined;
      response.writeHead(refused ? 400 : 200, {
        'content-type': 'application/json',
        date: new Date(now).toUTCString(),
        ...(refused ? { 'x-amzn-errortype': 'InvalidGrantException' } : {}),
      });
      response.end(JSON.stringify(refused ? { error: 'invalid_grant' } : answer));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

interface Place {
  home: string;
  session: string;
  config: string;
  cache: string;
  file: string;
}

let places = 0;
/** A home of its own for each row, judge and attempt; the SDK remembers sessions by name for the life of the process. */
async function placeFor(row: TokenRow, judge: string): Promise<Place> {
  const session = `admin-${judge}-${tokenRows.indexOf(row)}-${++places}`;
  const home = join(folder, session);
  const cache = join(home, '.aws', 'sso', 'cache');
  await mkdir(cache, { recursive: true });
  const config = join(home, '.aws', 'config');
  await writeFile(
    config,
    `[sso-session ${session}]\nsso_start_url = https://d-123.awsapps.com/start\nsso_region = us-west-2\n[profile p]\nsso_session = ${session}\n`,
  );
  const file = join(cache, tokenFileName(session));
  if (row.file !== null) {
    await writeFile(file, typeof row.file === 'string' ? row.file : JSON.stringify(row.file));
  }
  return { home, session, config, cache, file };
}

interface Outcome {
  token: string | null;
  calls: number;
  file: unknown;
}
const after = async ({ file }: Place): Promise<unknown> => {
  const text = await readFile(file, 'utf8').catch(() => null);
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return text;
  }
};

async function ours(row: TokenRow): Promise<Outcome> {
  const place = await placeFor(row, 'ours');
  const clock = new FakeClock(now - 1_000);
  const catalog = new MemoryCatalog();
  catalog.sessions = [
    {
      id: place.session,
      kind: 'sso-session',
      startUrl: 'https://d-123.awsapps.com/start',
      region: 'us-west-2',
      scopes: ['sso:account:access'],
    },
  ];
  const keeper = new SsoKeeper({
    context: context(clock),
    catalog,
    cache: createTokenCache(place.home),
    oidc: (region) => createOidc({ region, env: { AWS_ENDPOINT_URL_SSO_OIDC: endpoint }, now: () => now }),
    portal: () => ({ logout: async () => undefined }),
    settings: memorySettings(),
  });
  answer = row.answer;
  calls = 0;
  try {
    await keeper.start();
    // Whatever is due is done a second after the start.
    await clock.advance(1_000);
    const settled = async () => {
      // After a refusal the file is looked at once more, a moment later.
      if (row.answer === 'refused') await clock.advance(250);
      expect(keeper.views()[0]?.state).not.toBe('refreshing');
    };
    await vi.waitFor(settled, { timeout: 30_000, interval: 20 });
    const token = await keeper.accessToken(place.session).catch((e) => {
      expect(e).toMatchObject({ code: 'SignInNeeded' });
      return null;
    });
    // A busy disk takes seconds to sync a file.
    const isWritten = async () => expect(await after(place)).not.toEqual(row.file);
    if (row.written) await vi.waitFor(isWritten, { timeout: 30_000 });
    return { token, calls, file: await after(place) };
  } finally {
    await keeper.stop();
  }
}

async function sdk(row: TokenRow): Promise<Outcome> {
  const place = await placeFor(row, 'sdk');
  vi.stubEnv('HOME', place.home);
  vi.stubEnv('USERPROFILE', place.home);
  vi.useFakeTimers({ toFake: ['Date'], now });
  answer = row.answer;
  calls = 0;
  const provide = fromSso({
    profile: 'p',
    configFilepath: place.config,
    filepath: join(place.home, 'none'),
    ignoreCache: true,
    clientConfig: { endpoint, maxAttempts: 1 },
  });
  const token = await provide().then(
    (found) => found.token,
    () => null,
  );
  return { token, calls, file: await after(place) };
}

function compare(row: TokenRow, judge: TokenReferee, theirs: Outcome, mine: Outcome): void {
  const { differs } = row;
  const named = differs?.[judge];
  const told = { token: theirs.token, calls: theirs.calls };
  if (named) expect(named.why.length).toBeGreaterThan(20);
  const wanted = {
    token: named?.token === undefined ? mine.token : named.token,
    calls: named?.calls ?? mine.calls,
  };
  expect(told, named?.why).toEqual(wanted);
  if (named?.file === 'other') expect(theirs.file).not.toEqual(mine.file);
  else expect(theirs.file).toEqual(mine.file);
  // A difference that is named must be there.
  if (named) expect({ ...told, file: theirs.file }).not.toEqual(mine);
}

describe('the table says what we do', () => {
  test.each(tokenRows)('$name', async (row) => {
    const mine = await ours(row);
    expect({ token: mine.token, calls: mine.calls }).toEqual(row.ours);
    const before =
      row.file === null || typeof row.file === 'object'
        ? row.file
        : await after(await placeFor(row, 'as-is'));
    expect(mine.file).toEqual(row.written ?? before);
  });
});

describe.each(libraries)('as $name sees them', (library) => {
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    if (library.python === undefined) return;
    const theirs = await Promise.all(tokenRows.map((row) => placeFor(row, library.id)));
    const questions = tokenRows.map((row, n) => ({
      ask: 'token',
      ...theirs[n],
      profile: 'p',
      now: new Date(now).toISOString().replace('Z', '+00:00'),
      answer: typeof row.answer === 'object' ? row.answer : null,
    }));
    const told = await askLibrary<{ token?: string; calls: number }>(library, questions, {
      PATH: process.env.PATH ?? '',
      HOME: folder,
    });
    for (const [n, row] of tokenRows.entries()) {
      outcomes.set(row.name, {
        token: told[n]?.token ?? null,
        calls: told[n]?.calls ?? -1,
        file: await after(theirs[n] as Place),
      });
    }
  }, 300_000);

  test.skipIf(library.python === undefined).each(tokenRows)('$name', async (row) => {
    compare(row, library.id, outcomes.get(row.name) as Outcome, await ours(row));
  });
});

describe("as AWS's JavaScript SDK sees them", () => {
  test.each(tokenRows)('$name', async (row) => {
    const mine = await ours(row);
    compare(row, 'sdk', await sdk(row), mine);
  });
});
