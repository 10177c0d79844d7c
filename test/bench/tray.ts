import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Desktop, startDesktop } from '../e2e/support/desktop.ts';
import { type AppOptions, appCommand } from '../e2e/support/electron-app.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { ScriptedAgent } from '../support/tray/scripted-agent.ts';
import { snapshot } from '../support/tray/snapshots.ts';
import { stateHome } from '../support/tray/tray-app.ts';
import { pss } from './idle.ts';
import { median, ms, type Row, ratio } from './statistics.ts';

/** Both apps have settled this long after their icon was shown, s. */
const SETTLES = 4;

interface Taken {
  /** From the start of the process until its icon was registered on D-Bus, ms. */
  shown: number;
  /** Of Electron's main process and all its helpers, MB. */
  memory: number;
  processes: number;
}

/** What an app takes with all its helpers. */
export function familyPss(desktop: Desktop, pid: number): { memory: number; processes: number } {
  const family = new Set([pid]);
  const all = desktop.running();
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  let memory = 0;
  for (const one of family) memory += pss(one);
  return { memory, processes: family.size };
}

async function measure(desktop: Desktop, options: AppOptions): Promise<Taken> {
  const { executablePath, args, env } = await appCommand(desktop, options);
  const from = performance.now();
  // The command itself changes to the desktop's user.
  const child = spawn(executablePath, args, { env, cwd: desktop.home, stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid as number;
  desktop.processes.adopt(pid);
  try {
    await desktop.tray.waitForItems(1, 30_000);
    const shown = performance.now() - from;
    await sleep(SETTLES * 1000);
    return { shown, ...familyPss(desktop, pid) };
  } finally {
    process.kill(pid, 'SIGKILL');
    await desktop.tray.waitForItems(0);
    // Its helpers notice by themselves; none may be there when the next one is measured.
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50)) {
      if (!desktop.running().some(({ argv }) => argv[0]?.includes('electron'))) break;
    }
  }
}

/** The tray without and with its window, signed in, against the least Electron app with a tray, in turn on one desktop. */
export async function* benchTray(rounds: number): AsyncGenerator<Row> {
  const missing = desktopMissing();
  if (missing !== undefined) {
    yield { what: 'tray: start and memory', figure: '-', against: `not measured: ${missing}` };
    return;
  }
  await using desktop = await startDesktop();
  const agent = await ScriptedAgent.start(stateHome(desktop), desktop.user, snapshot(Date.now()));
  desktop.onStop(() => agent.close());
  const folder = join(desktop.checkout, 'test', 'bench', 'minimal-tray');
  const apps = {
    ours: { args: ['--background'] },
    minimal: { folder },
    oursWindow: {},
    minimalWindow: { folder, args: ['--window'] },
  } satisfies Record<string, AppOptions>;
  type Name = keyof typeof apps;
  const names = Object.keys(apps) as Name[];
  const taken = { ours: [], minimal: [], oursWindow: [], minimalWindow: [] } as Record<Name, Taken[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const one = await measure(desktop, apps[name]);
      // The first of each fills the system's caches.
      if (round > 0) taken[name].push(one);
    }
  }
  const of = (name: Name, what: keyof Taken) => median(taken[name].map((t) => t[what]));
  const row = (
    what: string,
    field: keyof Taken,
    say: (value: number) => string,
    [ours, minimal]: readonly [Name, Name] = ['ours', 'minimal'],
  ): Row => {
    const [a, b] = [of(ours, field), of(minimal, field)];
    return {
      what,
      figure: say(a),
      against: `minimal Electron tray: ${say(b)}, ratio ${ratio(a, b)}`,
      goal: 'ratio < 1.5',
      met: a / b < 1.5,
    };
  };
  yield row(
    `start to tray shown, ${describeElectron(findElectron()).replace(/ \(.*/, '')} (median)`,
    'shown',
    ms,
  );
  yield row(
    `PSS of tray only, ${of('ours', 'processes')} processes (median)`,
    'memory',
    (mb) => `${mb.toFixed(0)} MB`,
  );
  yield row(
    `PSS with a window, ${of('oursWindow', 'processes')} processes (median)`,
    'memory',
    (mb) => `${mb.toFixed(0)} MB`,
    ['oursWindow', 'minimalWindow'],
  );
}
