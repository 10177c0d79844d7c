import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';
import { type Browser, chromium, type Page } from 'playwright';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import type { Installation } from '../support/installation.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median, type Row, ratio } from './statistics.ts';
import { hasWetty, startWetty } from './wetty.ts';

/** From the pty to the terminal in a page, against node-pty alone and against another web terminal, on the same input. */

const program = fileURLToPath(new URL('./flood-and-ask.ts', import.meta.url));
const mb = (rate: number) => `${(rate / 1e6).toFixed(1)} MB/s`;

interface Place {
  bytes: number;
  home: string;
  result: string;
}

/** Bytes per second, once the program has had its answer. A tenth of a megabyte a second at the least. */
async function rate({ bytes, result }: Place): Promise<number> {
  const until = Date.now() + 60_000 + bytes / 100;
  while (!existsSync(result) || readFileSync(result, 'utf8') === '') {
    if (Date.now() > until) throw new Error('the terminal did not answer');
    await sleep(20);
  }
  const taken = Number(readFileSync(result, 'utf8'));
  rmSync(result);
  return (bytes / taken) * 1000;
}

/** node-pty's own onData with nothing behind it; it answers the question by itself. */
async function bare(place: Place): Promise<number> {
  const env = { PATH: process.env.PATH ?? '' };
  const pty = spawn(pinnedNode, [program, String(place.bytes), place.result], { cols: 80, rows: 24, env });
  try {
    await new Promise<void>((resolve) => {
      pty.onData((text) => {
        if (text.includes('ready')) resolve();
        if (text.includes('\x1b[6n')) pty.write('\x1b[1;1R');
      });
    });
    pty.write('\r');
    return await rate(place);
  } finally {
    pty.kill();
  }
}

async function wetty(place: Place, browser: Browser): Promise<number> {
  const server = await startWetty(`${pinnedNode} ${program} ${place.bytes} ${place.result}`, place.home);
  const page = await browser.newPage({ viewport: { width: 1080, height: 720 } });
  try {
    await page.goto(server.url);
    await page.locator('.xterm-helper-textarea').waitFor({ state: 'attached' });
    await page.waitForTimeout(2_000);
    await page.locator('.xterm-helper-textarea').focus();
    await page.keyboard.press('Enter');
    return await rate(place);
  } finally {
    await page.close();
    server.stop();
  }
}

/** A page of the agent's at a place of it. */
export async function openPage(own: Installation, browser: Browser, place: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1080, height: 720 }, locale: 'en-US' });
  page.setDefaultTimeout(30_000);
  const { stdout } = await own.run(['open', '--page']);
  await page.goto(stdout.trim().split('\n').at(-1) ?? '');
  await page.evaluate((hash) => location.assign(hash), place);
  return page;
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--enable-unsafe-swiftshader', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });

/** Puts a program in Claude Code's place. */
export async function playedBy(agent: AgentConnection, own: Installation, script: string): Promise<void> {
  const bin = join(own.home, 'bin');
  mkdirSync(bin, { recursive: true });
  const path = join(bin, 'claude');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exec echo '2.1.330 (Claude Code)'\n${script}\n`);
  chmodSync(path, 0o755);
  await agent.call('settings.set', { claudePath: path });
}

export const openPlayed = (agent: AgentConnection, own: Installation) =>
  agent.call('sessions.openWith', {
    profile: 'sandbox',
    cwd: own.home,
    args: [],
    env: { PATH: process.env.PATH ?? '', HOME: own.home },
  });

async function ours(
  place: Place,
  browser: Browser,
  own: Installation,
  agent: AgentConnection,
  renderer: 'dom' | 'webgl',
): Promise<number | null> {
  const { terminal } = await agent.call('settings.get', {});
  await agent.call('settings.set', { terminal: { ...terminal, renderer } });
  const session = await openPlayed(agent, own);
  const page = await openPage(own, browser, `#/sessions/${session.id}`);
  try {
    await page.locator('.terminal-host:visible[data-state=live]').waitFor();
    if (renderer === 'webgl' && (await page.locator('.terminal-host:visible canvas').count()) === 0)
      return null;
    await page.locator('.terminal-host:visible').click();
    await page.keyboard.press('Enter');
    return await rate(place);
  } finally {
    await page.close();
    await agent.call('sessions.kill', { id: session.id });
  }
}

export async function benchPage(
  own: Installation,
  agent: AgentConnection,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<Row[]> {
  const what = 'terminal: pty to page, until parsed';
  if (!hasChromium()) return [{ what, figure: '-', against: 'not measured: Chromium is not installed' }];
  const place = { bytes, home: own.home, result: join(own.home, 'flood-result') };
  await playedBy(agent, own, `exec '${pinnedNode}' '${program}' ${bytes} '${place.result}'`);
  const peer = hasWetty();
  const browser = await openBrowser();
  const rates: Record<'bare' | 'dom' | 'webgl' | 'wetty', number[]> = {
    bare: [],
    dom: [],
    webgl: [],
    wetty: [],
  };
  try {
    for (let round = 0; round < rounds; round++) {
      rates.bare.push(await bare(place));
      rates.dom.push((await ours(place, browser, own, agent, 'dom')) ?? 0);
      const webgl = await ours(place, browser, own, agent, 'webgl');
      if (webgl !== null) rates.webgl.push(webgl);
      if (peer) rates.wetty.push(await wetty(place, browser));
    }
  } finally {
    await browser.close();
  }
  const floor = median(rates.bare);
  const other = rates.wetty.length > 0 ? median(rates.wetty) : null;
  const row = (renderer: 'dom' | 'webgl'): Row => {
    if (rates[renderer].length === 0) {
      return { what: `${what} (${renderer})`, figure: '-', against: 'not measured: no WebGL here' };
    }
    const mine = median(rates[renderer]);
    const beside = other === null ? 'WeTTY not measured' : `WeTTY: ${mb(other)}, ratio ${ratio(mine, other)}`;
    return {
      what: `${what} (${renderer}, median of ${rounds})`,
      figure: mb(mine),
      against: `bare node-pty: ${mb(floor)}, ratio ${ratio(mine, floor)}; ${beside}`,
      ...(other !== null && { goal: 'not slower than WeTTY', met: mine >= other * 0.95 }),
    };
  };
  return [row('dom'), row('webgl')];
}
