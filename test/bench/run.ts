/**
 * `npm run bench`: every figure beside what it is measured against, in one run. It is no test: a goal that is missed
 * is said and ends with 0 all the same, since figures depend on what else the machine does. `--only NAME` (may be
 * given again) runs parts of it, `--quick` takes fewer samples.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectAgent } from '../../src/client/find-or-start-agent.ts';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { type Installation, install, outDir } from '../support/installation.ts';
import { benchAgentStart } from './agent-start.ts';
import { benchConsumers } from './consumers.ts';
import { benchDay } from './day.ts';
import { benchGrowth } from './growth.ts';
import { benchHandOut } from './hand-out.ts';
import { benchHistory } from './history.ts';
import { benchHookRelay } from './hook-relay.ts';
import { benchIdle } from './idle.ts';
import { benchPage } from './page.ts';
import { benchScale } from './scale.ts';
import { benchAttach, benchIdleSessions, benchYes } from './sessions.ts';
import { ms, quantile, type Row, ratio } from './statistics.ts';
import { echoBesideFlood, lostTails, terminalThroughput } from './terminal.ts';
import { benchTray } from './tray.ts';
import { benchUsage } from './usage.ts';
import { benchVending, vendingUntil } from './vending.ts';

const { values: flags } = parseArgs({
  options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } },
});
const { quick } = flags;

let installed: Installation | undefined;
let connected: AgentConnection | undefined;

/** The product against a sandbox, signed in; prepared by the first part that needs it. */
async function installation(): Promise<Installation> {
  if (installed) return installed;
  const own = await install();
  installed = own;
  const { status, stderr } = await own.login({ args: ['--profile', 'sandbox'] });
  if (status !== 0) throw new Error(`the sign-in failed: ${stderr}`);
  return own;
}

async function agent(): Promise<AgentConnection> {
  const { env } = await installation();
  if (!connected) {
    const opened = await connectAgent({ role: 'cli', env, start: true, outDir });
    opened.onClose(() => {
      connected = undefined;
    });
    connected = opened;
  }
  return connected;
}

async function* terminal(): AsyncGenerator<Row> {
  const { attached, bare } = await terminalThroughput(quick ? 20_000_000 : 50_000_000, quick ? 3 : 5);
  const mb = (rate: number) => `${(rate / 1e6).toFixed(1)} MB/s`;
  yield {
    what: 'terminal: pty to an attached client (median)',
    figure: mb(attached),
    against: `bare node-pty: ${mb(bare)}, ratio ${ratio(attached, bare)}`,
    goal: 'ratio >= 0.6',
    met: attached / bare >= 0.6,
  };
}

async function* tails(): AsyncGenerator<Row> {
  const { runs, lost } = await lostTails(quick ? 100 : 1000);
  yield {
    what: 'terminal: last line before the exit',
    figure: `${lost} lost`,
    against: `${runs} short runs`,
    goal: '0 lost',
    met: lost === 0,
  };
}

async function* echo(): AsyncGenerator<Row> {
  for (const floods of [1, 3]) yield* echoBeside(floods);
}

async function* echoBeside(floods: number): AsyncGenerator<Row> {
  const connection = await agent();
  const done = new AbortController();
  let vending: Promise<number[]> | undefined;
  const keys = await echoBesideFlood(quick ? 150 : 500, floods, async () => {
    vending = vendingUntil(connection, done.signal);
  });
  done.abort();
  const gets = (await vending) ?? [];
  yield {
    what: `keystroke echo p99 while ${floods} other ${floods === 1 ? 'session floods' : 'sessions flood'}`,
    figure: ms(keys.p99),
    against: `p50 ${ms(keys.p50)}, ${keys.keys} keys`,
    goal: 'p99 < 50 ms',
    met: keys.p99 < 50,
  };
  yield {
    what: 'vending GET p99 in the same moment',
    figure: ms(quantile(gets, 0.99)),
    against: `p50 ${ms(quantile(gets, 0.5))}, ${gets.length} GETs`,
  };
}

async function* history(): AsyncGenerator<Row> {
  const { env, home } = await installation();
  yield* benchHistory(await agent(), join(env.HOME ?? '', '.claude'), home, quick ? 100 : 1000);
}

async function* usage(): AsyncGenerator<Row> {
  const { env, home } = await installation();
  yield* benchUsage(await agent(), join(env.HOME ?? '', '.claude'), home, quick ? 100 : 1000);
}

/** In the order of the report; agent-start and idle come first, while the agent is as new. */
const parts: Record<string, () => AsyncIterable<Row> | Promise<Row[]>> = {
  'agent-start': async () => benchAgentStart(await installation(), quick ? 3 : 9),
  idle: async () => benchIdle((await (await agent()).call('agent.info', {})).pid, quick ? 10 : 60),
  'hand-out': async () => benchHandOut(await installation(), quick ? 15 : 60),
  'hook-relay': async () => benchHookRelay(await installation(), await agent(), quick ? 15 : 60),
  vending: async () => benchVending(await agent(), quick ? 1000 : 5000),
  consumers: async () => benchConsumers(await agent(), 100, quick ? 10 : 50),
  terminal,
  page: async () =>
    benchPage(
      await installation(),
      await agent(),
      quick ? { bytes: 5_000_000, rounds: 1 } : { bytes: 20_000_000, rounds: 3 },
    ),
  attach: async () => benchAttach(await installation(), await agent(), quick ? 5 : 15),
  'idle-sessions': async () => benchIdleSessions(await installation(), await agent(), 50, quick ? 10 : 60),
  yes: async () => benchYes(await installation(), await agent(), quick ? 0.5 : 10),
  tails,
  echo,
  history,
  usage,
  tray: () => benchTray(quick ? 2 : 5),
  growth: () => benchGrowth(quick ? 1 : 10),
  scale: () => benchScale(quick ? 3 : 7),
  day: () => benchDay(),
};

const widths = [50, 36, 56, 14];
const print = (...cells: string[]) =>
  console.log(
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(' ')
      .trimEnd(),
  );
const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');

const unknown = flags.only?.filter((name) => !(name in parts)) ?? [];
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
console.log(`load of the machine (1, 5, 15 min) at the start: ${load()}`);
print('what', 'figure', 'against', 'goal', 'met');
let goals = 0;
let met = 0;
const absent: string[] = [];
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (flags.only && !flags.only.includes(name)) continue;
    try {
      for await (const row of await measure()) {
        print(
          row.what,
          row.figure,
          row.against,
          row.goal ?? '-',
          row.met === undefined ? '-' : row.met ? 'yes' : 'NO',
        );
        if (row.figure === '-') absent.push(row.what);
        if (row.met === undefined) continue;
        goals++;
        if (row.met) met++;
      }
    } catch (error) {
      // One part that breaks takes no other with it.
      print(name, '-', `failed: ${(error as Error).message.split('\n')[0]}`);
      absent.push(name);
    }
  }
} finally {
  connected?.close();
  await installed?.stop();
}
console.log(`load of the machine (1, 5, 15 min) at the end: ${load()}`);
if (absent.length > 0) console.log(`not measured: ${absent.join('; ')}`);
console.log(`${met} of ${goals} goals met${met < goals ? ' (no test: this does not fail)' : ''}`);
process.exit(0);
