import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Snapshot } from '../../../src/contract/index.ts';
import { type Desktop, type DesktopOptions, startDesktop } from '../../e2e/support/desktop.ts';
import { type AppOptions, type LaunchedApp, launchApp } from '../../e2e/support/electron-app.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { snapshot } from './snapshots.ts';

export interface TrayApp {
  desktop: Desktop;
  agent: ScriptedAgent;
  launched: LaunchedApp;
  /** The window's page, once it is open. */
  page(): Promise<Page>;
  /** Starts the app anew where an attempt at a test has ended it; `launched` is the one that runs. */
  running(): Promise<void>;
}

/** State folder of the app on a desktop. */
export const stateHome = (desktop: Desktop): string => join(desktop.home, '.local/share/bedrock-tray');

/** A desktop with the tray alone: whatever agent it has, it finds or starts itself. */
export async function startBareTray(
  options: DesktopOptions & { app?: AppOptions } = {},
): Promise<Omit<TrayApp, 'agent' | 'running'>> {
  const desktop = await startDesktop(options);
  try {
    const launched = await launchApp(desktop, { args: ['--background'], ...options.app });
    return { desktop, launched, page: () => pageOf(launched) };
  } catch (error) {
    await desktop.stop();
    throw error;
  }
}

async function pageOf({ app }: LaunchedApp): Promise<Page> {
  return app.windows()[0] ?? (await app.waitForEvent('window', { timeout: 30_000 }));
}

/** A desktop with a scripted agent and the tray, without a window. `desktop.stop()` ends all of it. */
export async function startTray(
  options: DesktopOptions & { first?: Partial<Snapshot>; app?: AppOptions } = {},
): Promise<TrayApp> {
  const desktop = await startDesktop(options);
  try {
    const agent = await ScriptedAgent.start(
      stateHome(desktop),
      desktop.user,
      snapshot(Date.now(), options.first),
    );
    desktop.onStop(() => agent.close());
    const launch = () => launchApp(desktop, { args: ['--background'], ...options.app });
    const tray: TrayApp = {
      ...{ desktop, agent, launched: await launch() },
      page: () => pageOf(tray.launched),
      async running() {
        const { exitCode, signalCode } = tray.launched.app.process();
        if (exitCode !== null || signalCode !== null) tray.launched = await launch();
      },
    };
    return tray;
  } catch (error) {
    await desktop.stop();
    throw error;
  }
}
