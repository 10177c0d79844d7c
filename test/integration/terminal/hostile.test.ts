import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestPtyHost } from '../../support/pty-host.ts';
import { AttachedScreen, headless } from '../../support/terminal/attached-screen.ts';
import { everyTrick, harmlessAnswers, hostileBytes } from '../../support/terminal/hostile-bytes.ts';
import { screenState } from '../../support/terminal/screen-state.ts';

/** Hostile bytes through pty, pty-host and client into xterm.js: the same screen as fed directly, and nothing else. */

const size = { cols: 80, rows: 24 };
let host: TestPtyHost;
let folder: string;

beforeAll(async () => {
  host = await TestPtyHost.start();
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterAll(async () => {
  await host?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function play(tricks: Buffer): Promise<void> {
  const bytes = Buffer.concat([Buffer.from('ready'), tricks]);
  const direct = headless(size);
  await new Promise<void>((resolve) => direct.write(bytes, resolve));
  const file = join(folder, crypto.randomUUID());
  await writeFile(file, tricks);
  const id = await host.shell(
    `stty raw -echo -opost; printf ready; read -r go; cat '${file}'; exec sleep 600`,
    size,
  );
  const screens = [await AttachedScreen.on(host, id, size), await AttachedScreen.on(host, id, size)];
  const [one] = screens as [AttachedScreen];
  try {
    for (const screen of screens) await screen.live();
    await one.shows(/ready/);
    one.connection.input('\n');
    for (const screen of screens) await screen.until(() => screen.consumed >= bytes.length, 'all bytes');
    const late = await AttachedScreen.on(host, id, size);
    screens.push(late);
    await late.live();
    for (const screen of screens) {
      expect(screenState(screen.terminal)).toEqual(screenState(direct));
      expect(screen.said).toMatch(harmlessAnswers);
    }
    // The host is well, and what it tells of the program is one harmless line.
    const { ptys = [] } = await host.client.request({ type: 'list' });
    const title = ptys.find((p) => p.id === id)?.title ?? '';
    expect(title).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect([...title].length).toBeLessThanOrEqual(200);
    expect(ptys.find((p) => p.id === id)).toMatchObject({ ...size, exitedAt: null });
  } finally {
    for (const screen of screens) screen.dispose();
    direct.dispose();
    await host.client.request({ type: 'kill', id, graceMs: 0 });
    await host.client.request({ type: 'forget', id });
    await rm(file);
  }
}

describe('hostile bytes', () => {
  it('of every known kind', () => play(everyTrick));

  it('of many combinations', async () => {
    await fc.assert(fc.asyncProperty(hostileBytes, play), {
      seed: 20,
      numRuns: process.env.CI ? 300 : 40,
      endOnFailure: false,
    });
  }, 300_000);

  it('of a million combining marks in one cell', async () => {
    const began = performance.now();
    await play(Buffer.from(`a${'\u0301'.repeat(1_000_000)}b`));
    expect(performance.now() - began).toBeLessThan(45_000);
  });
});
