import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { type Installation, outDir } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { floorRun, hasCurl, inTurn, type Run } from './hand-out.ts';
import { ms, type Row, ratio } from './statistics.ts';

/** Of the size that Claude Code tells its hooks before a tool is run. */
const event = JSON.stringify({
  session_id: crypto.randomUUID(),
  transcript_path: '/home/person/.claude/projects/-home-person-project/transcript.jsonl',
  cwd: '/home/person/project',
  permission_mode: 'default',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'npm test', description: 'x'.repeat(600) },
});

async function answered(socketPath: string, session: string): Promise<number> {
  const asked = request({ socketPath, path: `/v1/hook?session=${session}`, method: 'POST', agent: false });
  asked.setHeader('content-length', Buffer.byteLength(event));
  asked.end(event);
  const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

/** One event of a hook, from Claude Code's stdin to the agent and back, against `node -e 0`, in turn. */
export async function benchHookRelay(
  { env, home }: Installation,
  agent: AgentConnection,
  rounds: number,
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hook-relay-'));
  const program = join(folder, 'claude');
  // Stays until it is ended; what it does is of no matter here.
  writeFileSync(program, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  const socket = join(home, 'agent.sock');
  const { claudePath } = await agent.call('settings.get', {});
  await agent.call('settings.set', { claudePath: program });
  const { id } = await agent.call('sessions.openWith', {
    profile: 'sandbox',
    cwd: folder,
    args: [],
    env,
  });
  try {
    const status = await answered(socket, id);
    if (status !== 204) throw new Error(`an event was answered ${status}`);
    const client = [pinnedNode, join(outDir, 'cli', 'hook-relay.cjs'), socket, id];
    const runs: Record<string, Run> = {
      floor: floorRun(env),
      node: { file: client[0] as string, args: client.slice(1), env, input: event },
      ...(hasCurl
        ? {
            curl: {
              file: '/bin/sh',
              args: [join(outDir, 'cli', 'hook-relay.sh'), ...client.slice(0, 2), socket, id],
              env,
              input: event,
            },
          }
        : {}),
    };
    const took = inTurn(runs, rounds);
    const floor = took.floor ?? Number.NaN;
    const rows: Row[] = [
      ['hook relay by curl', took.curl, 0.6] as const,
      ['hook relay by Node', took.node, 1.3] as const,
    ].map(([what, time, below]) =>
      time === undefined
        ? { what, figure: '-', against: 'no curl here' }
        : {
            what,
            figure: ms(time),
            against: `node -e 0: ${ms(floor)}, ratio ${ratio(time, floor)}`,
            goal: `ratio < ${below}`,
            met: time / floor < below,
          },
    );
    return rows;
  } finally {
    await agent.call('sessions.kill', { id });
    await agent.call('settings.set', { claudePath });
    rmSync(folder, { recursive: true, force: true });
  }
}
