import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ssoCacheDir, tokenFileName } from '../../../src/aws/sso-cache.ts';
import type { Snapshot } from '../../../src/contract/index.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import { type Installation, install } from '../../support/installation.ts';
import { type CommandResult, runCommand } from '../../support/run-command.ts';

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

    const awsCli = () =>
      runCommand(cli?.path ?? '', ['sts', 'get-caller-identity', '--profile', 'sandbox'], { env: env() });
    const botocore = () => runCommand(python ?? '', ['-c', script], { env: env() });

    /** Eight processes, two of them the AWS CLI (which takes its time to start), and `beside`, all at once. */
    async function eight(beside: () => Promise<unknown>): Promise<CommandResult[]> {
      const [results] = await Promise.all([
        Promise.all([awsCli(), awsCli(), ...[1, 2, 3, 4, 5, 6].map(() => botocore())]),
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
      const enough = AbortSignal.timeout(30_000);
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
      // Everybody has read the old token before the first can write a new one.
      await installation.sandbox.switches({ faultServices: ['oidc'], latencyMs: 2_500 });
      const results = await eight(agentIsFresh);
      await installation.sandbox.switches({ latencyMs: 0 });

      const refused = (await refreshes()).filter((r) => r.error === 'InvalidGrantException');
      expect(refused.length).toBeGreaterThan(0);
      expect(results.map((r) => [r.code, r.code === 0 ? '' : r.stderr])).toEqual(Array(8).fill([0, '']));
      await allIsWell();
    }, 60_000);

    it('it does not occur with the agent running ahead of the window', async () => {
      await signedIn(18 * minute);
      const results = await eight(agentIsFresh);

      expect((await refreshes()).map((r) => r.status)).toEqual([200]);
      expect(results.map((r) => [r.code, r.code === 0 ? '' : r.stderr])).toEqual(Array(8).fill([0, '']));
      await allIsWell();
    }, 60_000);
  },
);
