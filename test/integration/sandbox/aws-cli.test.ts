import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAwsCli } from '../../support/aws-cli.ts';
import { runCommand, startCommand } from '../../support/run-command.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** The AWS CLI v2, unchanged, from sign-in to sign-out. An old one is turned here by AWS_DATA_PATH. */

const cli = findAwsCli();

describe.skipIf(cli === undefined)(
  `AWS CLI ${cli?.version ?? 'v2 (not installed: scripts/install-test-parts.ts --only apt)'} on the sandbox`,
  () => {
    let sandbox: SandboxProcess;

    beforeAll(async () => {
      // CLI 2.9.19 polls twice in a row at first and would be told to slow down by five seconds.
      sandbox = await startSandbox({ switches: { lifetimes: { deviceInterval: 0.001 } } });
    });
    afterAll(() => sandbox.stop());

    const aws = (...args: string[]) => runCommand(cli?.path ?? '', args, { env: sandbox.environment() });

    it('signs in with a device code that a person allows', async () => {
      const login = startCommand(cli?.path ?? '', ['sso', 'login', '--profile', 'sandbox', '--no-browser'], {
        env: sandbox.environment({ PYTHONUNBUFFERED: '1' }),
      });
      const [url] = await login.printed(/http:\/\/\S+user_code=[A-Z-]+/);
      await sandbox.approve(url);
      const { code, stdout, stderr } = await login.result;
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('Successfully logged into Start URL');
      const cache = join(sandbox.home, '.aws', 'sso', 'cache');
      const files = await Promise.all(
        (await readdir(cache)).map((name) => readFile(join(cache, name), 'utf8')),
      );
      const token = files.map((text) => JSON.parse(text)).find((entry) => 'accessToken' in entry);
      expect(token).toMatchObject({ startUrl: sandbox.startUrl, refreshToken: expect.any(String) });
    });

    it('is who it signed in as', async () => {
      const before = (await sandbox.requests()).at(-1)?.id ?? 0;
      const { code, stdout } = await aws(
        'sts',
        'get-caller-identity',
        '--profile',
        'sandbox',
        '--output',
        'json',
      );
      expect(code).toBe(0);
      const [key] = await sandbox.issued();
      expect(JSON.parse(stdout)).toMatchObject({
        Account: '111122223333',
        Arn: expect.stringContaining('BedrockDeveloper'),
      });
      expect(await sandbox.requests({ operation: 'GetCallerIdentity', after: before })).toMatchObject([
        { status: 200, issued: true, accessKeyId: key?.accessKeyId },
      ]);
    });

    it('assumes a role from there', async () => {
      // By the call and not by source_profile, which CLIs before 2.10 cannot follow to an sso-session.
      const role = [
        '--role-arn',
        'arn:aws:iam::222233334444:role/BedrockCrossAccount',
        '--role-session-name',
        'cli',
      ];
      const { stdout } = await aws('sts', 'assume-role', ...role, '--profile', 'sandbox', '--output', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        AssumedRoleUser: { Arn: 'arn:aws:sts::222233334444:assumed-role/BedrockCrossAccount/cli' },
        Credentials: {
          AccessKeyId: expect.stringMatching(/^ASIA/),
          Expiration: expect.stringMatching(/^20/),
        },
      });
    });

    it('lists accounts and roles over all pages', async () => {
      const cache = join(sandbox.home, '.aws', 'sso', 'cache');
      const files = await Promise.all(
        (await readdir(cache)).map((name) => readFile(join(cache, name), 'utf8')),
      );
      const { accessToken } = files.map((text) => JSON.parse(text)).find((entry) => 'accessToken' in entry);
      const list = await aws('sso', 'list-accounts', '--access-token', accessToken, '--output', 'json');
      expect(JSON.parse(list.stdout).accountList).toHaveLength(3);
      const account = ['--account-id', '111122223333'];
      const roles = await aws(
        'sso',
        'list-account-roles',
        ...account,
        '--access-token',
        accessToken,
        '--output',
        'json',
      );
      expect(JSON.parse(roles.stdout).roleList).toHaveLength(3);
    });

    it('says in the words of AWS what is refused', async () => {
      await sandbox.switches({ expireCredentials: true });
      const expired = await aws('sts', 'get-caller-identity', '--profile', 'sandbox');
      expect(expired.stderr).toContain(
        'An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: The security token included in the request is expired',
      );
      await sandbox.switches({ deniedRoles: ['111122223333/ReadOnlyAccess'] });
      const denied = await aws('sts', 'get-caller-identity', '--profile', 'sandbox-readonly');
      expect(denied.stderr).toContain(
        '(ForbiddenException) when calling the GetRoleCredentials operation: No access',
      );
    });

    it('signs out: the SSO session ends here too', async () => {
      const { code } = await aws('sso', 'logout');
      expect(code).toBe(0);
      expect(await sandbox.sessions()).toEqual([]);
      const { code: after, stderr } = await aws('sts', 'get-caller-identity', '--profile', 'sandbox');
      expect(after).not.toBe(0);
      expect(stderr).toMatch(/SSO Token/i);
      expect(sandbox.stderr).toBe('');
    });
  },
);
