import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { Snapshot, Trace } from '../../../src/contract/index.ts';
import { command, hasProgram, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** Settings, tickets' bundles, the service and uninstalling, by the command line alone and against a real agent. */
describe('what keeps the product in order', () => {
  let it_: Installation;
  let home: string;
  const bin = () => join(home, 'programs');
  const json = async (...args: string[]) => JSON.parse((await it_.run([...args, '--json'])).stdout);

  beforeAll(async () => {
    it_ = await install();
    home = it_.sandbox.home;
    it_.env.LANG = 'en_US.UTF-8';
    delete it_.env.XDG_CONFIG_HOME;
    mkdirSync(join(home, 'Downloads'), { recursive: true });
    mkdirSync(bin());
    // Writes down what it is asked, and does it as far as that is creating links.
    writeFileSync(join(bin(), 'systemctl'), `#!/bin/sh\necho "$@" >> '${bin()}/told'\n`, { mode: 0o755 });
    it_.env.PATH = `${bin()}:${it_.env.PATH ?? process.env.PATH}`;
    expect((await it_.login({ args: ['--sso-session', 'sandbox', '--json'] })).status).toBe(0);
  });
  afterAll(() => it_?.stop());

  describe('settings', () => {
    it('are the same in terminal, tray and page, whoever changes them', async () => {
      const connections = await Promise.all((['tray', 'page'] as const).map((role) => it_.connect(role)));
      const all = (of: (s: Snapshot) => unknown) =>
        Promise.all(connections.map(async (c: AgentConnection) => of(await c.call('state.get', {}))));
      try {
        const set = await it_.run(['settings', 'set', 'notifications.quiet', '22:00-07:00']);
        expect(set.stdout).toBe('notifications.quiet is 22:00-07:00 (it was none).\n');
        const quiet = { from: 1320, to: 420 };
        expect(await all((s) => s.settings.notifications.quiet)).toEqual([quiet, quiet]);
        expect(await all((s) => s.settings.notifications.needsYou)).toEqual([true, true]);
        const page = connections[1] as AgentConnection;
        await page.call('settings.set', { theme: 'dark' });
        expect((await it_.run(['settings', 'get', 'theme'])).stdout).toBe('dark\n');
        await it_.run(['settings', 'set', 'desktop.startAtLogin', 'on']);
        expect(await all((s) => s.desktop.startAtLogin)).toEqual([true, true]);
        const entry = readFileSync(join(home, '.config', 'autostart', 'bedrock-tray.desktop'), 'utf8');
        const launcher = /^Exec="?([^"]*?)"? open --background$/m.exec(entry)?.[1] ?? '';
        // What a desktop would run is the product.
        expect(spawnSync(launcher, ['--version'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
        const { settings } = (await json('settings', 'list')) as { settings: Record<string, unknown> };
        expect(settings).toMatchObject({
          theme: 'dark',
          'notifications.quiet': quiet,
          'desktop.startAtLogin': true,
        });
        await it_.run(['settings', 'reset', '--all']);
        expect(await all((s) => s.settings.theme)).toEqual(['system', 'system']);
        expect(await all((s) => s.desktop.startAtLogin)).toEqual([true, true]);
      } finally {
        for (const each of connections) each.close();
      }
    });

    it.each([
      [['set', 'terminal.fontSize', '5'], 'terminal.fontSize is a whole number from 6 to 48, not “5”.'],
      [['set', 'notifications.quiet', 'night'], 'a span of time such as 22:00-07:00'],
      [['get', 'nothing'], 'There is no setting nothing.'],
      [['reset'], 'Name a setting, or say --all.'],
    ])('%j is refused in one sentence', async (args, sentence) => {
      const refused = await it_.run(['settings', ...args]);
      expect(refused.stderr).toContain(sentence);
      expect(refused.stderr.trim().split('\n')).toHaveLength(1);
      expect(refused.stdout).toBe('');
      expect(refused.status).toBe(2);
    });

    it('the language that is set is spoken also where no agent is asked: help, and mistakes in what was typed', async () => {
      await it_.run(['settings', 'set', 'language', 'zh-CN']);
      expect((await it_.run(['settings', '--help'])).stdout).toContain(
        '用法： bedrock-tray settings [选项] [命令]',
      );
      const mistaken = await it_.run(['status', '--jsn']);
      expect(mistaken.stderr).toContain('没有选项 --jsn。\n您是想用 --json 吗？');
      expect(mistaken.status).toBe(2);
      await it_.run(['settings', 'set', 'language', 'system']);
      const other = await it_.run(['--bogus'], { env: { LANG: 'zh_CN.UTF-8' } });
      expect(other.stderr).toContain('没有选项 --bogus。');
    });
  });

  it('a bundle for a ticket: with the logs of what just happened, and no secret of this sandbox', async () => {
    await it_.run(['export-credentials', '--profile', 'sandbox']);
    const made = (await json('support', 'bundle')) as { file: string; bytes: number };
    expect(made.file.startsWith(join(home, 'Downloads'))).toBe(true);
    const files = Object.entries(unzipSync(new Uint8Array(readFileSync(made.file))));
    const text = files.map(([name, bytes]) => `${name}\n${strFromU8(bytes)}`).join('\n');
    expect(text).toContain('agent listens');
    expect(text).toContain('"state": "valid"');
    // Every secret that the loopback AWS makes holds this.
    expect(text).not.toContain('SbxSecret');
    for (const file of readdirSync(join(home, '.aws', 'sso', 'cache'))) {
      const token = JSON.parse(readFileSync(join(home, '.aws', 'sso', 'cache', file), 'utf8'));
      for (const secret of [token.accessToken, token.refreshToken, token.clientSecret])
        if (secret) expect(text).not.toContain(secret);
    }
    expect(text).not.toMatch(/\b111122223333\b|\b222233334444\b/);
    expect(text).not.toContain(home);
  });

  describe('service', () => {
    const unit = () => join(home, '.config', 'systemd', 'user', 'bedrock-tray.service');
    const told = () => readFileSync(join(bin(), 'told'), 'utf8').trim().split('\n');

    it('prints the unit, writes it, has systemd start it, and removes it; Claude sessions would stay', async () => {
      for (const file of [unit(), join(bin(), 'told')]) rmSync(file, { force: true });
      const printed = await it_.run(['service', 'print']);
      expect(printed.stdout).toContain(`ExecStart="${it_.home}/bin/bedrock-tray" agent run\n`);
      expect(existsSync(unit())).toBe(false);
      const installed = await json('service', 'install');
      expect(installed).toEqual({ path: unit(), started: true });
      expect(readFileSync(unit(), 'utf8')).toBe(printed.stdout);
      expect(told()).toEqual(['--user daemon-reload', '--user enable --now bedrock-tray.service']);
      // Nobody is in the unit's way.
      expect((await it_.run(['agent', 'status'])).status).toBe(4);
      expect(await json('service', 'remove')).toEqual({ path: unit(), removed: true });
      expect(existsSync(unit())).toBe(false);
      expect(await json('service', 'remove')).toEqual({ path: unit(), removed: false });
    });

    it.skipIf(!hasProgram('systemd-analyze'))(
      'systemd itself finds nothing wrong with the unit',
      async () => {
        await it_.run(['service', 'install', '--no-start']);
        const checked = spawnSync('systemd-analyze', ['verify', '--user', unit()], {
          env: { ...it_.env, XDG_RUNTIME_DIR: home },
          encoding: 'utf8',
        });
        expect(checked.stderr).toBe('');
        writeFileSync(unit(), readFileSync(unit(), 'utf8').replace('on-failure', 'sometimes'));
        const broken = spawnSync('systemd-analyze', ['verify', '--user', unit()], {
          env: { ...it_.env, XDG_RUNTIME_DIR: home },
          encoding: 'utf8',
        });
        expect(broken.stderr).toContain('sometimes');
        await it_.run(['service', 'remove']);
      },
    );

    it('another’s unit of that name stays', async () => {
      mkdirSync(join(unit(), '..'), { recursive: true });
      writeFileSync(unit(), '[Service]\nExecStart=/theirs\n');
      const refused = await it_.run(['service', 'install']);
      expect(refused.stderr).toContain('belongs to another program');
      expect(refused.status).toBe(1);
      expect(readFileSync(unit(), 'utf8')).toContain('/theirs');
    });
  });

  describe('uninstall', () => {
    const config = () => join(home, '.aws', 'config');
    const claude = () => join(home, '.claude', 'settings.json');
    let configBefore: string;
    const claudeBefore = '{\n   "model": "opus"\n}\n';

    beforeAll(async () => {
      configBefore = readFileSync(config(), 'utf8');
      mkdirSync(join(home, '.claude'), { recursive: true });
      writeFileSync(claude(), claudeBefore);
      const made = await it_.run([
        ...['configure', 'sso', '--sso-session', 'sandbox', '--account', '222233334444'],
        ...[
          '--role',
          'BedrockPowerUser',
          '--profile',
          'made-here',
          '--bedrock-region',
          'us-east-1',
          '--json',
        ],
      ]);
      expect(made.stderr + made.status).toMatch(/0$/);
      expect(
        (await it_.run(['env', 'create', 'mine', '--profile', 'made-here', '--region', 'us-east-1'])).status,
      ).toBe(0);
      expect((await it_.run(['integrate', '--environment', 'mine', '--yes'])).status).toBe(0);
      await it_.run(['settings', 'set', 'desktop.command', 'on']);
    });

    const traces = async () => ((await json('uninstall', '--dry-run')) as { traces: Trace[] }).traces;

    it('lists every edit, asks where somebody can be asked, and changes nothing without a yes', async () => {
      const listed = (await traces()).map((t) => t.id);
      expect(listed).toEqual(
        expect.arrayContaining(['claude-settings', 'aws-config', 'start-at-login', 'sign-in', 'data']),
      );
      const refused = await it_.run(['uninstall']);
      expect(refused.stderr).toContain('Say --yes');
      expect(refused.status).toBe(2);
      const terminal = new PersonTerminal(pinnedNode, [command, 'uninstall'], { cwd: home, env: it_.env });
      await terminal.shows(/What is to be taken back\?/);
      terminal.type('\r');
      await terminal.shows(/Take these back and end the agent\?/);
      // No is the answer that is there.
      terminal.type('\r');
      expect((await terminal.exited).exitCode).toBe(1);
      await terminal.shows(/Nothing was changed\./);
      await terminal.close();
      expect((await traces()).map((t) => t.id)).toEqual(listed);
    });

    it('takes back what is usual, and keeps what is named', async () => {
      const done = await json('uninstall', '--yes', '--keep', 'start-at-login');
      expect(done.failed).toEqual([]);
      expect(done.removed).toContain('claude-settings');
      expect(readFileSync(claude(), 'utf8')).toBe(claudeBefore);
      expect(readFileSync(config(), 'utf8')).toContain('[profile made-here]');
      expect(existsSync(join(home, '.config', 'autostart', 'bedrock-tray.desktop'))).toBe(true);
      expect((await it_.run(['agent', 'status'])).status).toBe(4);
      expect(existsSync(it_.home)).toBe(true);
    });

    it('--all leaves nothing of ours, byte for byte, and what is another’s in the folder stays', async () => {
      writeFileSync(join(it_.home, 'theirs.txt'), 'mine');
      // A folder that a person named may have had a `bin` before.
      writeFileSync(join(it_.home, 'bin', 'their-tool'), 'mine');
      const done = await json('uninstall', '--yes', '--all');
      expect(done.failed).toEqual([]);
      expect(done.left.toSorted()).toEqual(['bin', 'theirs.txt']);
      expect(readFileSync(config(), 'utf8')).toBe(configBefore);
      expect(readdirSync(it_.home).toSorted()).toEqual(['bin', 'theirs.txt']);
      expect(readdirSync(join(it_.home, 'bin'))).toEqual(['their-tool']);
      for (const gone of ['.config/autostart/bedrock-tray.desktop', '.local/bin/bedrock-tray'])
        expect(existsSync(join(home, gone)), gone).toBe(false);
      expect(readdirSync(join(home, '.aws', 'sso', 'cache')).filter((n) => n.includes('token'))).toEqual([]);
    });
  });
});
