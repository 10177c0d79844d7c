/** What the window's page can and cannot do, on a real Electron in its real sandbox (docs/security.md has the list). */

import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relayLimits } from '../../src/contract/page-relay.ts';
import { type ProcedureName, procedures } from '../../src/contract/procedures.ts';
import { terminalSocketOf } from '../../src/contract/pty-protocol.ts';
import { socketPlace } from '../../src/contract/socket-path.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { signIn, ssoSession } from '../support/tray/snapshots.ts';
import { startTray, stateHome, type TrayApp } from '../support/tray/tray-app.ts';
import { sandboxProof } from './support/electron-app.ts';

const missing = desktopMissing();

describe.skipIf(missing !== undefined)(
  `the window's page: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let tray: TrayApp;
    let page: Page;
    /** Requests that reached a web server on this machine: must stay none. */
    const leaked: string[] = [];
    let web: Server;
    let webPort = 0;

    beforeAll(async () => {
      web = createServer((socket) => {
        leaked.push('connection');
        socket.destroy();
      });
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      webPort = (web.address() as { port: number }).port;
      tray = await startTray({ app: { args: [] } });
      page = await tray.page();
      await page.waitForLoadState('load');
      await watchMain();
    });
    afterAll(async () => {
      await tray?.desktop.stop();
      web?.close();
    });

    /** Records what main opens and asks, and answers questions with `answers.link`. */
    const watchMain = () =>
      tray.launched.app.evaluate(({ dialog, shell }) => {
        const seen = { opened: [] as string[], asked: [] as (string | undefined)[], answer: 1 };
        Object.assign(globalThis, { seen });
        shell.openExternal = async (url) => void seen.opened.push(url);
        dialog.showMessageBox = (async (options: Electron.MessageBoxOptions) => {
          seen.asked.push(options.detail);
          return { response: seen.answer, checkboxChecked: false };
        }) as never;
      });
    type Seen = { opened: string[]; asked: string[]; answer: number };
    const seen = () => tray.launched.app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
    const answerWith = (answer: number) =>
      tray.launched.app.evaluate((_, value) => {
        (globalThis as unknown as { seen: Seen }).seen.answer = value;
      }, answer);
    const windowCount = () =>
      tray.launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

    test('runs in the real sandbox, as an ordinary user', async () => {
      const proof = await sandboxProof(tray.desktop, tray.launched.pid);
      expect(proof.uid).toBe(tray.desktop.user.uid);
      expect(proof.uid).not.toBe(0);
      expect(proof.unsandboxed).toEqual([]);
      expect(proof.renderers.length).toBeGreaterThan(0);
      for (const renderer of proof.renderers) {
        expect(renderer).toMatchObject({ seccomp: 2, noNewPrivs: true });
        // Sees no other process and no network, whatever its filter lets through.
        expect(renderer.apart).toEqual(expect.arrayContaining(['pid', 'net']));
      }
    });

    test('draws itself over the relay: who one is and how long it lasts', async () => {
      await page.waitForSelector('h1');
      await expect.poll(() => page.innerText('body')).toContain('BedrockDeveloper');
      await tray.desktop.screenshot('test-artefacts/tray-window.png');
    });

    test('looks for no updates from source, and says so', async () => {
      await expect
        .poll(() => tray.agent.calls.find(({ name }) => name === 'update.report'))
        .toMatchObject({
          role: 'tray',
          input: { state: 'none', problem: { code: 'UpdatesUnavailable', params: { reason: 'source' } } },
        });
    });

    test('has the strict preferences, and no Node', async () => {
      const preferences = await tray.launched.app.evaluate(({ webContents }) => {
        const contents = webContents.getAllWebContents().find((c) => c.getType() === 'window');
        return (
          contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        ).getLastWebPreferences();
      });
      expect(preferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
      });
      expect(preferences.enableBlinkFeatures ?? '').toBe('');
      expect(
        await page.evaluate(() => ['require', 'process', 'module', 'Buffer'].filter((n) => n in window)),
      ).toEqual([]);
      expect(await page.evaluate(() => Object.keys(window.bedrockTray ?? {}).sort())).toEqual([
        'chooseFolder',
        'openChannel',
        'pathOf',
        'startAgent',
      ]);
    });

    test('is served with a strict policy, by the app protocol, and nothing else is', async () => {
      const answers = await page.evaluate(async () => {
        const status = async (path: string) =>
          (await fetch(path).catch(() => ({ status: 0 }) as const)).status;
        return {
          policy: (await fetch('/index.html')).headers.get('content-security-policy'),
          type: (await fetch('/index.html')).headers.get('x-content-type-options'),
          out: await status('/%2e%2e/tray/main.cjs'),
          encoded: await status('/..%2f..%2fpackage.json'),
          absolute: await status('//etc/passwd'),
          other: await status('app://other/index.html'),
          missing: await status('/none.js'),
        };
      });
      expect(answers).toMatchObject({
        type: 'nosniff',
        out: 404,
        encoded: 404,
        absolute: 0,
        other: 0,
        missing: 404,
      });
      expect(answers.policy).toContain("default-src 'none'");
      expect(answers.policy).toContain("script-src 'self'");
      expect(answers.policy).not.toMatch(/script-src[^;]*unsafe|\*/);
    });

    test('the policy stops inline scripts, eval and requests to anywhere', async () => {
      const stopped = await page.evaluate(async (port) => {
        const violated: string[] = [];
        document.addEventListener('securitypolicyviolation', (e) => violated.push(e.effectiveDirective));
        const script = document.createElement('script');
        let inlineScript = 'made';
        try {
          script.textContent = 'window.inlineRan = true';
          document.body.append(script);
        } catch {
          // Trusted Types: the page makes no script at all.
          inlineScript = 'refused';
        }
        const button = document.createElement('button');
        try {
          button.setAttribute('onclick', 'window.inlineRan = true');
          document.body.append(button);
          button.click();
        } catch {}
        button.remove();
        const image = new Image();
        image.src = `http://127.0.0.1:${port}/x.png`;
        const frame = document.createElement('iframe');
        frame.src = `http://127.0.0.1:${port}/`;
        document.body.append(frame);
        const fetched = await fetch(`http://127.0.0.1:${port}/`).then(
          () => 'fetched',
          () => 'refused',
        );
        const socket = await new Promise((resolve) => {
          try {
            const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
            ws.onopen = () => resolve('open');
            ws.onerror = () => resolve('refused');
          } catch {
            resolve('refused');
          }
        });
        let evaluated = 'ran';
        try {
          // Code made of text.
          new Function('return 1')();
        } catch {
          evaluated = 'refused';
        }
        // Reports are events of their own, behind what they report.
        const expected = ['connect-src', 'img-src', 'require-trusted-types-for'];
        for (const end = performance.now() + 10_000; performance.now() < end; ) {
          if (expected.every((name) => violated.includes(name))) break;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        frame.remove();
        script.remove();
        return {
          violated: [...new Set(violated)].sort(),
          inlineScript,
          inline: 'inlineRan' in window,
          fetched,
          socket,
          evaluated,
        };
      }, webPort);
      expect(stopped).toMatchObject({
        inlineScript: 'refused',
        inline: false,
        fetched: 'refused',
        socket: 'refused',
        evaluated: 'refused',
      });
      expect(stopped.violated).toEqual(
        expect.arrayContaining(['connect-src', 'img-src', 'require-trusted-types-for']),
      );
      expect(leaked).toEqual([]);
    });

    test('every permission is denied, but for writing text to the clipboard', async () => {
      const answers = await page.evaluate(async () => {
        const asked = async (ask: () => Promise<unknown>) =>
          ask().then(
            () => 'granted',
            (error: Error) => error.name,
          );
        const states = await Promise.all(
          (['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi'] as const).map(
            async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
          ),
        );
        return {
          states: [...new Set(states)],
          camera: await asked(() => navigator.mediaDevices.getUserMedia({ video: true })),
          clipboard: await asked(() => navigator.clipboard.readText()),
          notification: await Notification.requestPermission(),
          position: await asked(
            () =>
              new Promise((resolve, reject) =>
                navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error())),
              ),
          ),
        };
      });
      // Chromium lets only a focused page write, and no window has focus without a window manager: the permission alone.
      const write = await page.evaluate(() =>
        navigator.permissions.query({ name: 'clipboard-write' as PermissionName }).then((p) => p.state),
      );
      expect(write).toBe('granted');
      expect(answers.states).toEqual(['denied']);
      expect(answers.notification).toBe('denied');
      for (const answer of [answers.camera, answers.clipboard, answers.position])
        expect(answer).not.toBe('granted');
    });

    test('it cannot navigate away, nor open a window or a webview', async () => {
      const before = page.url();
      await page.evaluate((port) => {
        location.href = `http://127.0.0.1:${port}/`;
      }, webPort);
      await page.evaluate(() => {
        location.href = 'https://example.com/';
      });
      await page.evaluate(() => {
        location.href = 'file:///etc/passwd';
      });
      await page.evaluate(() => {
        const view = document.createElement('webview');
        view.setAttribute('src', 'https://example.com/');
        document.body.append(view);
        setTimeout(() => view.remove(), 200);
      });
      expect(await page.evaluate(() => document.visibilityState)).toBeTruthy();
      expect(page.url()).toBe(before);
      expect(await page.evaluate(() => window.open('/index.html') === null)).toBe(true);
      expect(await windowCount()).toBe(1);
      const types = await tray.launched.app.evaluate(({ webContents }) =>
        webContents.getAllWebContents().map((c) => c.getType()),
      );
      expect(types).not.toContain('webview');
      expect(leaked).toEqual([]);
    });

    test('links: https is shown whole first; the sign-in under way opens unasked; all else is refused', async () => {
      const open = (url: string) => page.evaluate((address) => void window.open(address), url);
      // Nothing of an attempt before.
      await watchMain();
      const before = await seen();
      for (const url of [
        'http://example.com/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'ssh://x',
        'https://user:pass@example.com/',
        `https://example.com/${'x'.repeat(3000)}`,
      ]) {
        await open(url);
      }
      await open('https://exämple.com/a?b=c#d');
      await expect
        .poll(async () => (await seen()).asked)
        .toEqual(['xn--exmple-cua.com\n\nhttps://xn--exmple-cua.com/a?b=c#d']);
      expect((await seen()).opened).toEqual(before.opened);
      await answerWith(0);
      await open('https://example.com/yes');
      await expect.poll(async () => (await seen()).opened).toEqual(['https://example.com/yes']);

      const started = signIn(Date.now(), { url: 'http://127.0.0.1:9/authorize?state=1' });
      tray.agent.change({ ssoSessions: [ssoSession(Date.now(), { state: 'signingIn', signIn: started })] });
      await tray.desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Cancel sign-in'));
      await open(started.url);
      await expect.poll(async () => (await seen()).opened).toEqual(['https://example.com/yes', started.url]);
      expect((await seen()).asked).toHaveLength(2);
      await open('http://127.0.0.1:9/authorize?state=2');
      await open('https://corp.awsapps.com/start');
      await expect.poll(async () => (await seen()).opened.at(-1)).toBe('https://corp.awsapps.com/start');
      expect((await seen()).opened).toHaveLength(3);
    });

    test('through its channel it may call what pages may call, and is refused the rest by the agent', async () => {
      const ask = (name: ProcedureName, input: unknown) =>
        page.evaluate(
          ([procedure, json]) =>
            new Promise<string>((resolve, reject) => {
              const id = `ask-${Math.random()}`;
              const timer = setTimeout(() => reject(new Error(`no answer to ${procedure}`)), 20_000);
              const arrived = (event: MessageEvent) => {
                if (event.data?.id !== id) return;
                removeEventListener('message', arrived);
                const port = event.ports[0] as MessagePort;
                port.onmessage = ({ data }) => {
                  clearTimeout(timer);
                  port.postMessage(null);
                  resolve(String(data));
                };
                port.postMessage(
                  JSON.stringify({
                    i: '1',
                    p: { u: `/${procedure}`, b: { json: JSON.parse(json as string) } },
                  }),
                );
              };
              addEventListener('message', arrived);
              window.bedrockTray?.openChannel('rpc', id);
            }),
          [name, JSON.stringify(input)] as const,
        );
      expect(await ask('agent.info', {})).toContain('"pid":4242');
      for (const [name, { roles }] of Object.entries(procedures)) {
        if (roles.includes('page')) continue;
        const answer = await ask(name as ProcedureName, {});
        expect(answer, name).toContain('"code":"Forbidden"');
        expect(answer, name).toContain('"role":"page"');
      }
      expect(
        tray.agent.calls
          .filter((c) => c.role === 'page')
          .every((c) => procedures[c.name].roles.includes('page')),
      ).toBe(true);
    });

    test('main answers no message from a frame of another window', async () => {
      const refused = await tray.launched.app.evaluate(
        async ({ BrowserWindow }, preload) => {
          // A foreign window in the same app: not ours, though it has our preload.
          const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
          await foreign.loadURL('app://bedrock-tray/index.html');
          const answer = await foreign.webContents
            .executeJavaScript(
              `Promise.race([
                window.bedrockTray.chooseFolder().then(() => 'answered', String),
                new Promise((late) => setTimeout(() => late('a dialog'), 20000)),
              ])`,
            )
            .catch(String);
          const channel = await foreign.webContents.executeJavaScript(`new Promise((resolve) => {
        addEventListener('message', (event) => {
          const port = event.ports[0];
          port.onmessage = () => resolve('answered');
          setTimeout(() => resolve('silent'), 1000);
          port.postMessage(JSON.stringify({ i: '1', p: { u: '/agent.info', b: { json: {} } } }));
        });
        window.bedrockTray.openChannel('rpc', 'foreign');
      })`);
          foreign.destroy();
          return { answer, channel };
        },
        join(tray.desktop.checkout, 'out/tray/preload.cjs'),
      );
      expect(refused.answer).toContain('refused');
      expect(refused.channel).toBe('silent');
    });

    test('what guards the page guards any window: no other address, no webview, no download, no way out of the sandbox', async () => {
      const port = webPort;
      const seen = await tray.launched.app.evaluate(async ({ BrowserWindow, session, webContents }, at) => {
        // As a mistake would make it: everything is asked for that page-host.ts does not.
        const careless = new BrowserWindow({
          show: false,
          webPreferences: { sandbox: false, webviewTag: true },
        });
        const run = (code: string): Promise<unknown> => careless.webContents.executeJavaScript(code, true);
        const away = await careless.loadURL(`http://127.0.0.1:${at}/`).then(
          () => 'loaded',
          (error: Error) => error.message,
        );
        await careless.loadURL('app://bedrock-tray/index.html');
        const attached = new Promise<string>((resolve) => {
          careless.webContents.on('did-attach-webview', () => resolve('attached'));
          setTimeout(() => resolve('nothing'), 1_500);
        });
        await run(
          `{ const view = document.createElement('webview'); view.src = '/index.html'; document.body.append(view); 0 }`,
        );
        // A file of the page's own is the person's to keep; nothing else is.
        const downloads: Record<string, boolean> = {};
        const saved = new Promise<void>((resolve) => {
          session.defaultSession.on('will-download', (event, item) => {
            downloads[item.getFilename()] = event.defaultPrevented === true;
            if (!event.defaultPrevented) item.cancel();
            if (Object.keys(downloads).length === 3) resolve();
          });
          setTimeout(resolve, 20_000);
        });
        for (const [href, name] of [
          [`'/index.html'`, 'x.html'],
          [`URL.createObjectURL(new Blob(['x']))`, 'x.desktop'],
          [`URL.createObjectURL(new Blob(['x']))`, 'bedrock-usage-2026-11-23.csv'],
        ])
          await run(
            `{ const a = document.createElement('a'); a.href = ${href}; a.download = '${name}'; document.body.append(a); a.click(); 0 }`,
          );
        await saved;
        const webview = await attached;
        const types = webContents.getAllWebContents().map((c) => c.getType());
        const pid = careless.webContents.getOSProcessId();
        Object.assign(globalThis, { careless });
        return { away, webview, types, downloads, pid };
      }, port);
      expect(seen.away).toContain('ERR_BLOCKED_BY_CLIENT');
      expect(seen.webview).toBe('nothing');
      expect(seen.types).not.toContain('webview');
      expect(seen.downloads).toEqual({
        'x.html': true,
        'x.desktop': true,
        'bedrock-usage-2026-11-23.csv': false,
      });
      const { renderers } = await sandboxProof(tray.desktop, tray.launched.pid);
      expect(renderers.find(({ pid }) => pid === seen.pid)).toMatchObject({ seccomp: 2, noNewPrivs: true });
      expect(leaked).toEqual([]);
      await tray.launched.app.evaluate(() => {
        (globalThis as unknown as { careless: Electron.BrowserWindow }).careless.destroy();
      });
    });

    test('a terminal channel leads to the socket for terminals only, and reading stops while the page is behind', async () => {
      const place = socketPlace('pty-host', {
        platform: 'linux',
        uid: tray.desktop.user.uid,
        home: stateHome(tray.desktop),
        sha256: () => '',
      });
      const path = terminalSocketOf(place.path);
      const arrivals: Socket[] = [];
      const host = createServer((socket) => {
        arrivals.push(socket);
        socket.on('error', () => {});
      });
      await new Promise<void>((resolve) => host.listen(path, resolve));
      chmodSync(path, 0o777);
      try {
        await page.evaluate(
          () =>
            new Promise<void>((resolve) => {
              const id = `slow-${Math.random()}`;
              addEventListener('message', (event: MessageEvent) => {
                if (event.data?.id !== id) return;
                const port = event.ports[0] as MessagePort;
                const slow = { port, bytes: 0 };
                Object.assign(window, { slow });
                // Takes what comes and says nothing of it: a page that is behind.
                port.onmessage = ({ data }) => {
                  slow.bytes += data.byteLength;
                };
                port.postMessage(new TextEncoder().encode('hello').buffer);
                resolve();
              });
              window.bedrockTray?.openChannel('pty', id);
            }),
        );
        await expect.poll(() => arrivals.length).toBe(1);
        const socket = arrivals[0] as Socket;
        const first = await new Promise<string>((resolve) =>
          socket.once('data', (data) => resolve(data.toString())),
        );
        expect(first).toBe('hello');
        const total = 24 * 1024 * 1024;
        let drained = false;
        socket.write(Buffer.alloc(total, 120), () => {
          drained = true;
        });
        const received = () =>
          page.evaluate(() => (window as unknown as { slow: { bytes: number } }).slow.bytes);
        await expect.poll(received).toBeGreaterThan(relayLimits.unhandled);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const stoppedAt = await received();
        expect(stoppedAt).toBeLessThan(relayLimits.unhandled + 4 * 1024 * 1024);
        expect(drained).toBe(false);
        // It catches up.
        await page.evaluate(() => {
          const { slow } = window as unknown as { slow: { port: MessagePort; bytes: number } };
          slow.port.onmessage = ({ data }) => {
            slow.bytes += data.byteLength;
            slow.port.postMessage(data.byteLength);
          };
          slow.port.postMessage(slow.bytes);
        });
        await expect.poll(received, { timeout: 60_000 }).toBe(total);
        const ended = new Promise((resolve) => socket.once('close', resolve));
        await page.evaluate(() =>
          (window as unknown as { slow: { port: MessagePort } }).slow.port.postMessage(null),
        );
        await ended;
      } finally {
        for (const socket of arrivals) socket.destroy();
        await new Promise((resolve) => host.close(resolve));
      }
      // The controller's socket was never asked: nothing listens there.
      await expect(
        new Promise((resolve, reject) => connect(place.path).once('connect', resolve).once('error', reject)),
      ).rejects.toThrow();
    });
  },
);
