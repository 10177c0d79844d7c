import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ContainerAnswer, ContainerEndpoint } from '../../../src/agent/handout/container-endpoint.ts';
import { formatContainerCredentials } from '../../../src/domain/credentials/credential-formats.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';

/** The container endpoint as AWS's own programs use it. */

const run = promisify(execFile);
const cli = findAwsCli();
const python = findBotocore();
// It comes with the SDK's clients; no dependency of its own.
const sdk = await import('@aws-sdk/credential-provider-http').catch(() => undefined);
const revoked = 'The command that these credentials were opened for has ended';
const refusal = (Code: string, Message: string) => JSON.stringify({ Code, Message });

let folder: string;
let answer: (profile: string) => Promise<ContainerAnswer>;
let endpoint: ContainerEndpoint;

const keysOf = (profile: string, minutes = 60): ContainerAnswer => ({
  status: 200,
  body: formatContainerCredentials(
    {
      accessKeyId: `ASIA${profile.toUpperCase().padStart(16, 'A')}`,
      secretAccessKey: `secret-of-${profile}`,
      sessionToken: `token-of-${profile}`,
      expiresAt: Date.now() + minutes * 60_000,
      accountId: '111122223333',
    },
    Date.now(),
  ),
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endpoint-'));
  await writeFile(join(folder, 'empty'), '');
  answer = async (profile) => keysOf(profile);
  endpoint = new ContainerEndpoint({
    answer: (profile) => answer(profile),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    words: (what) => (what === 'revoked' ? revoked : 'still being fetched'),
  });
});
afterEach(async () => {
  await endpoint.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a consumer is started with. */
const environment = ({ url, token }: { url: string; token: string }) => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  AWS_CONFIG_FILE: join(folder, 'empty'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'empty'),
  AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'us-east-1',
});

const situations = ['one', 'two', 'refused', 'slow', 'revoked'] as const;
type Situation = (typeof situations)[number];
type Opened = Awaited<ReturnType<ContainerEndpoint['open']>>;
/** The access key id that it got, or all that it told the person. */
const consumers: Record<
  string,
  { missing: string; situations: readonly Situation[]; ask: (opened: Opened) => Promise<string> }
> = {
  'AWS CLI': {
    missing: cli ? '' : 'not installed here',
    // Slow to start, and botocore inside.
    situations: ['one', 'refused'],
    ask: async (opened) => {
      const args = ['configure', 'export-credentials', '--format', 'process'];
      try {
        const { stdout } = await run(cli?.path ?? '', args, { env: environment(opened), timeout: 120_000 });
        return JSON.parse(stdout).AccessKeyId;
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    },
  },
  botocore: {
    missing: python ? '' : 'not installed here',
    situations,
    ask: async (opened) => {
      const script =
        'import botocore.session as s; print(s.get_session().get_credentials().get_frozen_credentials().access_key)';
      try {
        return (
          await run(python ?? '', ['-c', script], { env: environment(opened), timeout: 120_000 })
        ).stdout.trim();
      } catch (error) {
        return (error as { stderr: string }).stderr;
      }
    },
  },
  'AWS SDK for JavaScript': {
    missing: sdk ? '' : 'not installed here',
    situations,
    ask: async ({ url, token }) => {
      if (!sdk) return '';
      const provider = sdk.fromHttp({
        awsContainerCredentialsFullUri: url,
        awsContainerAuthorizationToken: token,
        logger: { debug() {}, info() {}, warn() {}, error() {} },
      });
      return provider().then(
        (credentials) => credentials.accessKeyId,
        // Its own words are the status; ours stand beside them.
        (error: Error & { Message?: string }) => `${error.message} ${error.Message}`,
      );
    },
  },
};

const sentence = 'Nobody is signed in to “corp”. Run “bedrock-tray login”.';
const asked = Object.entries(consumers).filter(([, { missing }]) => missing === '');
const absent = Object.entries(consumers).flatMap(([name, { missing }]) =>
  missing ? [`${name} ${missing}`] : [],
);

test(`every consumer in every situation, all at once${absent.length > 0 ? ` (${absent.join(', ')})` : ''}`, async () => {
  let fetched: Promise<ContainerAnswer> | undefined;
  answer = async (profile) => {
    if (profile === 'refused') return { status: 403, body: refusal('SignInNeeded', sentence) };
    if (profile !== 'slow') return keysOf(profile);
    // One request to AWS, which takes longer than anybody waits for one answer.
    fetched ??= new Promise((resolve) => setTimeout(() => resolve(keysOf('slow')), 2_500));
    return fetched;
  };
  const told = await Promise.all(
    asked.map(async ([name, { ask, situations }]) => {
      const answers = situations.map(async (situation) => {
        const opened = await endpoint.open(situation);
        if (situation === 'revoked') opened.close();
        return [situation, await ask(opened)];
      });
      return [name, Object.fromEntries(await Promise.all(answers))] as [string, Record<string, string>];
    }),
  );
  for (const [name, said] of told) {
    // Some AWS CLIs say only that there are none, as for every endpoint.
    const silent = name === 'AWS CLI' ? '|Unable to locate credentials' : '';
    const expected: Record<Situation, RegExp> = {
      one: /^ASIAAAAAAAAAAAAAAONE$/,
      two: /^ASIAAAAAAAAAAAAAATWO$/,
      slow: /^ASIAAAAAAAAAAAAASLOW$/,
      refused: new RegExp(`bedrock-tray login${silent}`),
      revoked: /has ended/,
    };
    for (const [situation, words] of Object.entries(said)) {
      expect(words, `${name}, ${situation}`).toMatch(expected[situation as Situation]);
    }
  }
});

function plainGet(opened: Opened, agent: Agent): Promise<{ status: number; body: string; ms: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(opened.url, { agent, headers: { authorization: opened.token } }, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, body, ms: performance.now() - began });
    }).on('error', reject);
  });
}

test('a hundred consumers at once, each with its own token, get their own keys and nobody else’s', async () => {
  const opened = await Promise.all(Array.from({ length: 100 }, (_, i) => endpoint.open(`p${i}`)));
  const agents = opened.map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  try {
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(opened.map((one, i) => plainGet(one, agents[i] as Agent)));
      expect(answers.map(({ body }) => JSON.parse(body).SecretAccessKey)).toEqual(
        opened.map((_, i) => `secret-of-p${i}`),
      );
    }
    // A token opens one door.
    const [one, two] = opened as [Opened, Opened];
    expect((await plainGet({ ...one, token: two.token }, agents[0] as Agent)).status).toBe(401);
  } finally {
    for (const agent of agents) agent.destroy();
  }
});

test('an answer comes within two seconds, whatever AWS does; one that comes after the revocation holds no keys', async () => {
  const agent = new Agent({ keepAlive: true });
  const late = Promise.withResolvers<ContainerAnswer>();
  answer = () => late.promise;
  const [one] = await Promise.all([endpoint.open('one'), endpoint.open('two')]);
  try {
    const slow = await plainGet(one, agent);
    expect(slow.status).toBe(503);
    expect(JSON.parse(slow.body)).toEqual({ Code: 'NotYet', Message: 'still being fetched' });
    expect(slow.ms).toBeLessThan(2_000);
    const asked = Promise.withResolvers<void>();
    answer = () => {
      asked.resolve();
      return late.promise;
    };
    const revokedMeanwhile = plainGet(one, agent);
    await asked.promise;
    one.close();
    late.resolve(keysOf('one'));
    expect(await revokedMeanwhile).toMatchObject({ status: 401 });
    expect((await revokedMeanwhile).body).toContain(revoked);
  } finally {
    agent.destroy();
  }
});
