import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAgent } from '../../src/client/find-or-start-agent.ts';
import { command, type Installation, install, outDir } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { coldStart } from './agent-start.ts';
import { cpuTime, pss } from './idle.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

interface Measured {
  start: number;
  memory: number;
  snapshot: number;
  list: number;
  status: number;
  kb: number;
  /** CPU time of the agent's start, ms. */
  cpu: number;
}

/** More SSO sessions, all signed in, and profiles spread over them; the sandbox's own five and one come first. */
function grow({ sandbox }: Installation, profiles: number, ssoSessions: number): void {
  const cache = join(sandbox.home, '.aws', 'sso', 'cache');
  const file = (name: string) => join(cache, `${createHash('sha1').update(name).digest('hex')}.json`);
  let text = '';
  for (let n = 1; n < ssoSessions; n++) {
    text += `\n[sso-session corp-${n}]\nsso_start_url = ${sandbox.startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n`;
    copyFileSync(file('sandbox'), file(`corp-${n}`));
  }
  for (let n = 5; n < profiles; n++) {
    const session = n % ssoSessions === 0 ? 'sandbox' : `corp-${n % ssoSessions}`;
    text += `\n[profile role-${n}]\nsso_session = ${session}\nsso_account_id = ${String(100_000_000_000 + n)}\nsso_role_name = BedrockDeveloper\nregion = us-east-1\n`;
  }
  appendFileSync(join(sandbox.home, '.aws', 'config'), text);
}

async function measure(profiles: number, ssoSessions: number, rounds: number): Promise<Measured> {
  await using own = await install();
  const { status, stderr } = await own.login({ args: ['--profile', 'sandbox'] });
  if (status !== 0) throw new Error(`the sign-in failed: ${stderr}`);
  grow(own, profiles, ssoSessions);
  const starts: number[] = [];
  for (let i = 0; i <= rounds; i++) starts.push(await coldStart(own.env));
  const agent = await connectAgent({ role: 'cli', env: own.env, start: true, outDir });
  try {
    const { pid } = await agent.call('agent.info', {});
    await sleep(3000);
    const cpu = cpuTime(pid);
    const memory = pss(pid);
    const snapshots: number[] = [];
    let kb = 0;
    for (let i = 0; i < 30; i++) {
      const from = performance.now();
      const snapshot = await agent.call('state.get', {});
      snapshots.push(performance.now() - from);
      kb = JSON.stringify(snapshot).length / 1024;
      if (snapshot.ssoSessions.filter((s) => s.state === 'valid').length < ssoSessions)
        throw new Error('not all SSO sessions are signed in');
    }
    const lists: number[] = [];
    for (let i = 0; i < 30; i++) {
      const from = performance.now();
      const { profiles: listed } = await agent.call('profiles.list', {});
      lists.push(performance.now() - from);
      if (listed.length !== profiles) throw new Error(`${listed.length} profiles`);
    }
    const commands: number[] = [];
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      spawnSync(pinnedNode, [command, 'status', '--json'], { env: own.env, stdio: 'ignore' });
      commands.push(performance.now() - from);
    }
    return {
      start: median(starts.slice(1)),
      memory,
      snapshot: median(snapshots),
      list: median(lists),
      status: median(commands),
      kb,
      cpu,
    };
  } finally {
    agent.close();
  }
}

/** What many profiles and SSO sessions cost. */
export async function benchScale(rounds: number): Promise<Row[]> {
  const few = await measure(10, 1, rounds);
  const many = await measure(1000, 20, rounds);
  const row = (what: string, key: keyof Measured, say: (value: number) => string): Row => ({
    what: `1000 profiles, 20 SSO sessions: ${what}`,
    figure: say(many[key]),
    against: `10 profiles, 1 session: ${say(few[key])}, ratio ${ratio(many[key], few[key])}`,
  });
  return [
    row('cold start', 'start', ms),
    row('CPU time 3 s after the start', 'cpu', ms),
    row('memory of the agent', 'memory', (mb) => `${mb.toFixed(0)} MB PSS`),
    row('snapshot over RPC', 'snapshot', ms),
    row('its size', 'kb', (kb) => `${kb.toFixed(0)} KB`),
    row('profiles.list over RPC', 'list', ms),
    row('bedrock-tray status --json', 'status', ms),
  ];
}
