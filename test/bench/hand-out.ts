import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handOutCommand } from '../../src/agent/programs.ts';
import { findAwsCli } from '../support/aws-cli.ts';
import { command, hasProgram, type Installation, outDir } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

export type Run = { file: string; args: readonly string[]; env: Record<string, string>; input?: string };

/** Wall time of one run, ms. */
function timed({ file, args, env, input }: Run): number {
  const from = performance.now();
  const result = spawnSync(file, args, {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
  if (result.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${result.stderr}`);
  return performance.now() - from;
}

/** Median wall time of each, in turn, so that all see the same machine. */
export function inTurn<Name extends string>(
  runs: Readonly<Record<Name, Run>>,
  rounds: number,
): Record<Name, number> {
  const names = Object.keys(runs) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let i = -3; i < rounds; i++) {
    for (const name of names) {
      const time = timed(runs[name]);
      // The first ones fill the system's caches.
      if (i >= 0) taken[name].push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken[name])])) as Record<Name, number>;
}

export const hasCurl = process.platform !== 'win32' && hasProgram('/usr/bin/curl');
export const floorRun = (env: Record<string, string>): Run => ({ file: pinnedNode, args: ['-e', '0'], env });

/** aws-vault looks for a desktop's keyring first; without this each run would leave a D-Bus daemon of its own behind. */
const noBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };

/** aws-vault with keys in its encrypted file, which it hands out without a network; undefined where it is not on the PATH. */
function awsVault(env: Record<string, string>): { run: Run; remove: () => void } | undefined {
  if (spawnSync('aws-vault', ['--version'], { env: { ...env, ...noBus } }).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'aws-vault-'));
  const config = join(folder, 'config');
  writeFileSync(config, '[profile bench]\nregion = us-east-1\n');
  const own = {
    ...env,
    ...noBus,
    AWS_CONFIG_FILE: config,
    AWS_VAULT_BACKEND: 'file',
    AWS_VAULT_FILE_DIR: join(folder, 'keys'),
    AWS_VAULT_FILE_PASSPHRASE: 'bench',
  };
  const keys = { AWS_ACCESS_KEY_ID: 'AKIA'.padEnd(20, 'A'), AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
  spawnSync('aws-vault', ['add', '--env', 'bench'], { env: { ...own, ...keys }, stdio: 'ignore' });
  const args = ['export', '--no-session', '--format=json', 'bench'];
  return {
    run: { file: 'aws-vault', args, env: own },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Credentials from a warm agent: by curl, by the Node client, by rivals, against `node -e 0`; all in turn. */
export async function benchHandOut(installation: Installation, rounds: number): Promise<Row[]> {
  const { env, home } = installation;
  const words = ['export-credentials', '--profile', 'sandbox'];
  const vault = awsVault(env);
  const session = handOutCommand(pinnedNode, join(outDir, 'cli'), hasCurl ? process.platform : 'win32');
  const inSession = ['--socket', join(home, 'agent.sock'), '--profile', 'sandbox', '--format', 'claude'];
  const runs: Record<string, Run> = {
    floor: floorRun(env),
    node: { file: pinnedNode, args: [command, ...words], env },
    session: { file: session[0] as string, args: [...session.slice(1), ...inSession], env },
    ...(hasCurl ? { launcher: { file: command.replace(/\.cjs$/, ''), args: words, env } } : {}),
    ...(vault ? { vault: vault.run } : {}),
  };
  const took = inTurn(runs, rounds);
  vault?.remove();
  const floor = took.floor ?? Number.NaN;
  const row = (what: string, time: number | undefined, below?: number): Row =>
    time === undefined
      ? { what, figure: '-', against: 'not installed here' }
      : {
          what,
          figure: ms(time),
          against: `node -e 0: ${ms(floor)}, ratio ${ratio(time, floor)}`,
          ...(below === undefined ? {} : { goal: `ratio < ${below}`, met: time / floor < below }),
        };
  const added = ['hand-out.sh', 'hand-out.cjs'].reduce(
    (sum, name) => sum + statSync(join(outDir, 'cli', name)).size,
    0,
  );
  const rows = [
    row('export-credentials by curl (bin/bedrock-tray)', took.launcher, 0.6),
    row('the same as a Claude session asks', took.session, 0.6),
    row('export-credentials by Node (bedrock-tray.cjs)', took.node, 1.3),
    row('aws-vault export', took.vault),
    {
      what: 'what these clients add to the product',
      figure: `${(added / 1024).toFixed(1)} KB`,
      against: '-',
      goal: '<= 10 MB',
      met: added <= 10e6,
    },
  ];
  const aws = findAwsCli()?.path;
  if (aws === undefined) return [...rows, row('export-credentials of the AWS CLI', undefined)];
  const cli = inTurn(
    { cli: { file: aws, args: ['configure', 'export-credentials', '--profile', 'sandbox'], env } },
    Math.max(3, Math.floor(rounds / 10)),
  ).cli;
  return [...rows, row('export-credentials of the AWS CLI', cli)];
}
