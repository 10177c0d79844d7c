import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopAgent } from '../../../src/client/find-or-start-agent.ts';
import { CredentialFormat } from '../../../src/contract/routes.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import {
  command,
  type Finished,
  hasProgram,
  type Installation,
  install,
  outDir,
} from '../../support/installation.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** `bin/bedrock-tray`, which takes curl for credentials, against `bedrock-tray.cjs`, which does not. */

const launcher = command.replace(/\.cjs$/, '');
const cli = findAwsCli();
const python = findBotocore();
const missing =
  process.platform === 'win32' ? ' (not on Windows)' : hasProgram('/usr/bin/curl') ? '' : ' (no curl here)';

let own: Installation;
let folder: string;

async function run(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const child = spawn(file, args, {
    env: { ...own.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

describe.skipIf(missing !== '')(`the launcher${missing}`, () => {
  beforeAll(async () => {
    own = await install();
    folder = await mkdtemp(join(tmpdir(), 'a launcher '));
  });
  afterAll(async () => {
    await own.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const both = async (...args: string[]) => [
    await run(launcher, args),
    await run(pinnedNode, [command, ...args]),
  ];

  test('says the same as the Node client, word for word, whatever comes of it', async () => {
    const [needed, neededByNode] = await both('export-credentials', '--profile', 'sandbox');
    expect(needed).toEqual(neededByNode);
    expect(needed?.status).toBe(3);
    expect((await own.login({ args: ['--profile', 'sandbox'] })).status).toBe(0);
    for (const format of CredentialFormat.options) {
      const [answer, byNode] = await both('export-credentials', '--profile', 'sandbox', '--format', format);
      expect(answer, format).toEqual(byNode);
      expect(answer?.status).toBe(0);
    }
    for (const args of [
      ['export-credentials', '--profile', 'nobody'],
      ['export-credentials', '--profile', 'sandbox', '--format', 'xml'],
      ['export-credentials', '--wrong'],
      ['--version'],
    ]) {
      const [answer, byNode] = await both(...args);
      expect(answer, args.join(' ')).toEqual(byNode);
    }
  });

  test('starts the agent where none runs', async () => {
    await stopAgent({ env: own.env, outDir, sessions: 'end' });
    const { status, stdout, stderr } = await run(launcher, ['export-credentials', '--profile', 'sandbox']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).Version).toBe(1);
  });

  test('is found through links, absolute and relative, and from its own folder', async () => {
    const links = await mkdtemp(join(folder, 'links '));
    await mkdir(join(links, 'bin'));
    await symlink(launcher, join(links, 'first link'));
    await symlink('../first link', join(links, 'bin', 'bedrock-tray'));
    const by = (...args: string[]) => run('/bin/sh', args);
    const asked = ['export-credentials', '--profile', 'nobody'];
    const expected = await run(launcher, asked);
    expect(expected.status).toBe(2);
    expect(await by(join(links, 'bin', 'bedrock-tray'), ...asked)).toEqual(expected);
    const here = `cd "$1" && shift && exec /bin/sh bedrock-tray "$@"`;
    expect(await by('-c', here, 'sh', join(links, 'bin'), ...asked)).toEqual(expected);
    expect(await by('-c', here, 'sh', join(launcher, '..'), ...asked)).toEqual(expected);
  });

  describe('as credential_process, its path with a blank in it', () => {
    let config: string;
    let keys: string;
    beforeAll(async () => {
      await symlink(launcher, join(folder, 'bedrock tray'));
      config = join(folder, 'config');
      const client = `"${join(folder, 'bedrock tray')}" export-credentials --profile sandbox`;
      // The agent has the person's own file; the referees see this one.
      await writeFile(config, `[profile ours]\nregion = us-east-1\ncredential_process = ${client}\n`);
      keys = JSON.parse(
        (await run(launcher, ['export-credentials', '--profile', 'sandbox'])).stdout,
      ).AccessKeyId;
    });

    test.skipIf(!cli)(`the AWS CLI has our keys${cli ? '' : ' (not installed here)'}`, async () => {
      const args = ['configure', 'export-credentials', '--profile', 'ours'];
      const { stdout, stderr } = await run(cli?.path ?? '', args, { AWS_CONFIG_FILE: config });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout).AccessKeyId).toBe(keys);
    });

    test.skipIf(!python)(
      `botocore, which uses no shell, has our keys${python ? '' : ' (not installed here)'}`,
      async () => {
        const script =
          'import botocore.session as s; print(s.Session(profile="ours").get_credentials().get_frozen_credentials().access_key)';
        const { stdout, stderr } = await run(python ?? '', ['-c', script], { AWS_CONFIG_FILE: config });
        expect(stderr).toBe('');
        expect(stdout.trim()).toBe(keys);
      },
    );
  });
});
