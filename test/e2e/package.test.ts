/**
 * The Linux packages, built from the Electron that is to be had: what is in them, that dpkg installs and removes them,
 * that the app starts from them in Chromium's sandbox and is driven over D-Bus, and that an update keeps a running
 * Claude Code. They differ from what ships by Electron itself and one entry file, which is tested too.
 */

import { type ChildProcess, execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { extractFile, listPackage } from '@electron/asar';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fuses, readFuses } from '../../scripts/dist/fuses.ts';
import { filesBelow, writeManifest } from '../../scripts/dist/payload.ts';
import { type Bom, sbomProblem } from '../../scripts/dist/sbom.ts';
import type { Payload } from '../../src/client/payload.ts';
import type { Snapshot } from '../../src/contract/index.ts';
import { PRODUCT_VERSION } from '../../src/contract/version.ts';
import { findClaude, prepareClaudeHome } from '../support/claude.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { giveTo } from '../support/desktop/session-parts.ts';
import { buildOnce } from '../support/installation.ts';
import { pinnedNode, type SandboxProcess, startSandbox } from '../support/sandbox.ts';
import { stateHome } from '../support/tray/tray-app.ts';
import { type Desktop, startDesktop } from './support/desktop.ts';
import { sandboxProof } from './support/electron-app.ts';
import { machineMissing, PackageMachine } from './support/package-machine.ts';

const root = join(import.meta.dirname, '..', '..');
const missing =
  desktopMissing() ??
  machineMissing() ??
  (findClaude() ? undefined : 'Claude Code is not installed for tests') ??
  (existsSync('/usr/bin/7zz') ? undefined : 'apt-get install 7zip');
const installedApp = '/opt/Bedrock Tray/bedrock-tray';
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Runs `npm run dist` with arguments. */
async function dist(...args: string[]): Promise<void> {
  await promisify(execFile)(pinnedNode, [join(root, 'scripts', 'dist.ts'), '--linux', ...args], {
    cwd: root,
    env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
    maxBuffer: 64 << 20,
  });
}

