import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { FileSettingsStore } from '../../../src/agent/settings/file-settings-store.ts';
import { StateFile } from '../../../src/agent/state-file.ts';
import { parseAwsText } from '../../../src/aws/config-file.ts';
import { removeLeftovers } from '../../../src/aws/replace-file.ts';
import { readToken, ssoCacheDir } from '../../../src/aws/sso-cache.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { accessTokenOf, padding, sessionId } from '../../support/faults/file-room-contents.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/**
 * A child that writes config, history, token, settings and environments without pause is killed with SIGKILL at a
 * random instant; only kills between its “I begin” and its “done” count. Every file is whole, holds the last value
 * that was reported done or the one under way, and the next start goes on.
 */
const kills = process.env.CI ? 1_000 : 60;

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
  program = join(folder, 'file-room.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../../support/faults/file-room.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const kinds = ['config', 'token', 'settings', 'environments'] as const;
type Kind = (typeof kinds)[number];

/** What stands before and after the section that is changed: it must never change. */
const rest = `[default]\r\nregion = us-east-1 # mine\r\n${Array.from({ length: 40 }, (_, n) => `\r\n; profile ${n}\r\n[profile p${n}]\r\nregion = eu-west-${n}\r\n`).join('')}`;
const counted = '\r\n[profile counted]\r\nseq = 0\r\npadding = x\r\n';

/** Where the next write begins, and what is known to be done. */
interface Lane {
  home: string;
  /** Next number to write; what is done for certain, and what is there at most. */
  next: number;
  done: Record<Kind, number>;
  begun: Record<Kind, number>;
}

async function lane(name: string): Promise<Lane> {
  const home = await mkdtemp(join(folder, name));
  await mkdir(join(home, '.aws'), { recursive: true });
  await writeFile(join(home, '.aws', 'config'), rest + counted);
  const zero = { config: 0, token: 0, settings: 0, environments: 0 };
  return { home, next: 1, done: { ...zero }, begun: { ...zero } };
}

/** Starts the child, kills it after a while; the write that it was in, or null where it was in none. */
async function killed(l: Lane): Promise<Kind | null> {
  const child = spawn(pinnedNode, [program, l.home, String(l.next)], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const ended = once(child, 'close');
  const pipe = child.stdio[3] as Readable;
  let said = '';
  pipe.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // After some writes, however quick the machine is, and then at any instant of one.
  const writes = 1 + Math.floor(Math.random() * 16);
  while (said.split('\n').length <= writes) await once(pipe, 'data');
  await sleep(Math.random() * 10);
  child.kill('SIGKILL');
  const [code, signal] = (await ended) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  // A line that was cut says nothing.
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n');
  for (const line of lines) {
    const [what, kind, seq] = line.split(' ') as [string, Kind, string];
    l[what === 'B' ? 'begun' : 'done'][kind] = Number(seq);
    l.next = Number(seq) + 1;
  }
  const [what, kind] = (lines.at(-1) ?? '').split(' ') as [string, Kind];
  return what === 'B' ? kind : null;
}

/** What each file holds: read by the rooms themselves, as the next start does. */
async function found(l: Lane): Promise<Record<Kind, number>> {
  const bytes = await readFile(join(l.home, '.aws', 'config'));
  expect(bytes.toString().startsWith(rest)).toBe(true);
  const section = parseAwsText('config', bytes).at(-1);
  expect(section?.name).toBe('profile counted');
  const config = Number(section?.options.get('seq')?.value);
  if (config > 0) expect(section?.options.get('padding')?.value).toBe(padding(config));

  const read = await readToken(ssoCacheDir(l.home), sessionId);
  if (l.done.token > 0) expect(read.problem).toBeUndefined();
  const token = Number(read.token?.accessToken.split(':')[0] ?? 0);
  if (token > 0) {
    expect(read.token?.accessToken).toBe(accessTokenOf(token));
    expect(read.token?.refreshToken).toBe(`refresh-${token}`);
  }

  const home = join(l.home, 'state');
  const clock = new FakeClock();
  const store = new FileSettingsStore({ home, log: quiet, clock });
  await store.load();
  const path = store.get().claudePath;
  const settings = Number(path?.split('/')[1] ?? 0);
  if (settings > 0) expect(path).toBe(`/${settings}/${padding(settings)}`);

  const file = new StateFile(join(home, 'environments.json'), 1, quiet, () => clock.now());
  const state = await file.read();
  const environments = Number(state?.seq ?? 0);
  if (environments > 0) expect(state?.padding).toBe(padding(environments));
  return { config, token, settings, environments };
}

const temporaries = async (l: Lane) => {
  const folders = [join(l.home, '.aws'), ssoCacheDir(l.home), join(l.home, 'state')];
  const names = await Promise.all(folders.map((f) => readdir(f).catch(() => [])));
  return { folders, names: names.flat().filter((name) => name.endsWith('.tmp')) };
};

test(
  `${kills} times kill -9 in the middle of a write: no file torn, none lost, the next start goes on`,
  async () => {
    let left = kills;
    const seen = { old: 0, new: 0, leftover: 0, unconfirmed: 0 };
    const struck = new Map<Kind, number>();
    const run = async (name: string) => {
      const l = await lane(name);
      while (left > 0) {
        left--;
        const during = await killed(l);
        if (during === null) {
          left++;
          seen.unconfirmed++;
          expect(seen.unconfirmed).toBeLessThan(kills);
        } else struck.set(during, (struck.get(during) ?? 0) + 1);
        const is = await found(l);
        for (const kind of kinds) {
          if (kind === during) {
            expect([l.done[kind], l.begun[kind]]).toContain(is[kind]);
            seen[is[kind] === l.begun[kind] ? 'new' : 'old']++;
          } else expect(is[kind]).toBe(l.done[kind]);
          l.done[kind] = is[kind];
        }
        // What a killed write leaves is gone after the next start (old enough to be nobody's who still writes).
        const before = await temporaries(l);
        seen.leftover += before.names.length;
        for (const f of before.folders) await removeLeftovers(f, Date.now() + 60_000);
        expect((await temporaries(l)).names).toEqual([]);
      }
      return l;
    };
    const lanes = await Promise.all([run('a'), run('b')]);

    // The kills came before, in and after the rename, and in each kind of file; else this would show little.
    expect(seen.old).toBeGreaterThan(kills / 20);
    expect(seen.new).toBeGreaterThan(0);
    expect(seen.leftover).toBeGreaterThan(kills / 20);
    expect([...struck.keys()].sort()).toEqual([...kinds].sort());

    // And the history that was written meanwhile takes the changes back, one by one.
    for (const l of lanes) {
      const context = {
        home: join(l.home, 'state'),
        userHome: l.home,
        env: {},
        log: quiet,
        clock: new FakeClock(),
        random: (n: number) => new Uint8Array(n),
      } satisfies Partial<AgentContext>;
      const writer = new AwsConfigWriter(context, new ConfigProfileCatalog(context));
      const before = (await found(l)).config;
      for (let n = 0; n < 2; n++) await writer.undo();
      expect((await found(l)).config).toBeLessThan(before);
    }
    const { old, new: done, leftover, unconfirmed } = seen;
    process.stdout.write(
      `${kills} kills in a write (${[...struck].map((s) => s.join(' ')).join(', ')}): ${old} left the old file, ` +
        `${done} the new one, ${leftover} a temporary file; ${unconfirmed} more came between two writes\n`,
    );
  },
  process.env.CI ? 1_500_000 : 180_000,
);
