import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fetching } from '../../../src/agent/broker/fetch-source.ts';
import type { RoleCredentials } from '../../../src/agent/ports.ts';
import { createSources } from '../../../src/agent/sources/sources.ts';
import type { CredentialSource } from '../../../src/domain/credentials/credential-source.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context } from '../../support/keep-alive-rooms.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** Real processes: credential_process and Claude Code's commands. */

const windows = process.platform === 'win32';
const clock = new FakeClock();
let folder: string;
let sources: ReturnType<typeof createSources>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands '));
  sources = create({ process: 10_000, export: 10_000, refresh: 10_000 });
});
afterEach(async () => {
  sources.stop();
  await rm(folder, { recursive: true, force: true });
});

function create(timeouts: { process: number; export: number; refresh: number }) {
  return createSources({
    context: { ...context(clock), userHome: folder },
    files: { config: join(folder, 'config'), credentials: join(folder, 'credentials') },
    mfa: { ask() {}, take: () => null, verdict() {} },
    commandEnv: async () => ({ PATH: process.env.PATH ?? '', MARK: folder }),
    platform: process.platform,
    timeouts,
  });
}

const fetching: Fetching = {
  key: 'key',
  profile: 'p',
  region: null,
  asked: true,
  urgent: true,
  forced: false,
  upstream: () => Promise.reject(new Error('none')),
};
const fetch = (source: CredentialSource, over: Partial<Fetching> = {}): Promise<RoleCredentials> =>
  sources.fetch(source as Exclude<CredentialSource, { kind: 'sso' }>, {
    ...fetching,
    key: JSON.stringify(source),
    ...over,
  });

/** A program of its own that does `body`; the command line that starts it. */
async function program(body: string): Promise<string> {
  const file = join(folder, `p${Math.random().toString(36).slice(2)}.cjs`);
  await writeFile(file, body);
  return `"${pinnedNode}" "${file}"`;
}
const soon = () => new Date(clock.now() + 3_600_000).toISOString();
const print = (document: object) =>
  program(`process.stdout.write(${JSON.stringify(JSON.stringify(document))})`);
const keys = { Version: 1, AccessKeyId: 'ASIAX', SecretAccessKey: 'secret', SessionToken: 'token' };
const refusal = (command: string) =>
  fetch({ kind: 'process', command }).then(
    () => 'resolved',
    (e) => `${e.code} ${e.params?.reason ?? ''} ${JSON.stringify(e.params)}`,
  );

