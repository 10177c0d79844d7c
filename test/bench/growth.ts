import { setTimeout as sleep } from 'node:timers/promises';
import { startClaudeDesktop } from '../e2e/support/claude-desktop.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { pss } from './idle.ts';
import { type Row, ratio } from './statistics.ts';
import { familyPss } from './tray.ts';

/** An hour becomes 5 s: what lives for 3,600 s at AWS is renewed every few seconds here. */
const FOLD = 720;
const HOUR = 3600 / FOLD;

/** Memory of tray with window and of agent, the window open, while tokens and credentials live 720 times shorter. */
export async function benchGrowth(minutes: number): Promise<Row[]> {
  const what = `memory over ${minutes} min at ${FOLD}-fold shortened lifetimes`;
  const missing = desktopMissing();
  if (missing !== undefined) return [{ what, figure: '-', against: `not measured: ${missing}` }];
  const place = await startClaudeDesktop({
    switches: { lifetimes: { accessToken: HOUR, roleCredentials: HOUR } },
  });
  try {
    const { cli, desktop, launched, status } = place;
    await place.window();
    await cli('env', 'create', 'sandbox', '--profile', 'sandbox', '--region', 'us-east-1', '--use');
    await desktop.tray.waitForMenu((entries) => entries.some((e) => /^Sign in/.test(e.label) && e.enabled));
    await desktop.tray.click([/^Sign in/]);
    await place.allow();
    await desktop.tray.waitForMenu((entries) => /^Signed in/.test(entries[0]?.label ?? ''));
    const agent = (await status()).agent.pid;
    const slice = (minutes * 60_000) / 10;
    const tray: number[] = [];
    const ours: number[] = [];
    for (let i = 0; i < 10; i++) {
      await sleep(slice);
      tray.push(familyPss(desktop, launched.pid).memory);
      ours.push(pss(agent));
    }
    const after = await status();
    const tokens = after.ssoSessions[0]?.generation ?? 0;
    const credentials = after.credentials[0]?.generation ?? 0;
    const row = (name: string, seen: readonly number[]): Row => {
      const [first, last] = [Math.max(...seen.slice(0, 3)), Math.max(...seen.slice(-3))];
      return {
        what: `${what}: ${name}`,
        figure: `${last.toFixed(0)} MB in the last three tenths`,
        against: `${first.toFixed(0)} MB in the first three, ratio ${ratio(last, first)}; ${tokens} tokens, ${credentials} credentials`,
        goal: 'ratio < 1.1',
        met: last / first < 1.1,
      };
    };
    return [row('tray and window', tray), row('agent', ours)];
  } finally {
    await place.stop();
  }
}
