import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What the agent's side of a package is made for. */
export interface Target {
  platform: 'linux' | 'darwin' | 'win32';
  arch: 'x64' | 'arm64';
}

const root = join(import.meta.dirname, '..', '..');
const modules = join(root, 'node_modules');
const cache = join(root, '.cache', 'dist');

/** Where the payload for a target is prepared. */
export const payloadFolder = ({ platform, arch }: Target): string =>
  join(cache, 'payload', `${platform}-${arch}`);

/** Where the licences of what is packed along are prepared. */
export const noticesFile = join(cache, 'THIRD-PARTY-NOTICES.txt');

const manifestOf = (folder: string): { version: string; optionalDependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Copies a folder without source maps, type declarations and what only a debugger reads. */
function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, {
    recursive: true,
    filter: (source) => !/\.(map|d\.ts|d\.mts|pdb|test\.js)$/.test(source),
  });
}

/**
 * A package of the npm registry for a platform that this machine is not, unpacked below .cache. npm itself checks
 * what it fetched against the registry's digest.
 */
function fetched(name: string, version: string): string {
  const folder = join(cache, 'fetched', `${name.replace('/', '+')}-${version}`);
  if (existsSync(folder)) return folder;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['pack', '--silent', '--pack-destination', work, `${name}@${version}`];
    execFileSync(npm, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    const archive = readdirSync(work).find((file) => file.endsWith('.tgz')) ?? 'none.tgz';
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['xzf', join(work, archive), '-C', folder, '--strip-components=1']);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${name}@${version} cannot be fetched: ${(error as Error).message}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

/**
 * The pinned Node for a platform: the file that BEDROCK_TRAY_DIST_NODE_X64 or _ARM64 names, the one of
 * `node_modules/node`, the one that runs this where it is the same version, or npm's package of it (which macOS and
 * Windows on Arm lack).
 */
function nodeBinary({ platform, arch }: Target): string {
  const { version } = manifestOf(join(modules, 'node'));
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const variable = `BEDROCK_TRAY_DIST_NODE_${arch.toUpperCase()}`;
  const given = process.env[variable];
  if (given) return given;
  if (platform === process.platform && arch === process.arch) {
    const own = join(modules, 'node', 'bin', name);
    if (existsSync(own)) return own;
    if (process.version === `v${version}`) return process.execPath;
  }
  const system = platform === 'win32' ? 'win' : platform;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  try {
    return join(fetched(`${prefix}-${system}-${arch}`, version), 'bin', name);
  } catch (error) {
    throw new Error(
      `No Node ${version} for ${platform} ${arch}. Name one of nodejs.org's by ${variable}. (${(error as Error).message})`,
    );
  }
}

/** The keyring's native part: an optional dependency, which npm installs for this machine alone. */
function keyringPart({ platform, arch }: Target): { name: string; folder: string } {
  const { optionalDependencies = {} } = manifestOf(join(modules, '@napi-rs', 'keyring'));
  const suffix = { linux: '-gnu', darwin: '', win32: '-msvc' }[platform];
  const name = `@napi-rs/keyring-${platform}-${arch}${suffix}`;
  const version = optionalDependencies[name];
  if (version === undefined) throw new Error(`@napi-rs/keyring has no part ${name}`);
  const installed = join(modules, name);
  return { name, folder: existsSync(installed) ? installed : fetched(name, version) };
}

/** Makes the payload's folder hold what agent, pty-host and command line run from, and nothing else. */
export function stagePayload(target: Target): void {
  const folder = payloadFolder(target);
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['agent', 'cli', 'pty-host', 'sandbox', 'renderer'])
    copy(join(root, 'out', name), join(folder, 'out', name));
  copy(join(root, 'out', 'client', 'detach.cjs'), join(folder, 'out', 'client', 'detach.cjs'));
  for (const name of target.platform === 'win32' ? ['bedrock-tray.cmd'] : ['bedrock-tray'])
    copy(join(root, 'bin', name), join(folder, 'bin', name));
  copy(join(root, 'bin', 'bedrock-tray.cjs'), join(folder, 'bin', 'bedrock-tray.cjs'));
  copy(join(root, 'LICENSE'), join(folder, 'LICENSE'));

  const at = join(folder, 'node_modules');
  const name = target.platform === 'win32' ? 'node.exe' : 'node';
  copy(nodeBinary(target), join(at, 'node', 'bin', name));

  const pty = join(modules, 'node-pty');
  for (const part of ['package.json', 'LICENSE', 'lib', `prebuilds/${target.platform}-${target.arch}`])
    copy(join(pty, part), join(at, 'node-pty', part));
  const helper = join(at, 'node-pty', 'prebuilds', `${target.platform}-${target.arch}`, 'spawn-helper');
  // Shipped without its exec bit.
  if (existsSync(helper)) chmodSync(helper, 0o755);

  for (const part of ['package.json', 'index.js', 'LICENSE'])
    if (existsSync(join(modules, '@napi-rs/keyring', part)))
      copy(join(modules, '@napi-rs/keyring', part), join(at, '@napi-rs/keyring', part));
  const native = keyringPart(target);
  copy(native.folder, join(at, native.name));
}

/** Every file below a folder, with `/` between names, sorted. */
export function filesBelow(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}

/** Whether the platform's signing, which comes after the list of digests, may change this file. */
const mayBeSigned = (path: string, { platform }: Target): boolean =>
  platform === 'darwin'
    ? /(\.node|\/spawn-helper|\/bin\/node)$/.test(path)
    : platform === 'win32' && /\.(exe|dll|node)$/.test(path);

/**
 * Writes `payload.json` (what src/client/payload.ts reads) and `payload-id`, its one word that a shell script reads.
 * The id names version and content; it does not depend on signatures.
 */
export function writeManifest(
  folder: string,
  target: Target,
  options: { version: string; app: string },
): string {
  for (const own of ['payload.json', 'payload-id']) rmSync(join(folder, own), { force: true });
  const all = createHash('sha256').update(`${target.platform} ${target.arch} ${options.version}\n`);
  const files = filesBelow(folder).map((path) => {
    const bytes = readFileSync(join(folder, path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const executable = (lstatSync(join(folder, path)).mode & 0o100) !== 0;
    all.update(`${sha256} ${executable} ${path}\n`);
    return { path, executable, sha256: mayBeSigned(path, target) ? null : sha256 };
  });
  const id = `${options.version}-${all.digest('hex').slice(0, 12)}`;
  const manifest = { id, version: options.version, ...target, app: options.app, files };
  writeFileSync(join(folder, 'payload.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  writeFileSync(join(folder, 'payload-id'), `${id}\n`);
  return id;
}
