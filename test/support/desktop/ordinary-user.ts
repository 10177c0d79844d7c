import { execFileSync, spawnSync } from 'node:child_process';
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
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { E2E_USER } from '../../../scripts/install-test-parts.ts';

/** Who Electron, Chromium and all that they start run as. Chromium's sandbox refuses root. */
export type OrdinaryUser = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** True when the tests themselves run as this user: nothing has to be switched. */
  readonly isSelf: boolean;
};

const checkout = resolve(import.meta.dirname, '../../..');

/** The ordinary user: whoever runs the tests, or as root the one that scripts/install-test-parts.ts makes. */
export function ordinaryUser(): OrdinaryUser {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) {
    return { name: process.env.USER ?? 'self', uid, gid: process.getgid?.() ?? -1, isSelf: true };
  }
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === E2E_USER);
  if (entry === undefined) {
    throw new Error(
      `no user ${E2E_USER} here: run \`node scripts/install-test-parts.ts --only user\` as root`,
    );
  }
  return { name: E2E_USER, uid: Number(entry[2]), gid: Number(entry[3]), isSelf: false };
}

/** The options of node's spawn that start a process as this user (libuv also drops all other groups). */
export function spawnAs(user: OrdinaryUser): { uid?: number; gid?: number } {
  return user.isSelf ? {} : { uid: user.uid, gid: user.gid };
}

/**
 * An executable that runs `program` as this user, for what starts programs by path alone (Playwright).
 * It replaces itself, so that process id, signals, environment and inherited descriptors stay the program's own.
 */
export function runnerFor(user: OrdinaryUser, program: string, folder: string): string {
  if (user.isSelf) return program;
  const runner = join(mkdtempSync(join(folder, 'as-user-')), 'run');
  const setpriv = `setpriv --reuid=${user.uid} --regid=${user.gid} --clear-groups --inh-caps=-all`;
  writeFileSync(runner, `#!/bin/sh\nexec ${setpriv} -- '${program.replaceAll("'", "'\\''")}' "$@"\n`);
  chmodSync(runner, 0o755);
  return runner;
}

/** What the app under test consists of, and what it is tested with; git's own folder stays out. */
const STAGED = [
  'package.json',
  'package-lock.json',
  'bin',
  'assets',
  'out',
  'scripts',
  'src',
  'test',
  'node_modules',
];
const STAGED_CACHE = ['test-electron', 'claude'];
/** A small part of it names the state of a copy. */
const KEYED = ['package-lock.json', 'bin', 'assets', 'out', 'scripts', 'src', 'test', '.cache'];

function canRead(user: OrdinaryUser): boolean {
  if (user.isSelf) return true;
  const parts = [...STAGED, ...STAGED_CACHE.map((name) => `.cache/${name}`)].filter((name) =>
    existsSync(join(checkout, name)),
  );
  const absolute = parts.map((name) => join(checkout, name));
  const result = spawnSync('find', [...absolute, '!', '-type', 'l', '!', '-readable', '-print', '-quit'], {
    cwd: '/',
    ...spawnAs(user),
    encoding: 'utf8',
  });
  return result.status === 0 && result.stdout === '';
}

function stateOf(path: string, depth: number, into: string[]): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  into.push(`${path} ${stat.mtimeMs} ${stat.isFile() ? stat.size : ''}`);
  if (stat.isDirectory() && depth > 0) {
    for (const name of readdirSync(path)) stateOf(join(path, name), depth - 1, into);
  }
}

let known: string | undefined;

/**
 * The checkout as this user can read and run it: the checkout itself, or, where a parent folder is closed to that
 * user (/root, a 0700 working folder) or a umask closed the files, a copy under /var/tmp that later runs reuse until
 * something changes. Copies of the same checkout that are over a day old are removed.
 */
export function readableCheckout(user: OrdinaryUser): string {
  known ??= canRead(user) ? checkout : copyFor();
  return known;
}

function copyFor(): string {
  const state: string[] = [];
  for (const name of KEYED) stateOf(join(checkout, name), name === '.cache' ? 1 : 12, state);
  const prefix = `bedrock-tray-e2e-${createHash('sha256').update(checkout).digest('hex').slice(0, 8)}-`;
  const key = createHash('sha256').update(state.join('\n')).digest('hex').slice(0, 12);
  const base = '/var/tmp';
  const copy = join(base, prefix + key);
  const mine = (path: string) => statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
  for (const name of readdirSync(base)) {
    const path = join(base, name);
    const old =
      name.startsWith(prefix) && path !== copy && mine(path) && Date.now() - statSync(path).mtimeMs > 864e5;
    if (old) rmSync(path, { recursive: true, force: true });
  }
  if (mine(copy)) return copy;
  const work = mkdtempSync(join(base, `${prefix}making-`));
  mkdirSync(join(work, '.cache'));
  const copyPart = (from: string, to: string) => {
    if (existsSync(from)) execFileSync('cp', ['-a', '--reflink=auto', from, to]);
  };
  for (const name of STAGED) copyPart(join(checkout, name), work);
  for (const name of STAGED_CACHE) copyPart(join(checkout, '.cache', name), join(work, '.cache'));
  execFileSync('chmod', ['-R', 'go=rX', work]);
  try {
    renameSync(work, copy);
  } catch (error) {
    // Another worker was quicker.
    rmSync(work, { recursive: true, force: true });
    if (!mine(copy)) throw error;
  }
  return copy;
}
