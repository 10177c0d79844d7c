import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, type Installation, install } from '../../support/installation.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** What somebody reads who uses the command line for the first time, and not as it was meant. */
describe('the command line says what is the matter', () => {
  let it_: Installation;
  let config: string;
  beforeAll(async () => {
    const sandboxed = await install();
    it_ = sandboxed;
    config = join(sandboxed.sandbox.home, 'first-config');
    sandboxed.env.AWS_CONFIG_FILE = config;
    writeFileSync(config, '[profile a]\nthis is no setting\n');
  });
  afterAll(() => it_?.stop());

  it('a config file that cannot be read is not one without profiles', async () => {
    const listed = await it_.run(['profiles']);
    expect(listed.stderr).toContain('first-config');
    expect(listed.stderr).toContain('line 2');
    expect(listed.stdout).not.toContain('no profiles');
    expect(listed.status).toBe(1);
  });

  it.each([
    [['accounts'], 'configure sso'],
    [['export-credentials', '--profile', 'a', '--format', 'bogus'], '--format must be one of process, env'],
    [['export-credentials'], 'AWS_PROFILE'],
    [['configure', 'sso'], '--start-url is needed where no terminal'],
    [['roles', '--account', '12', '--sso-session', 'x'], '12 digits'],
    [['env', 'create', 'x', '--profile', 'a', '--region', 'nowhere'], 'such as us-east-1'],
    [['env', 'create', '', '--profile', 'a', '--region', 'us-east-1'], 'unexpected form'],
  ])('%j is answered in words for a person', async (args, sentence) => {
    const refused = await it_.run(args, { env: { AWS_PROFILE: '' } });
    expect(refused.stderr).toContain(sentence);
    expect(refused.stderr).not.toMatch(/Invalid|Too small|pattern/);
    expect(refused.stderr.includes('cannot be used')).toBe(/digits|such as|unexpected/.test(sentence));
    expect(refused.status).toBe(2);
  });

  it('a second agent is told of the first', async () => {
    const second = await it_.run(['agent', 'run']);
    expect(second.stderr).toMatch(/An agent runs already \(process \d+\)/);
    expect(second.status).toBe(0);
  });

  it('a folder that is gone is named', async () => {
    const gone = mkdtempSync(join(it_.home, 'gone-'));
    // The shell stands in the folder while it goes.
    const shell = spawnSync(
      '/bin/sh',
      ['-c', 'cd "$0" && rmdir "$0" && exec "$@"', gone, pinnedNode, command, 'claude'],
      {
        env: it_.env,
        encoding: 'utf8',
        timeout: 20_000,
      },
    );
    expect(shell.stderr).toContain(`The folder ${gone} is not there`);
    expect(shell.status).toBe(2);
  });

  it('a state folder that cannot be one is named with the reason', async () => {
    const file = join(it_.sandbox.home, 'a-file');
    writeFileSync(file, '');
    for (const home of [file, join(file, 'below')]) {
      for (const args of [['status'], ['agent', 'run'], ['agent', 'stop']]) {
        const refused = await it_.run(args, { env: { BEDROCK_TRAY_HOME: home } });
        expect(refused.stderr).toContain(`The state folder ${home} cannot be used: a file`);
        expect(refused.status).toBe(4);
      }
    }
  });

  it('speaks the language of the settings, whatever the terminal’s', async () => {
    const agent = await it_.connect();
    try {
      await agent.call('settings.set', { language: 'zh-CN' });
      const named = await it_.run(['env', 'use', 'nobody'], { env: { LC_ALL: 'en_US.UTF-8' } });
      expect(named.stderr).toMatch(/\p{Script=Han}/u);
      const listed = await it_.run(['env', 'list'], { env: { LC_ALL: 'en_US.UTF-8' } });
      expect(listed.stdout).toMatch(/\p{Script=Han}/u);
    } finally {
      await agent.call('settings.set', { language: 'en' });
      agent.close();
    }
  });

  it('a section without credentials is listed without a problem, and a warning is said once', async () => {
    const agent = await it_.connect();
    const key = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n';
    const read = new Promise<void>((resolve) => {
      const stop = agent.watch('state.watch', {}, async () => {
        if ((await agent.call('profiles.list', {})).profiles.length < 3) return;
        stop();
        resolve();
      });
    });
    writeFileSync(config, `[default]\nregion = us-east-1\n[profile one]\n${key}[profile two]\n${key}`);
    await read;
    agent.close();
    const listed = await it_.run(['profiles']);
    expect(listed.stdout).toContain('two');
    expect(listed.stdout).not.toContain('cannot be used');
    const texts = listed.stderr
      .trim()
      .split('\n')
      .map((line) => line.replace(/^[^:]*: /, ''));
    expect(new Set(texts).size).toBe(texts.length);
    expect(listed.status).toBe(0);
  });
});
