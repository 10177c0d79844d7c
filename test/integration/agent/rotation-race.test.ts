import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ssoCacheDir, tokenFileName } from '../../../src/aws/sso-cache.ts';
import type { Snapshot } from '../../../src/contract/index.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import { type Installation, install } from '../../support/installation.ts';
import { type CommandResult, runCommand } from '../../support/run-command.ts';
import { HeldRefreshes } from './held-refreshes.ts';

/**
 * Eight processes of AWS's own tools and one agent on one token file without a lock, against a service that refuses
 * a refresh token which was used once. The AWS CLI and botocore refresh when less than 15 min are left, the agent when
 * less than 20 min are.
 */

const cli = findAwsCli();
const python = findBotocore();
const missing = cli === undefined || python === undefined;
const minute = 60;

const script = `
import botocore.session
session = botocore.session.Session(profile='sandbox')
client = session.create_client('sts')
print(client.get_caller_identity()['Arn'])
`;

describe.skipIf(missing)(
  `the token file is shared by eight processes${missing ? ' (scripts/install-test-parts.ts --only apt --only botocore)' : ''}`,
  () => {
    let installation: Installation;
    beforeEach(async () => {
      installation = await install({ switches: { strictRotation: true } });
    });
    afterEach(() => installation?.stop());

    /** Signed in by the agent with a token that has `left` s to live; then the agent is stopped. */
    async function signedIn(left: number): Promise<void> {
      await installation.sandbox.switches({ lifetimes: { accessToken: left } });
      const login = await installation.login({ args: ['--sso-session', 'sandbox'] });
      expect(login.stderr).not.toBe('');
      expect(login.status).toBe(0);
      expect((await installation.run(['agent', 'stop'])).status).toBe(0);
      await installation.sandbox.switches({ lifetimes: { accessToken: 60 * minute } });
      expect(await refreshes()).toEqual([]);
    }

    const env = () => installation.sandbox.environment();
    const token = async () =>
      JSON.parse(
        await readFile(join(ssoCacheDir(installation.sandbox.home), tokenFileName('sandbox')), 'utf8'),
      );
    const refreshes = async () =>
      (await installation.sandbox.requests({ operation: 'CreateToken' })).filter(
        (r) => r.detail?.grantType === 'refresh_token',
      );
    const signIns = async () =>
      (await installation.sandbox.requests({ operation: 'CreateToken' })).filter(
        (r) => r.detail?.grantType !== 'refresh_token' && r.status === 200,
      ).length;

    type Extra = Record<string, string>;
    const timeoutMs = 150_000;
    const awsCli = (extra: Extra = {}) => {
      const args = ['sts', 'get-caller-identity', '--profile', 'sandbox'];
      return runCommand(cli?.path ?? '', args, { env: { ...env(), ...extra }, timeoutMs });
    };
    const botocore = (extra: Extra = {}) =>
      runCommand(python ?? '', ['-c', script], { env: { ...env(), ...extra }, timeoutMs });

    /** What leads clients to the OIDC service at another address: botocore and the AWS CLI are told by files. */
    async function pathThrough(url: string): Promise<Extra> {
      const { AWS_DATA_PATH = '' } = env();
      const rules = join('sso-oidc', '2019-06-10', 'endpoint-rule-set-1.json');
      const folder = join(installation.sandbox.folder, 'path-through');
      await mkdir(join(folder, rules, '..'), { recursive: true });
      const text = await readFile(join(AWS_DATA_PATH, rules), 'utf8');
      await writeFile(join(folder, rules), text.replace(installation.sandbox.baseUrl, url));
      return { AWS_ENDPOINT_URL_SSO_OIDC: url, AWS_DATA_PATH: [folder, AWS_DATA_PATH].join(delimiter) };
    }

    /** Eight processes, two of them the AWS CLI (which takes its time to start), and `beside`, all at once. */
    async function eight(beside: () => Promise<unknown>, extra: Extra = {}): Promise<CommandResult[]> {
      const [results] = await Promise.all([
        Promise.all([awsCli(extra), awsCli(extra), ...[1, 2, 3, 4, 5, 6].map(() => botocore(extra))]),
        beside(),
      ]);
      return results;
    }

    /** Nobody has lost anything: the one sign-in lives on, in the file and for everybody. */
    async function allIsWell(): Promise<void> {
      // The agent knows it before the disk has it: a busy disk takes seconds to sync a file.
      await expect
        .poll(async () => Date.parse((await token()).expiresAt) - Date.now(), { timeout: 20_000 })
        .toBeGreaterThan(50 * minute * 1000);
      const { accessToken, refreshToken } = await token();
      expect(accessToken).toBeTruthy();
      expect(refreshToken).toBeTruthy();
      expect(await installation.sandbox.sessions()).toMatchObject([{ alive: true }]);
      expect(await signIns()).toBe(1);
      const { ssoSessions, prompt } = await agentIsFresh();
      expect(ssoSessions[0]).toMatchObject({ id: 'sandbox', state: 'valid', signIn: null, problem: null });
      expect(prompt).toBeNull();
      expect(await readFile(join(installation.home, 'logs', 'agent.log'), 'utf8')).not.toContain(
        'a sign-in is needed',
      );
      // Everybody gets credentials from what is in the file now, and nobody asks for a new token.
      // (By when they were received: what the agent had asked before it saw the winner's token may still be unanswered.)
      const since = Date.now();
      await rm(join(installation.sandbox.home, '.aws', 'cli'), { recursive: true, force: true });
      const [theirs, ours] = await Promise.all([
        Promise.all([awsCli(), botocore()]),
        installation.run(['export-credentials', '--profile', 'sandbox']),
      ]);
      expect([...theirs.map((r) => r.code), ours.status]).toEqual([0, 0, 0]);
      expect((await refreshes()).filter((r) => Date.parse(r.time) >= since)).toEqual([]);
    }

    /** Connected to the agent (started if need be) once it has a token that lives for long. */
    async function agentIsFresh(): Promise<Snapshot> {
      const agent = await installation.connect();
      const enough = AbortSignal.timeout(120_000);
      try {
        return await new Promise<Snapshot>((resolve, reject) => {
          enough.addEventListener('abort', () => reject(new Error('the agent has no fresh token')));
          agent.watch('state.watch', {}, (snapshot) => {
            const [session] = snapshot.ssoSessions;
            if (session?.state !== 'valid' || (session.expiresAt ?? 0) - Date.now() < 50 * minute * 1000)
              return;
            resolve(snapshot);
          });
        });
      } finally {
        agent.close();
      }
    }

    it('the race occurs, and nobody has to sign in again', async () => {
      await signedIn(10 * minute);
      // One of AWS's tools is about to refresh, then the agent too: nobody can write a new token before.
      await using held = await HeldRefreshes.before(installation.sandbox.baseUrl);
      const through = await pathThrough(held.url);
      Object.assign(installation.env, through);
      const waits = (isAgent: boolean) =>
        expect
          .poll(() => held.waiting.some((who) => who.includes('bedrock-tray') === isAgent), {
            timeout: 120_000,
          })
          .toBe(true);
      const results = await eight(async () => {
        await waits(false);
        const both = Promise.all([waits(true), waits(false)]);
        await Promise.all([agentIsFresh(), both.finally(() => held.letGo())]);
      }, through);

      const refused = (await refreshes()).filter((r) => r.error === 'InvalidGrantException');
      expect(refused.length).toBeGreaterThan(0);
      expect(results.map((r) => [r.code, r.code === 0 ? '' : r.stderr])).toEqual(Array(8).fill([0, '']));
      await allIsWell();
    }, 400_000);

    it('it does not occur with the agent running ahead of the window', async () => {
      await signedIn(18 * minute);
      const results = await eight(agentIsFresh);

      expect((await refreshes()).map((r) => r.status)).toEqual([200]);
      expect(results.map((r) => [r.code, r.code === 0 ? '' : r.stderr])).toEqual(Array(8).fill([0, '']));
      await allIsWell();
    }, 400_000);
  },
);
