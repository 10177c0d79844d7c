/** Pictures of icon and native menu in a real panel, kept as artefacts; each state's icon differs on the screen too. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import { Settings } from '../../src/contract/settings.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import {
  credentials,
  environment,
  session,
  signIn,
  snapshot,
  ssoSession,
} from '../support/tray/snapshots.ts';
import { startTray } from '../support/tray/tray-app.ts';
import type { Desktop } from './support/desktop.ts';

const missing = desktopMissing();
const artefact = (name: string) => `test-artefacts/${name}.png`;

/** Signed in, two sessions, two environments. */
function busyDay(at: number): Partial<Snapshot> {
  return {
    sessions: [
      session(at),
      session(at, {
        id: '22222222-2222-4222-8222-222222222222',
        name: 'web-shop',
        state: 'waiting',
        startedAt: at,
      }),
    ],
    environments: [environment(), environment({ name: 'sandbox', region: 'eu-central-1' })],
  };
}

/** The panel shows a short menu of its own (its plugin's) for an icon whose menu it has not read yet: ours is far taller. */
async function openOurMenu(desktop: Desktop): Promise<void> {
  await expect
    .poll(
      async () => {
        await desktop.openTrayMenu();
        const said = await desktop.run('xdotool', [
          'search',
          '--onlyvisible',
          '--name',
          '.*',
          'getwindowgeometry',
          '%@',
        ]);
        const heights = [...said.matchAll(/Geometry: \d+x(\d+)/g)].map((m) => Number(m[1]));
        const isOurs = heights.some((height) => height > 250 && height < 690);
        if (!isOurs) await desktop.run('xdotool', ['key', 'Escape']);
        return isOurs;
      },
      { timeout: 15_000, interval: 300 },
    )
    .toBe(true);
}

describe.skipIf(missing !== undefined)(
  `in Xfce's panel: ${missing ?? describeElectron(findElectron())}`,
  () => {
    test.each(['en', 'zh-CN'] as const)(
      'the native menu, %s',
      async (language) => {
        const at = Date.now();
        const { desktop, agent } = await startTray({
          panel: 'xfce',
          size: { width: 900, height: 700 },
          first: { ...busyDay(at), settings: Settings.parse({ language }) },
        });
        try {
          await desktop.tray.waitForMenu((m) => m.some((e) => e.label.includes('US Claude Sonnet 4.5')));
          await openOurMenu(desktop);
          await desktop.screenshot(artefact(`tray-menu-${language}`));
          const bare = readFileSync(artefact(`tray-menu-${language}`));
          expect(bare.length).toBeGreaterThan(5_000);
          await desktop.run('xdotool', ['key', 'Escape']);
          agent.change({
            credentials: [],
            ssoSessions: [
              ssoSession(at, {
                state: 'signingIn',
                signIn: signIn(at, { flow: 'device', userCode: 'WDJB-MJHT' }),
              }),
            ],
          });
          await desktop.tray.waitForMenu((m) => m.some((e) => e.label.includes('WDJB-MJHT')));
          await openOurMenu(desktop);
          await desktop.screenshot(artefact(`tray-menu-signing-in-${language}`));
          expect(readFileSync(artefact(`tray-menu-signing-in-${language}`)).equals(bare)).toBe(false);
        } finally {
          await desktop.stop();
        }
      },
      90_000,
    );

    test('the icon of each state', async () => {
      const at = Date.now();
      const none = [credentials(at, { state: 'absent', expiresAt: null, nextRenewalAt: null })];
      const states: Record<string, Partial<Snapshot>> = {
        'signed-out': {
          credentials: none,
          ssoSessions: [ssoSession(at, { state: 'signedOut', expiresAt: null })],
        },
        'signing-in': { credentials: none, ssoSessions: [ssoSession(at, { state: 'signingIn' })] },
        busy: { credentials: [] },
        valid: {},
        degraded: { credentials: [credentials(at, { state: 'stale' })] },
        ending: { credentials: [credentials(at, { state: 'renewing' })] },
        expired: {
          credentials: none,
          ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })],
        },
      };
      const { desktop, agent } = await startTray({
        panel: 'xfce',
        size: { width: 320, height: 120 },
        first: states['signed-out'] ?? {},
      });
      try {
        await desktop.tray.waitForProperties((p) => p.toolTip.endsWith('Signed out'));
        const pictures: Buffer[] = [];
        for (const [name, state] of Object.entries(states)) {
          agent.show(snapshot(at, state));
          const file = artefact(`tray-panel-${name}`);
          // Drawn when it is new and the next look finds it unchanged.
          let last: Buffer = Buffer.alloc(0);
          await expect
            .poll(
              async () => {
                const before = last;
                await desktop.screenshot(file);
                last = readFileSync(file);
                return last.equals(before) && !pictures.some((known) => known.equals(last));
              },
              { timeout: 8_000, interval: 200 },
            )
            .toBe(true);
          pictures.push(last);
        }
        expect(pictures).toHaveLength(7);
      } finally {
        await desktop.stop();
      }
    }, 90_000);
  },
);
