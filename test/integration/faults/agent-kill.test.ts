import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAwsText } from '../../../src/aws/config-file.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { Snapshot } from '../../../src/contract/index.ts';
import { type Installation, install } from '../../support/installation.ts';

/**
 * The whole agent is killed with SIGKILL while cache, config, history, settings and environments are written through
 * its contract: the kill follows the appearance of a temporary file, by up to two milliseconds.
 */
const kills = process.env.CI ? 50 : 3;

let it_: Installation;
beforeAll(async () => {
  it_ = await install({
    // Tokens are refreshed about every second, so that the cache is written all the time.
    switches: { lifetimes: { accessToken: 2 } },
  });
  expect((await it_.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
});
afterAll(() => it_?.stop());

const aws = () => join(it_.sandbox.home, '.aws');
const cacheDir = () => join(aws(), 'sso', 'cache');
const role = { ssoSession: 'sandbox', accountId: '111122223333', roleName: 'BedrockDeveloper' };

/** What was answered for certain, and what was under way when the agent died. */
interface Known {
  profiles: Set<string>;
  maybe: Set<string>;
  settings: [done: number, begun: number];
  environment: [done: number, begun: number];
}

/** What is made again gets other names. */
let attempts = 0;

/** The profiles that were made here. */
const made = async (agent: AgentConnection) =>
  new Set((await agent.call('profiles.list', {})).profiles.map((p) => p.name).filter((n) => /^r\d/.test(n)));

const isGone = (error: unknown) => (error as { code?: string }).code === 'AgentUnavailable';

/** Writes through the contract until the connection breaks; how many calls were not answered. */
async function write(agent: AgentConnection, known: Known, round: number): Promise<number> {
  let unanswered = 0;
  const until = async (step: (n: number) => Promise<void>) => {
    try {
      for (let n = 0; ; n++) await step(n);
    } catch (error) {
      if (!isGone(error)) throw error;
      unanswered++;
    }
  };
  await Promise.all([
    until(async (n) => {
      const name = `r${attempts}-${round}-${n}`;
      known.maybe.add(name);
      await agent.call('profiles.create', { name, ...role });
      known.profiles.add(name);
      if (n % 3 !== 2) return;
      known.profiles.delete(name);
      await agent.call('config.undo', {});
      known.maybe.delete(name);
    }),
    until(async () => {
      const next = known.settings[1] + 1;
      known.settings[1] = next;
      await agent.call('settings.set', { claudePath: `/${next}` });
      known.settings[0] = next;
    }),
    until(async () => {
      const next = known.environment[1] + 1;
      known.environment[1] = next;
      await agent.call('environments.update', environment(next));
      known.environment[0] = next;
    }),
  ]);
  return unanswered;
}

const environment = (n: number) => ({
  name: 'kept',
  profile: 'sandbox',
  region: 'us-east-1',
  model: `m.${n}`,
  smallFastModel: null,
  identityMode: 'bedrock-only' as const,
  endpointUrl: null,
});

/** Kills the agent soon after the next temporary file appears in one of the folders. */
async function killInWrite(pid: number, folders: readonly string[]): Promise<string> {
  const watches: FSWatcher[] = [];
  try {
    const where = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing is written in ${folders}`)), 60_000);
      for (const folder of folders) {
        watches.push(
          watch(folder, (_event, name) => {
            if (!name?.startsWith(`.bedrock-tray-${pid}-`)) return;
            clearTimeout(late);
            resolve(folder);
          }),
        );
      }
    });
    await sleep(Math.random() * 2);
    process.kill(pid, 'SIGKILL');
    return where;
  } finally {
    for (const each of watches) each.close();
  }
}

test(
  `${kills} times kill -9 of the whole agent while it writes: nothing torn, nothing lost, it starts again`,
  async () => {
    attempts++;
    const original = readFileSync(join(aws(), 'config'), 'utf8');
    const known: Known = { profiles: new Set(), maybe: new Set(), settings: [0, 0], environment: [0, 0] };
    const struck = { cache: 0, other: 0 };
    let unanswered = 0;
    await mkdir(cacheDir(), { recursive: true });

    for (let round = 0; round <= kills; round++) {
      const agent = await it_.connect();
      const snapshot: Snapshot = await agent.call('state.get', {});
      // The next start has everything that was answered.
      expect(snapshot.configProblem).toBeNull();
      expect(snapshot.ssoSessions.find((s) => s.id === 'sandbox')?.state).not.toBe('signedOut');
      if (round > 0) {
        const settings = Number(snapshot.settings.claudePath?.slice(1) ?? 0);
        expect(known.settings).toContain(settings);
        known.settings = [settings, settings];
        const model = snapshot.environments.find((e) => e.name === 'kept')?.model;
        expect(known.environment.map((n) => `m.${n}`)).toContain(model);
        known.environment = [Number(model?.slice(2)), Number(model?.slice(2))];
        const names = await made(agent);
        for (const name of known.profiles) expect(names, name).toContain(name);
        for (const name of names) expect(known.maybe).toContain(name);
        known.profiles = names;
        known.maybe = new Set(names);
      } else {
        const there = snapshot.environments.some((e) => e.name === 'kept');
        await agent.call(there ? 'environments.update' : 'environments.create', environment(0));
        await agent.call('settings.set', { claudePath: '/0' });
        for (const name of await made(agent)) {
          known.profiles.add(name);
          known.maybe.add(name);
        }
      }
      if (round === kills) {
        agent.close();
        break;
      }
      const { pid } = snapshot.agent;
      const inCache = round % 3 === 2;
      const writing = write(agent, known, round);
      try {
        const folder = await killInWrite(pid, inCache ? [cacheDir()] : [aws(), it_.home]);
        struck[folder === cacheDir() ? 'cache' : 'other']++;
        unanswered += await writing;
      } finally {
        agent.close();
      }

      // And so has whoever reads the files before: whole, with every byte that was there.
      const config = await readFile(join(aws(), 'config'));
      expect(config.toString().startsWith(original)).toBe(true);
      const sections = parseAwsText('config', config).map((s) => s.name);
      for (const name of known.profiles) expect(sections).toContain(`profile ${name}`);
      for (const name of await readdir(cacheDir())) {
        if (name.endsWith('.json')) JSON.parse(await readFile(join(cacheDir(), name), 'utf8'));
      }
      for (const name of await readdir(it_.home)) {
        expect(name).not.toMatch(/unreadable/);
        if (name.endsWith('.json')) JSON.parse(await readFile(join(it_.home, name), 'utf8'));
      }
    }
    expect(unanswered).toBeGreaterThanOrEqual(kills);
    expect(struck.cache).toBe(Math.floor(kills / 3));
    process.stdout.write(
      `${kills} kills of the agent (${struck.cache} while the cache, ${struck.other} while another file was written): ` +
        `${unanswered} calls were under way, ${known.settings[0]} settings and ${known.environment[0]} environments written\n`,
    );
  },
  process.env.CI ? 900_000 : 180_000,
);
