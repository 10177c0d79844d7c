import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { TerminalConnection } from '../../src/client/terminal-connection.ts';
import { terminalSocket } from '../../src/client/terminal-socket.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import type { Installation } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { cpuTime, pss } from './idle.ts';
import { openBrowser, openPage, openPlayed, playedBy } from './page.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

/** Sessions of the product itself: many idle ones, a long one that is attached to, one that writes without end. */

const client = fileURLToPath(new URL('./terminal-client.ts', import.meta.url));

/** The pty-host behind the agent: the parent of what runs in a session. */
async function ptyHostPid(agent: AgentConnection): Promise<number> {
  const { sessions } = await agent.call('sessions.list', {});
  const pid = sessions.find((s) => s.pid !== null)?.pid ?? 0;
  const { readFileSync } = await import('node:fs');
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function closeAll(agent: AgentConnection): Promise<void> {
  const { sessions } = await agent.call('sessions.list', {});
  for (const { id } of sessions) {
    await agent.call('sessions.kill', { id }).catch(() => undefined);
    await agent.call('sessions.remove', { id }).catch(() => undefined);
  }
}

/** What 50 sessions cost in agent and pty-host that wait for their person, against one. */
export async function benchIdleSessions(
  own: Installation,
  agent: AgentConnection,
  count: number,
  seconds: number,
): Promise<Row[]> {
  // As Claude Code stands at its prompt: entered into its register, idle.
  await playedBy(
    agent,
    own,
    `folder="$HOME/.claude/sessions"; mkdir -p "$folder"; now=$(date +%s%3N)
printf '{"pid":%d,"sessionId":"x","startedAt":%d,"status":"idle","statusUpdatedAt":%d}' $$ $now $now >"$folder/$$.json"
printf 'a prompt> '; exec cat`,
  );
  try {
    await openPlayed(agent, own);
    const agentPid = (await agent.call('agent.info', {})).pid;
    const host = await ptyHostPid(agent);
    await sleep(2_000);
    const memory = () => ({ agent: pss(agentPid), host: pss(host) });
    const one = memory();
    for (let i = 1; i < count; i++) await openPlayed(agent, own);
    // They rest for a while: the first seconds of a session are no idle ones.
    await sleep(30_000);
    const from = [cpuTime(agentPid), cpuTime(host)] as const;
    await sleep(seconds * 1_000);
    const used = [cpuTime(agentPid) - from[0], cpuTime(host) - from[1]] as const;
    const all = memory();
    const each = (all.agent + all.host - one.agent - one.host) / (count - 1);
    return [
      {
        what: `${count} idle sessions, our side, for ${seconds} s`,
        figure: `${used[0] + used[1]} ms CPU (agent ${used[0]}, pty-host ${used[1]})`,
        against: `${(all.agent + all.host).toFixed(0)} MB PSS (agent ${all.agent.toFixed(0)}, pty-host ${all.host.toFixed(0)}); one session: ${(one.agent + one.host).toFixed(0)} MB; ${(each * 1024).toFixed(0)} KB each`,
        goal: '< 1 % of a CPU',
        met: used[0] + used[1] < seconds * 10,
      },
    ];
  } finally {
    await closeAll(agent);
  }
}

/** Attaching to a session that has written 10,000 lines: until a client has all of it, and until a page shows it. */
export async function benchAttach(own: Installation, agent: AgentConnection, rounds: number): Promise<Row[]> {
  const lines = 10_000;
  await playedBy(agent, own, `yes ${'x'.repeat(78)} | head -n ${lines}; printf 'the end'; exec cat`);
  const rows: Row[] = [];
  try {
    const { id } = await openPlayed(agent, own);
    await sleep(1_500);
    const taken: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const from = performance.now();
      const { ticket, socket } = await agent.call('sessions.attach', { id });
      await new Promise<void>((resolve, reject) => {
        const connection = new TerminalConnection(
          terminalSocket(socket),
          { ticket, cols: 80, rows: 24 },
          {
            output: (chunk) => connection.consumed(chunk.byteLength),
            live: () => {
              taken.push(performance.now() - from);
              connection.close();
              resolve();
            },
            closed: (why) => (why === 'refused' ? reject(new Error(why)) : undefined),
          },
        );
      });
    }
    rows.push({
      what: `attach to a session with ${lines} lines: a client`,
      figure: ms(median(taken)),
      against: `median of ${rounds}`,
      goal: '< 150 ms',
      met: median(taken) < 150,
    });
    if (!hasChromium()) return rows;
    const browser = await openBrowser();
    try {
      const shown: number[] = [];
      for (let i = 0; i < rounds; i++) {
        // A new page, since one keeps the terminals that it has shown.
        const page = await openPage(own, browser, '#/overview');
        await page.locator('h1').waitFor();
        shown.push(
          await page.evaluate(async (hash) => {
            const from = performance.now();
            location.assign(hash);
            const live = () =>
              [...document.querySelectorAll<HTMLElement>('.terminal-host')].some(
                (host) => host.offsetParent !== null && host.dataset.state === 'live',
              );
            while (!live()) await new Promise((next) => requestAnimationFrame(next));
            return performance.now() - from;
          }, `#/sessions/${id}`),
        );
        await page.close();
      }
      rows.push({
        what: `attach to a session with ${lines} lines: the page`,
        figure: ms(median(shown)),
        against: `until it is drawn, median of ${rounds}`,
        goal: '< 150 ms',
        met: median(shown) < 150,
      });
    } finally {
      await browser.close();
    }
    return rows;
  } finally {
    await closeAll(agent);
  }
}

/** Memory of agent and pty-host while a session writes without end and a client reads. */
export async function benchYes(own: Installation, agent: AgentConnection, minutes: number): Promise<Row[]> {
  await playedBy(agent, own, `exec yes ${'x'.repeat(78)}`);
  let drain: ChildProcess | undefined;
  try {
    const { id } = await openPlayed(agent, own);
    const { ticket, socket } = await agent.call('sessions.attach', { id });
    drain = fork(client, { execPath: pinnedNode, execArgv: [] });
    drain.send({ socket, ticket, forever: true });
    const agentPid = (await agent.call('agent.info', {})).pid;
    const host = await ptyHostPid(agent);
    const slice = (minutes * 60_000) / 10;
    const seen: number[] = [];
    for (let i = 0; i < 10; i++) {
      await sleep(slice);
      seen.push(pss(agentPid) + pss(host));
    }
    const [first, last] = [Math.max(...seen.slice(0, 3)), Math.max(...seen.slice(-3))];
    return [
      {
        what: `memory while a session writes for ${minutes} min`,
        figure: `${last.toFixed(0)} MB in the last three tenths`,
        against: `${first.toFixed(0)} MB in the first three, ratio ${ratio(last, first)}`,
        goal: 'ratio < 1.1',
        met: last / first < 1.1,
      },
    ];
  } finally {
    drain?.kill();
    await closeAll(agent);
  }
}