describe('credential_process', () => {
  it('is asked for keys, an end and an account', async () => {
    const command = await print({ ...keys, Expiration: soon(), AccountId: '111122223333' });
    expect(await fetch({ kind: 'process', command })).toEqual({
      accessKeyId: 'ASIAX',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiresAt: clock.now() + 3_600_000,
      accountId: '111122223333',
    });
    const plain = await print({ Version: 1, AccessKeyId: 'AKIAX', SecretAccessKey: 's' });
    expect(await fetch({ kind: 'process', command: plain })).toMatchObject({
      sessionToken: null,
      expiresAt: null,
      accountId: null,
    });
  });

  it.each([
    [{ ...keys, Version: 2 }, 'Version is 2, not 1'],
    [{ AccessKeyId: 'A', SecretAccessKey: 's' }, 'Version is missing'],
    [{ Version: 1, SecretAccessKey: 's' }, 'no AccessKeyId'],
    [{ Version: 1, AccessKeyId: 'A' }, 'no SecretAccessKey'],
    [{ ...keys, Expiration: '2020-01-01T00:00:00Z' }, 'Expiration is in the past'],
    [{ ...keys, Expiration: 'tomorrow' }, 'Expiration is not a date'],
  ])('refuses %j', async (document, reason) => {
    const said = await refusal(await print(document));
    expect(said).toContain(`CommandFailed ${reason}`);
    expect(said).not.toContain('secret');
  });

  it('that prints no JSON, or fails, or is not there, says so without its secrets', async () => {
    expect(await refusal(await program(`console.log('{"SecretAccessKey": "abc')`))).toContain(
      'CommandFailed stdout is not a JSON document',
    );
    const failing = await program(
      `console.error('\\u001b[31mfirst\\u001b[0m\\nno way: AWS_SECRET_ACCESS_KEY=topsecretvalue'); process.exit(3)`,
    );
    const said = await refusal(`${failing} --password hunter2`);
    expect(said).toContain('CommandFailed first no way: AWS_SECRET_ACCESS_KEY=[redacted]');
    expect(said).not.toMatch(/topsecret|hunter2/);
    expect(await refusal(await program('process.exit(7)'))).toContain('exit status 7');
    expect(await refusal('/no/such/program --x')).toContain('CommandNotFound');
    expect(await refusal('"open quotation')).toContain('an open quotation');
  });

  it('that is our own hand-out of the same profile is no way to credentials', async () => {
    for (const option of ['--profile p', '--profile=p']) {
      expect(await refusal(`node "/x y/bedrock-tray.cjs" export-credentials ${option}`)).toContain(
        'it asks for this very profile',
      );
    }
    expect(await refusal('/no/bedrock-tray export-credentials --profile other')).toContain('CommandNotFound');
  });

  it('is run without a shell', async () => {
    const marked = join(folder, 'marked');
    const said = await refusal(
      `${await program('console.log(JSON.stringify(process.argv.slice(2)))')} $(touch '${marked}') > ${marked}`,
    );
    expect(said).toContain('CommandFailed');
    await expect(readFile(marked)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('one at a time', async () => {
    const log = join(folder, 'runs');
    const command = await program(
      `require('fs').appendFileSync(${JSON.stringify(log)}, 'x'); setTimeout(() => console.log(${JSON.stringify(JSON.stringify(keys))}), 200)`,
    );
    const source: CredentialSource = { kind: 'process', command };
    await Promise.all([fetch(source), fetch(source), fetch(source)]);
    expect(await readFile(log, 'utf8')).toBe('x');
  });

  it.skipIf(windows)('is killed with all that it started when its time is over', async () => {
    sources = create({ process: 3_000, export: 3_000, refresh: 3_000 });
    const pidFile = join(folder, 'pid');
    // A shell: on a busy machine Node may not even have begun when its time is over.
    const script = join(folder, 'starts another');
    await writeFile(script, `sleep 600 &\necho $! > '${pidFile}'\nwait\n`);
    expect(await refusal(`/bin/sh "${script}"`)).toContain('no answer within 3 s');
    const pid = Number(await readFile(pidFile, 'utf8'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

/** A zombie is not: it waits for its parent only. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(stat);
}

describe('Claude Code’s own commands', () => {
  const settings = (
    exportCommand: string | null,
    refreshCommand: string | null = null,
  ): CredentialSource => ({
    kind: 'claude-settings',
    exportCommand,
    refreshCommand,
  });

  it('take both shapes, and an end that is none is no error', async () => {
    const { Version: _, ...inner } = keys;
    expect(
      await fetch(settings(await print({ Credentials: { ...inner, Expiration: soon() } }))),
    ).toMatchObject({
      accessKeyId: 'ASIAX',
      expiresAt: clock.now() + 3_600_000,
    });
    expect(await fetch(settings(await print({ ...inner, Expiration: 'x' })))).toMatchObject({
      expiresAt: null,
    });
    const { SessionToken: __, ...without } = keys;
    await expect(fetch(settings(await print(without)))).rejects.toMatchObject({
      code: 'CommandFailed',
      params: { reason: 'no SessionToken' },
    });
  });

  it.skipIf(windows)(
    'are run by the shell; the refresh only when somebody asked and the export failed',
    async () => {
      const mark = join(folder, 'refreshed');
      const text = JSON.stringify(keys);
      const source = settings(
        `test -e "$MARK/refreshed" && printf '%s' '${text}'`,
        `touch "$MARK/refreshed"`,
      );
      await expect(fetch(source, { asked: false })).rejects.toMatchObject({ code: 'CommandFailed' });
      await expect(readFile(mark)).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await fetch(source)).accessKeyId).toBe('ASIAX');
      await rm(mark);
      // AWS refused the keys: refreshed first.
      expect((await fetch(source, { forced: true })).accessKeyId).toBe('ASIAX');
      await expect(fetch(settings(null, 'true'))).rejects.toMatchObject({ code: 'SourceFailed' });
      sources = create({ process: 500, export: 500, refresh: 500 });
      await expect(fetch(settings('sleep 20'))).rejects.toMatchObject({
        code: 'CommandFailed',
        params: { reason: 'no answer within 1 s' },
      });
    },
  );
});

describe('credential_source = Environment', () => {
  it('is what the agent was started with', async () => {
    await expect(fetch({ kind: 'environment' })).rejects.toMatchObject({
      code: 'SourceFailed',
      params: { reason: expect.stringContaining('AWS_ACCESS_KEY_ID was not set') },
    });
  });
});
