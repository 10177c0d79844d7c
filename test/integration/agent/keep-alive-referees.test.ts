import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readToken, ssoCacheDir } from '../../../src/aws/sso-cache.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import { codeOf } from '../../support/code-of.ts';
import { runCommand, startCommand } from '../../support/run-command.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { type KeepAliveAgent, startKeepAlive } from './keep-alive-agent.ts';

/** The AWS CLI and botocore, unchanged, on one HOME with the keeper. */

const cli = findAwsCli();
const python = findBotocore();
let sandbox: SandboxProcess;
let agent: KeepAliveAgent;

beforeAll(async () => {
  sandbox = await startSandbox({ switches: { lifetimes: { deviceInterval: 0.001 } } });
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  // The sandbox has forgotten every client, and the AWS CLI would not notice.
  await rm(join(sandbox.home, '.aws', 'sso', 'cache'), { recursive: true, force: true });
  await rm(join(sandbox.home, '.aws', 'cli'), { recursive: true, force: true });
  await sandbox.switches({ lifetimes: { deviceInterval: 0.001 }, strictRotation: true });
  agent = await startKeepAlive(sandbox, { home: sandbox.home });
});
afterEach(async () => {
  await agent.keeper.signOut();
  await agent.stop();
});

const aws = (...args: string[]) => runCommand(cli?.path ?? '', args, { env: sandbox.environment() });
const identity = () => aws('sts', 'get-caller-identity', '--profile', 'sandbox', '--output', 'json');
const signInHere = () => agent.signIn();

describe.skipIf(cli === undefined)(
  `the AWS CLI ${cli?.version ?? 'v2 (not installed: scripts/install-test-parts.ts --only apt)'}`,
  () => {
    it('uses a sign-in made here, and the token after our refresh, without one of its own', async () => {
      await signInHere();
      expect((await identity()).code).toBe(0);
      const before = await agent.keeper.accessToken('sandbox');
      await agent.keeper.rejected('sandbox', before);
      await rm(join(sandbox.home, '.aws', 'cli'), { recursive: true });
      const again = await identity();
      expect(again.stderr).toBe('');
      expect(again.code).toBe(0);
      const grants = (await sandbox.requests({ operation: 'CreateToken' })).map((r) => r.detail?.grantType);
      expect(grants).toEqual(['authorization_code', 'refresh_token']);
    });

    it('signs in, and that is adopted within a second; it ends a sign-in that was waiting here', async () => {
      const waiting = await agent.desk.start({ ssoSession: 'sandbox', flow: 'pkce', openBrowser: false });
      const login = startCommand(cli?.path ?? '', ['sso', 'login', '--profile', 'sandbox', '--no-browser'], {
        env: sandbox.environment({ PYTHONUNBUFFERED: '1' }),
      });
      const [url] = await login.printed(/http:\/\/\S+user_code=[A-Z-]+/);
      let adoptedAt = 0;
      const adopted = agent.keeper.untilValid('sandbox', AbortSignal.timeout(30_000)).then(() => {
        adoptedAt = Date.now();
      });
      await sandbox.approve(url);
      await login.printed(/Successfully logged into Start URL/);
      const saidAt = Date.now();
      await adopted;
      // The CLI says so right after it has written the file.
      expect(adoptedAt - saidAt).toBeLessThan(1_000);
      expect((await login.result).code).toBe(0);
      expect(await agent.desk.wait(waiting.id)).toMatchObject({ ssoSession: 'sandbox' });
      const { token } = await readToken(ssoCacheDir(sandbox.home), 'sandbox');
      expect(await agent.keeper.accessToken('sandbox')).toBe(token?.accessToken);
      expect(await codeOf(agent.broker.credentials('dev'))).toBe('resolved');
      // And refreshed with the CLI's registration when the time comes.
      await agent.keeper.rejected('sandbox', token?.accessToken ?? '');
      expect(agent.view()).toMatchObject({ state: 'valid', generation: 2 });
      expect((await identity()).code).toBe(0);
    });

    it('signs out: honoured at once, and its role cache of ours goes when we sign out', async () => {
      await signInHere();
      await agent.broker.credentials('dev');
      expect((await aws('sso', 'logout')).code).toBe(0);
      const saidAt = Date.now();
      await agent.until(agent.keeper, () => agent.view().state === 'signedOut', 'signed out');
      expect(Date.now() - saidAt).toBeLessThan(1_000);
      expect(await codeOf(agent.broker.credentials('dev'))).toBe('SignInNeeded');

      await signInHere();
      expect((await identity()).code).toBe(0);
      expect(await readdir(`${sandbox.home}/.aws/cli/cache`)).toHaveLength(1);
      await agent.keeper.signOut('sandbox');
      expect(await readdir(`${sandbox.home}/.aws/cli/cache`)).toEqual([]);
      expect((await identity()).code).not.toBe(0);
    });
  },
);

describe.skipIf(python === undefined)(
  `botocore ${python === undefined ? '(not installed: scripts/install-test-parts.ts --only botocore)' : ''}`,
  () => {
    it('uses a sign-in made here', async () => {
      await signInHere();
      const script =
        "import botocore.session as s; print(s.Session(profile='sandbox').create_client('sts').get_caller_identity()['Arn'])";
      const { code, stdout, stderr } = await runCommand(python ?? '', ['-c', script], {
        env: sandbox.environment(),
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('BedrockDeveloper');
    });
  },
);
