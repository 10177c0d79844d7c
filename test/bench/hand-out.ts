import { spawnSync } from 'node:child_process';
import { findAwsCli } from '../support/aws-cli.ts';
import { command, type Installation } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

/** Wall time of one run, ms. */
function timed(file: string, args: readonly string[], env: Record<string, string>): number {
  const from = performance.now();
  const result = spawnSync(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${result.stderr}`);
  return performance.now() - from;
}

/** `export-credentials` with a warm agent against `node -e 0`, and against the AWS CLI's, in turn in the same run. */
export async function benchHandOut(installation: Installation, rounds: number): Promise<Row[]> {
  const { env } = installation;
  const client = ['--profile', 'sandbox', '--format', 'process'];
  const runs = {
    client: () => timed(pinnedNode, [command, 'export-credentials', ...client], env),
    floor: () => timed(pinnedNode, ['-e', '0'], env),
  };
  for (let i = 0; i < 5; i++) for (const run of Object.values(runs)) run();
  const taken = { client: [] as number[], floor: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    taken.client.push(runs.client());
    taken.floor.push(runs.floor());
  }
  const rows: Row[] = [
    {
      what: 'export-credentials, warm agent (median)',
      figure: ms(median(taken.client)),
      against: `node -e 0: ${ms(median(taken.floor))}, ratio ${ratio(median(taken.client), median(taken.floor))}`,
      goal: 'ratio < 1.3',
      met: median(taken.client) / median(taken.floor) < 1.3,
    },
  ];
  const aws = findAwsCli()?.path;
  if (aws === undefined) {
    rows.push({ what: 'export-credentials of the AWS CLI', figure: '-', against: 'not installed here' });
    return rows;
  }
  const cli: number[] = [];
  for (let i = 0; i < Math.max(3, Math.floor(rounds / 6)); i++)
    cli.push(timed(aws, ['configure', 'export-credentials', '--profile', 'sandbox'], env));
  rows.push({
    what: 'export-credentials against the AWS CLI’s (median)',
    figure: ms(median(taken.client)),
    against: `AWS CLI: ${ms(median(cli))}, ratio ${ratio(median(taken.client), median(cli))}`,
  });
  return rows;
}
