import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { openInBrowser } from '../browser.ts';
import { findElectron } from '../electron.ts';
import { note, print, translator, withAgent } from '../shell.ts';

/**
 * Opens the tray under Electron, else the page in a browser with one line that says why. `ended` resolves when the
 * tray has ended; with the page there is nothing to wait for.
 */
export async function openApp(options: {
  page: boolean;
  /** Without its window, as at login: where no tray can be shown, nothing is. */
  background?: boolean;
}): Promise<{ kind: 'tray' | 'page'; ended: Promise<void> }> {
  const { t } = translator();
  const electron = findElectron(process.env);
  if (!options.page && 'path' in electron) {
    const args = [...electron.args, ...(options.background ? ['--background'] : [])];
    const child = spawn(electron.path, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => child.kill('SIGTERM'));
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    return { kind: 'tray', ended };
  }
  if (!options.page && 'missing' in electron) note(t(`cli:open.${electron.missing}`));
  if (!options.background) await openPage();
  return { kind: 'page', ended: Promise.resolve() };
}

/** Opens the page in a browser, by an address that works once, for a minute; the address is printed too. */
export async function openPage(): Promise<void> {
  const { t } = translator();
  await withAgent(async (agent) => {
    const { url } = await agent.call('page.open', {});
    if (!(await openInBrowser(url, process.env))) note(t('cli:open.browse'));
    print(url);
  });
}

export function addOpen(program: Command): void {
  const { t } = translator();
  program
    .command('open')
    .description(t('cli:open.description'))
    .option('--page', t('cli:open.page'))
    .option('--background', t('cli:open.background'))
    .action(async (options: { page?: boolean; background?: boolean }) => {
      const app = await openApp({ page: options.page ?? false, background: options.background ?? false });
      await app.ended;
    });
}