describe.skipIf(missing !== undefined)(
  `Linux packages: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let work: string;
    let unpacked: string;
    let desktop: Desktop;
    let sandbox: SandboxProcess;
    let machine: PackageMachine;
    let app: (ChildProcess & { output(): string }) | undefined;

    const versions = (): string => join(stateHome(desktop), 'versions');
    const manifest = (): Payload =>
      JSON.parse(readFileSync(join(unpacked, 'resources/agent/payload.json'), 'utf8'));
    const file = (pattern: RegExp): string => {
      const name = readdirSync(work).find((each) => pattern.test(each));
      if (name === undefined) throw new Error(`no ${pattern} among ${readdirSync(work).join(', ')}`);
      return join(work, name);
    };
    /** `bedrock-tray`, as the package puts it on the PATH. */
    const command = (...args: string[]) =>
      machine.run(['/usr/bin/bedrock-tray', ...args], {
        ...desktop.env,
        PATH: `${join(desktop.checkout, '.cache/claude/node_modules/.bin')}:${desktop.env.PATH}`,
      });
    const status = (): Snapshot => JSON.parse(command('status', '--json').stdout);
    /** Its output is whole then. Not for what leaves processes behind: they hold its streams. */
    const finished = (child: ChildProcess): Promise<unknown> => once(child, 'close');
    const startApp = async (program: string): Promise<number> => {
      // What an attempt that failed has left.
      if (app?.kill('SIGTERM')) {
        await ended(app);
        await desktop.tray.waitForItems(0);
      }
      app = machine.start(desktop, [program, '--background']);
      await desktop.tray.waitForItems(1, 60_000).catch((error: Error) => {
        throw new Error(`${error.message}\n${app?.output()}`);
      });
      return app.pid ?? -1;
    };
    const ended = (child: ChildProcess) =>
      child.exitCode !== null || child.signalCode !== null
        ? Promise.resolve()
        : new Promise((resolve) => child.once('exit', resolve));
    const quit = async (): Promise<void> => {
      await desktop.tray.click([/^Quit/]);
      if (app) await ended(app);
      await desktop.tray.waitForItems(0);
    };
    const agentPid = (): number => JSON.parse(command('agent', 'status', '--json').stdout).pid ?? Number.NaN;
    const exe = (pid: number): string => readlinkSync(`/proc/${pid}/exe`);
    /** Of one that may end while it is looked at. */
    const exeIfThere = (pid: number): string => {
      try {
        return exe(pid);
      } catch {
        return '';
      }
    };
    /** Processes of the desktop that run a program of ours. */
    const running = (part: string) => desktop.running().filter(({ argv }) => argv.join(' ').includes(part));

    beforeAll(async () => {
      buildOnce();
      work = mkdtempSync(join(tmpdir(), 'bt-dist-'));
      chmodSync(work, 0o755);
      const electron = findElectron();
      if (electron === undefined) throw new Error(describeElectron(electron));
      const entry = join(work, 'entry.cjs');
      await build({
        entryPoints: [join(import.meta.dirname, 'support', 'electron22-compat.ts')],
        outfile: entry,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node16',
        external: ['electron'],
        logLevel: 'error',
        footer: { js: "require('./out/tray/main.cjs');" },
      });
      await dist(
        ...['dir', 'tar.gz', 'deb', '--dpkg-deb', '--compression', 'store', '--output', work],
        ...['--electron', dirname(electron.executable), '--entry', entry],
      );
      unpacked = join(work, 'linux-unpacked');

      sandbox = await startSandbox();
      const { HOME: _, PATH: __, AWS_DATA_PATH: ___, ...client } = sandbox.environment();
      desktop = await startDesktop({ env: { ...client, SHELL: '/bin/bash' } });
      const { home } = desktop;
      cpSync(join(sandbox.home, '.aws'), join(home, '.aws'), { recursive: true });
      mkdirSync(join(home, 'project'));
      await prepareClaudeHome(home, [join(home, 'project')]);
      giveTo(desktop.user, home);
      machine = await PackageMachine.start(desktop);
    }, 900_000);

    afterAll(async () => {
      // Before its buses end.
      app?.kill('SIGTERM');
      if (app) await ended(app);
      if (machine !== undefined) command('agent', 'stop', '--end-sessions');
      await desktop?.stop();
      await sandbox?.stop();
      if (work !== undefined) rmSync(work, { recursive: true, force: true });
    });

    test('differ from what ships by one entry file, and Electron', async () => {
      await dist('--stage');
      const shipped = join(root, '.cache', 'dist', 'app');
      const asar = join(unpacked, 'resources', 'app.asar');
      const inside = listPackage(asar, { isPack: false }).map((path) => path.slice(1));
      const ships = filesBelow(shipped);
      const files = inside.filter((path) => !inside.some((other) => other.startsWith(`${path}/`)));
      expect(files.filter((path) => !ships.includes(path))).toEqual(['entry.cjs']);
      for (const path of ships.filter((name) => name !== 'package.json'))
        expect([path, sha256(extractFile(asar, path))]).toEqual([
          path,
          sha256(readFileSync(join(shipped, path))),
        ]);
      const { main, ...rest } = JSON.parse(extractFile(asar, 'package.json').toString('utf8'));
      const { main: shippedMain, ...shippedRest } = JSON.parse(
        readFileSync(join(shipped, 'package.json'), 'utf8'),
      );
      expect([main, shippedMain]).toEqual(['entry.cjs', 'out/tray/main.cjs']);
      expect(shippedRest).toMatchObject(rest);

      const payload = join(root, '.cache', 'dist', 'payload', `linux-${process.arch}`);
      expect(manifest().files.map(({ path, sha256: sum }) => [path, sum])).toEqual(
        filesBelow(payload).map((path) => [path, sha256(readFileSync(join(payload, path)))]),
      );
    });

    test('hold what is needed and nothing of the checkout', () => {
      const paths = manifest().files.map(({ path }) => path);
      expect(paths.filter((path) => /\.(map|ts|pdb)$/.test(path))).toEqual([]);
      expect(
        new Set(
          paths.map((path) =>
            path
              .split('/')
              .slice(0, path.startsWith('node_modules') ? 2 : 1)
              .join('/'),
          ),
        ),
      ).toEqual(
        new Set([
          'LICENSE',
          'bin',
          'out',
          'node_modules/@napi-rs',
          'node_modules/node',
          'node_modules/node-pty',
        ]),
      );
      expect(readdirSync(join(unpacked, 'resources')).sort()).toEqual(
        expect.arrayContaining(['agent', 'app.asar']),
      );
      expect(readdirSync(join(unpacked, 'resources'))).not.toContain('app');
      expect(readdirSync(join(unpacked, 'locales')).sort()).toEqual(['en-US.pak', 'zh-CN.pak']);
    });

    test('the archive holds the same files as the folder', () => {
      const next = join(work, 'next');
      mkdirSync(next);
      execFileSync('tar', ['xzf', file(/\.tar\.gz$/), '-C', next, '--strip-components=1']);
      // What only a deb carries is put into the folder while the archive is made.
      const files = (folder: string) => filesBelow(folder).filter((path) => !/apparmor-profile$/.test(path));
      expect(files(next)).toEqual(files(unpacked));
    });

    test('beside them lies a valid list of what is in them, and of nothing else', async () => {
      const text = readFileSync(file(/\.cdx\.json$/), 'utf8');
      expect(await sbomProblem(text)).toBeNull();
      const { components } = JSON.parse(text) as Bom;
      const parts = new Map(components.map(({ name, version }) => [name, version]));
      // From each bundle and each folder something.
      for (const name of [
        'electron',
        'node',
        'node-pty',
        '@napi-rs/keyring',
        'zod',
        'react',
        'commander',
        'pino',
        'ws',
      ])
        expect([name, parts.has(name)]).toEqual([name, true]);
      expect(parts.get('electron')).toBe(findElectron()?.version);
      for (const name of ['vitest', 'electron-builder', 'typescript', 'playwright'])
        expect([name, parts.has(name)]).toEqual([name, false]);
      const notices = readFileSync(join(unpacked, 'resources', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
      for (const { name, version } of components.filter((part) => part.name !== 'electron'))
        expect(notices).toContain(`${name} ${version} (`);
    });

    test('every fuse is as decided, read from the binary, and works', async () => {
      const binary = join(unpacked, 'bedrock-tray');
      const read = await readFuses(binary);
      expect(Object.keys(read).length).toBeGreaterThanOrEqual(6);
      expect(fuses).toMatchObject(read);
      expect(read).toMatchObject({
        RunAsNode: false,
        EnableCookieEncryption: true,
        EnableNodeOptionsEnvironmentVariable: false,
        EnableNodeCliInspectArguments: false,
        EnableEmbeddedAsarIntegrityValidation: true,
        OnlyLoadAppFromAsar: true,
      });
      const asNode = machine.run([binary, '-e', 'console.log("ran as Node")'], {
        ...desktop.env,
        DISPLAY: '',
        ELECTRON_RUN_AS_NODE: '1',
      });
      expect(asNode.stdout).not.toContain('ran as Node');
    });

    test('the deb names what its programs are linked with', () => {
      const own = new Set(filesBelow(unpacked).map((path) => path.split('/').at(-1)));
      const needed = new Set(
        filesBelow(unpacked).flatMap((path) => {
          const head = readFileSync(join(unpacked, path)).subarray(0, 4).toString('latin1');
          if (head !== '\x7fELF') return [];
          const said = execFileSync('objdump', ['-p', join(unpacked, path)], { encoding: 'utf8' });
          return [...said.matchAll(/NEEDED\s+(\S+)/g)].map(([, name]) => name as string);
        }),
      );
      const known = new Map(
        execFileSync('ldconfig', ['-p'], { encoding: 'utf8', env: { PATH: '/usr/sbin:/sbin' } })
          .split('\n')
          .flatMap((line) => {
            const [, name, path] = /^\s+(\S+) \(.*\) => (\S+)/.exec(line) ?? [];
            return name && path ? [[name, realpathSync(path)] as const] : [];
          }),
      );
      const depends = execFileSync('dpkg-deb', ['-f', file(/\.deb$/), 'Depends'], { encoding: 'utf8' });
      const reached = dependenciesOf(depends);
      const foreign = [...needed].filter((name) => !own.has(name));
      const owners = ownersOf(foreign.map((name) => known.get(name) ?? name));
      const unnamed = foreign.filter((_, at) => !reached.has(owners[at] ?? ''));
      expect(unnamed).toEqual([]);
    });

    test('dpkg installs it: command, desktop entry, icons, sandbox helper', () => {
      const installed = machine.run(['dpkg', '-i', file(/\.deb$/)]);
      expect([installed.status, installed.stderr]).toEqual([0, expect.any(String)]);
      expect(machine.run(['dpkg', '-V', 'bedrock-tray']).stdout).toBe('');
      const entry = machine.run(['cat', '/usr/share/applications/bedrock-tray.desktop']).stdout;
      for (const line of [
        'Name=Bedrock Tray',
        `Exec="${installedApp}" %U`,
        'Icon=bedrock-tray',
        'StartupWMClass=bedrock-tray',
        'MimeType=x-scheme-handler/bedrock-tray;',
        'Categories=Development;',
      ])
        expect(entry.split('\n')).toContain(line);
      expect(machine.run(['readlink', '/usr/bin/bedrock-tray']).stdout.trim()).toBe(
        '/opt/Bedrock Tray/resources/agent/bin/bedrock-tray',
      );
      expect(
        machine.run(['test', '-f', '/usr/share/icons/hicolor/256x256/apps/bedrock-tray.png']).status,
      ).toBe(0);
      // Set-uid only where user namespaces are not to be had.
      const mode = machine.run(['stat', '-c', '%U %a', '/opt/Bedrock Tray/chrome-sandbox']).stdout.trim();
      expect(['root 755', 'root 4755']).toContain(mode);
    });

    test('starts as an ordinary user in the sandbox; the agent runs from its own folder, never from the package', async () => {
      const pid = await startApp(installedApp);
      expect(exe(pid)).toBe(installedApp);
      expect(
        (await desktop.tray.waitForMenu((menu) => menu.some((e) => /^Sign in/.test(e.label)), 90_000)).length,
      ).toBeGreaterThan(3);
      await desktop.tray.click([/^Open window/]);
      const proof = await sandboxProof(desktop, pid);
      expect(proof.renderers.length).toBeGreaterThan(0);
      expect([proof.uid, proof.unsandboxed]).toEqual([desktop.user.uid, []]);
      for (const renderer of proof.renderers)
        expect(renderer).toMatchObject({ seccomp: 2, noNewPrivs: true });

      const folder = join(versions(), manifest().id);
      expect(exe(agentPid())).toBe(join(folder, 'node_modules/node/bin/node'));
      const programs = desktop.running().map((each) => exeIfThere(each.pid));
      const fromPackage = programs.filter((program) => program.startsWith('/opt/'));
      expect(fromPackage).toContain(installedApp);
      expect(fromPackage.every((program) => program.startsWith(dirname(installedApp)))).toBe(true);
      expect(fromPackage.filter((program) => /node/.test(program))).toEqual([]);
      for (const { path, executable, sha256: sum } of manifest().files) {
        expect([path, (statSync(join(folder, path)).mode & 0o777).toString(8)]).toEqual([
          path,
          executable ? '500' : '400',
        ]);
        expect(sha256(readFileSync(join(folder, path)))).toBe(sum);
      }
      expect(readFileSync(join(versions(), 'app'), 'utf8')).toBe(`${installedApp}\n`);
      // A start that went well leaves nothing temporary.
      expect(readdirSync(versions()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    });

    test('Quit in the menu ends the app, not the agent; the command goes on with it', async () => {
      const agent = agentPid();
      await quit();
      expect(agentPid()).toBe(agent);
      await expect.poll(() => running('/opt/')).toEqual([]);
    });

    test('an update keeps a running Claude Code: the newer tray replaces the agent, the pty-host goes on', async () => {
      const login = machine.start(desktop, ['/usr/bin/bedrock-tray', 'login', '--profile', 'sandbox']);
      await sandbox.person.answer(await desktop.opener.next());
      await finished(login);
      expect([login.exitCode, login.output()]).toEqual([0, expect.any(String)]);
      const project = join(desktop.home, 'project');
      const opened = command('claude', '--profile', 'sandbox', '--detach', '--json', '--cwd', project);
      expect(opened.stderr).toBe('');
      await expect.poll(() => status().sessions[0]?.state, { timeout: 60_000 }).toBe('running');
      const before = status().sessions[0];
      const [ptyHost] = running('pty-host/main.mjs');
      const old = { agent: agentPid(), version: status().agent.version };
      expect(exe(ptyHost?.pid ?? -1)).toContain(join(versions(), manifest().id));

      // The next version, from the archive: the same app, whose payload says so.
      const next = join(work, 'next');
      const payload = join(next, 'resources', 'agent');
      for (const name of ['agent/main.mjs', 'cli/main.mjs', 'cli/install.cjs', 'pty-host/main.mjs']) {
        const path = join(payload, 'out', name);
        const text = readFileSync(path, 'utf8').replaceAll(`"${PRODUCT_VERSION}"`, '"99.0.0"');
        writeFileSync(path, text);
      }
      const id = writeManifest(
        payload,
        { platform: 'linux', arch: process.arch as 'x64' },
        { version: '99.0.0', app: manifest().app },
      );
      await startApp(join(next, 'bedrock-tray'));
      const updated = join(stateHome(desktop), 'bin', 'bedrock-tray');
      const now = (): { pid: number; version: string } =>
        JSON.parse(machine.run([updated, 'agent', 'status', '--json'], desktop.env).stdout);
      await expect.poll(() => now().version, { timeout: 60_000 }).toBe('99.0.0');
      expect(old.version).toBe(PRODUCT_VERSION);
      expect(exe(now().pid)).toBe(join(versions(), id, 'node_modules/node/bin/node'));
      await expect.poll(() => running('agent/main.mjs').map(({ pid }) => pid)).not.toContain(old.agent);

      // Same pty-host, same Claude Code, and its credentials still come from the path that its settings name.
      // A child of it that has not become another program yet goes by its name.
      await expect.poll(() => running('pty-host/main.mjs').map(({ pid }) => pid)).toEqual([ptyHost?.pid]);
      await expect
        .poll(() => status().sessions[0])
        .toMatchObject({ id: before?.id, pid: before?.pid, state: 'running' });
      const settings = JSON.parse(
        readFileSync(join(stateHome(desktop), 'sessions', before?.id ?? '', 'settings.json'), 'utf8'),
      );
      expect(settings.awsCredentialExport).toContain(manifest().id);
      const exported = machine.run(['/bin/sh', '-c', settings.awsCredentialExport], desktop.env);
      const keys = (await sandbox.issued()).map(({ accessKeyId }) => accessKeyId);
      expect(keys).toContain(JSON.parse(exported.stdout).Credentials.AccessKeyId);
      // What it needs is still there; what did not change is there once.
      expect(
        readdirSync(versions())
          .filter((name) => /^\d/.test(name))
          .sort(),
      ).toEqual([manifest().id, id].sort());
      const node = 'node_modules/node/bin/node';
      expect(statSync(join(versions(), id, node)).ino).toBe(
        statSync(join(versions(), manifest().id, node)).ino,
      );

      machine.run([updated, 'agent', 'stop', '--end-sessions'], desktop.env);
      app?.kill('SIGTERM');
      if (app) await ended(app);
    });

    test('a full disk: one clear sentence, and nothing half there', () => {
      const full = join(desktop.folder, 'full');
      const said = machine.run([
        'sh',
        '-c',
        `mkdir -p ${full} && mount -t tmpfs -o size=20m,mode=777 tmpfs ${full}`,
      ]);
      expect(said.stderr).toBe('');
      const env = { ...desktop.env, BEDROCK_TRAY_HOME: join(full, 'state') };
      const { status: code, stdout, stderr } = machine.run(['/usr/bin/bedrock-tray', 'status'], env);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr.trim().split('\n')).toEqual([
        expect.stringMatching(/could not be written: ENOSPC.*free space/),
      ]);
      expect(machine.run(['find', join(full, 'state'), '-type', 'f'], desktop.env).stdout).toBe('');
    });

    test('several first starts at once make one folder', async () => {
      const env = { ...desktop.env, BEDROCK_TRAY_HOME: join(desktop.home, 'many') };
      rmSync(env.BEDROCK_TRAY_HOME, { recursive: true, force: true });
      const run = () => {
        const child = machine.start(desktop, ['/usr/bin/bedrock-tray', 'agent', 'status'], env);
        return finished(child).then(() => child.output());
      };
      const outputs = await Promise.all([run(), run(), run()]);
      expect(new Set(outputs)).toEqual(new Set(['No agent is running.\n']));
      const there = readdirSync(join(env.BEDROCK_TRAY_HOME, 'versions')).sort();
      expect(there).toEqual([manifest().id, 'app']);
    });

    test('dpkg removes it: nothing is left but the person’s data, whose own command still works', () => {
      const removed = machine.run(['dpkg', '-r', 'bedrock-tray']);
      expect([removed.status, removed.stdout]).toEqual([
        0,
        expect.stringContaining('bedrock-tray uninstall'),
      ]);
      const ours = machine
        .changed()
        .filter((path) => /bedrock|Bedrock/.test(path) && !/\/var\/(lib|log|cache)\//.test(path));
      // Overlay notes a removal where there was something below it: of ours there never was.
      expect(ours).toEqual([]);
      expect(machine.run(['test', '-e', '/opt/Bedrock Tray']).status).toBe(1);
      const own = machine.run(
        [join(stateHome(desktop), 'bin', 'bedrock-tray'), 'agent', 'status'],
        desktop.env,
      );
      expect(own.stdout).toContain('No agent is running');
      const uninstall = [join(stateHome(desktop), 'bin', 'bedrock-tray'), 'uninstall', '--help'];
      expect(machine.run(uninstall, desktop.env).status).toBe(0);
    });
  },
);

/** Installed packages that dpkg's Depends lead to, the alternatives that are installed. */
function dependenciesOf(depends: string): Set<string> {
  const all = new Map<string, string[]>();
  const format = '$' + '{Package}\t$' + '{Depends}, $' + '{Pre-Depends}\t$' + '{Provides}\n';
  const provided = new Map<string, string>();
  for (const line of execFileSync('dpkg-query', ['-W', '-f', format], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  }).split('\n')) {
    const [name = '', needs = '', provides = ''] = line.split('\t');
    all.set(name, names(needs));
    for (const each of names(provides)) provided.set(each, name);
  }
  const reached = new Set<string>();
  const follow = (name: string): void => {
    const real = all.has(name) ? name : provided.get(name);
    if (real === undefined || reached.has(real)) return;
    reached.add(real);
    for (const next of all.get(real) ?? []) follow(next);
  };
  for (const name of names(depends)) follow(name);
  return reached;
}

const names = (list: string): string[] =>
  list
    .split(/[,|]/)
    .map((word) => word.trim().replace(/[ (:].*$/s, ''))
    .filter(Boolean);

/** The packages that own these files. */
function ownersOf(paths: readonly string[]): string[] {
  // A merged /usr is known to dpkg by either name.
  const asked = paths.flatMap((path) => [path, path.replace(/^\/usr/, '')]);
  const { stdout } = spawnSync('dpkg', ['-S', ...asked], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const owners = new Map(
    stdout.split('\n').flatMap((line) => {
      const [, owner, path] = /^([^:]+):.* (\/.*)$/.exec(line) ?? [];
      return owner && path ? [[path, owner] as const] : [];
    }),
  );
  return paths.map(
    (path) => owners.get(path) ?? owners.get(path.replace(/^\/usr/, '')) ?? `nobody (${path})`,
  );
}
