import { expect, test } from 'vitest';
import { BedrockTrayError, type Snapshot } from '../../src/contract/index.ts';
import { Settings } from '../../src/contract/settings.ts';
import {
  describePages,
  expectAccessible,
  goTo,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import * as given from '../support/tray/snapshots.ts';

const signedOut = (more: Partial<Snapshot> = {}): Snapshot =>
  ready({
    ssoSessions: [
      given.ssoSession(Date.now(), {
        state: 'signedOut',
        expiresAt: null,
        nextRefreshAt: null,
        generation: 0,
      }),
    ],
    credentials: [
      given.credentials(Date.now(), {
        state: 'absent',
        expiresAt: null,
        nextRenewalAt: null,
        generation: 0,
      }),
    ],
    ...more,
  });

describePages('sessions of the page', (pages) => {
  test('a person signs in, opens Claude Code and types into it', async () => {
    await pages.withPage(signedOut(), async (page, agent) => {
      await page.getByRole('heading', { name: 'You are signed out of corp.' }).waitFor();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('heading', { name: /Finish signing in in your browser/ }).waitFor();
      expect(agent.inputs('signIn.start')).toEqual([
        { ssoSession: 'corp', flow: 'auto', openBrowser: true, renew: false },
      ]);
      await page.getByText('https://oidc.us-east-1.amazonaws.com/authorize').waitFor();
      // Allowed in the browser.
      agent.set({
        ssoSessions: [given.ssoSession(Date.now())],
        credentials: [given.credentials(Date.now())],
      });
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await page.getByText('54:', { exact: false }).first().waitFor();
      agent.script =
        'printf "\\033[1mhello from the pty\\033[0m\\r\\n"; read line; echo "you said: $line"; read _';
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await terminalLive(page);
      expect(agent.inputs('sessions.open')[0]?.cwd).toBe('/home/dana/src/billing-service');
      await page.keyboard.type('good morning');
      await page.keyboard.press('Enter');
      const id = agent.state.sessions[0]?.id ?? '';
      const other = await agent.host.attach(id);
      await other.shows('you said: good morning');
      // Copied from the screen: what a person sees.
      await page.keyboard.press('Control+f');
      await page.getByRole('searchbox', { name: 'Find' }).fill('good morning');
      await page.getByText('1 of 2').or(page.getByText('2 of 2')).waitFor();
      await page.keyboard.press('Escape');
      await shot(page, 'session');
    });
  });

  test('a terminal whose code cannot be loaded says so, and comes when the page is loaded again', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      // As when another version of the agent is there than this page's.
      const code = /\/terminal-view[^/]*\.js/;
      await page.route(code, (route) =>
        route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("no such file")' }),
      );
      agent.script = 'read _';
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await page.getByText('The terminal could not be loaded. The session itself goes on.').waitFor();
      await shot(page, 'terminal-missing');
      await page.unroute(code);
      await page.getByRole('button', { name: 'Load the page again' }).click();
      await terminalLive(page);
    });
  });

  test('everything can be reached and left with the keyboard alone', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Open Claude Code');
      await page.keyboard.press('Enter');
      await terminalLive(page);
      const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
      await expect.poll(focused).toContain('xterm-helper-textarea');
      // Tab is the program's; the chord leaves.
      await page.keyboard.press('Tab');
      expect(await focused()).toContain('xterm-helper-textarea');
      await page.keyboard.press('Control+Shift+L');
      await expect.poll(focused).toContain('foot-button');
      await page.keyboard.press('Shift+Tab');
      await expect.poll(focused).toContain('xterm-helper-textarea');
      await page.keyboard.press('Control+Shift+L');
      // Through the rail to Settings.
      for (const view of ['Overview', 'Access', 'Settings']) {
        await page.getByRole('link', { name: view }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('main', { name: view }).waitFor();
      }
      // A folder is typed and opened at once: no list lies on the button.
      await goTo(page, '#/sessions/new');
      const folder = page.getByRole('combobox', { name: 'Folder' });
      await folder.click();
      await folder.fill('/srv');
      await page.locator('.page').getByRole('button', { name: 'Open Claude Code' }).click();
      await page.waitForURL(/#\/sessions\/[0-9a-f-]{36}/);
      expect(agent.inputs('sessions.open').at(-1)?.cwd).toBe('/srv');
      // The list comes when it is asked for.
      await goTo(page, '#/sessions/new');
      await folder.fill('data');
      await folder.press('ArrowDown');
      await folder.press('Enter');
      await expect.poll(() => folder.inputValue()).toBe('/srv/data');
      // A region is chosen with the keyboard.
      await goTo(page, '#/overview');
      const region = page.getByRole('combobox', { name: 'Bedrock region' });
      await region.focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('eu-w');
      await page.getByRole('option', { name: 'eu-west-1' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.environments[0]?.region).toBe('eu-west-1');
      // The list of models says where it comes from.
      await page.getByRole('combobox', { name: 'Model' }).focus();
      await page.getByText('What Bedrock offers you in eu-west-1').waitFor();
      await page.getByRole('option').nth(1).waitFor();
      await shot(page, 'models');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.environments[0]?.model).not.toBe(given.environment().model);
    });
  });

  test('the agent goes and comes back: the page says so, keeps what it shows and goes on by itself', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'kept' }, 'echo before; read a; echo "after $a"; read _');
      await goTo(page, `#/sessions/${opened.id}`);
      await terminalLive(page);
      await agent.disappear();
      await page.getByText('The agent is not answering.', { exact: false }).waitFor();
      await shot(page, 'agent-gone');
      await agent.appear();
      await page.getByText('The agent is not answering.', { exact: false }).waitFor({ state: 'detached' });
      await terminalLive(page);
      await page.locator('.terminal-host').click();
      await page.keyboard.type('all');
      await page.keyboard.press('Enter');
      const other = await agent.host.attach(opened.id);
      await other.shows('after all');
    });
  });

  test('a session ends, is resumed and removed; ending asks first', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'invoices' });
      await goTo(page, `#/sessions/${opened.id}`);
      await terminalLive(page);
      await page.getByRole('button', { name: 'End', exact: true }).click();
      const question = page.getByRole('alertdialog', { name: 'End invoices?' });
      await question.waitFor();
      await expectAccessible(page);
      await shot(page, 'session-end');
      await page.keyboard.press('Escape');
      expect(agent.inputs('sessions.kill')).toEqual([]);
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await question.getByRole('button', { name: 'End' }).click();
      await page.getByRole('button', { name: 'Resume' }).waitFor();
      await shot(page, 'session-ended');
      await page.getByRole('button', { name: 'Resume' }).click();
      await terminalLive(page);
      expect(agent.inputs('sessions.resume').map((i) => i.id)).toEqual([opened.id]);
      agent.refuse.set('sessions.kill', new BedrockTrayError('SessionUnknown', { session: 'gone' }));
      await page.getByRole('button', { name: 'End', exact: true }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'End' }).click();
      await page.getByText('There is no Claude Code session gone.', { exact: false }).waitFor();
    });
  });

  test('keys: Shift+Enter, Ctrl+C, paste in brackets; answers to old queries are not sent again', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      // Asks the terminal for its attributes (an answer would come as input), then shows what it is sent.
      const script = "printf '\\033[c\\033[?2004hasked\\r\\n'; stty raw -echo; exec cat -v";
      const opened = await agent.open({ name: 'keys' }, script);
      const other = await agent.host.attach(opened.id);
      await other.shows('asked');
      await goTo(page, `#/sessions/${opened.id}`);
      await terminalLive(page);
      await page.keyboard.press('Shift+Enter');
      await other.shows('^[[13;2u');
      await page.keyboard.press('Control+c');
      await other.shows('^C');
      await page.evaluate(() => navigator.clipboard.writeText('two\nlines'));
      await page.keyboard.press('Control+v');
      await other.shows(/\^\[\[200~two[\s\S]*lines\^\[\[201~/);
      expect(other.text).not.toMatch(/\^\[\[\?\d+(;\d+)*c/);
    });
  });

  test('the terminal draws without inline style elements, by WebGL or DOM, and survives a lost context', async () => {
    const colourOf = (word: string) => {
      const spans = [...document.querySelectorAll('.xterm-rows span')];
      const span = spans.find((s) => s.textContent?.includes(word));
      return span ? getComputedStyle(span).color : null;
    };
    await pages.withPage(
      ready({ settings: Settings.parse({ terminal: { renderer: 'webgl' } }) }),
      async (page, agent) => {
        const opened = await agent.open(
          { name: 'drawn' },
          "printf '\\033[31mcrimson\\033[0m \\033[38;2;10;90;20mfir\\033[0m\\r\\n'; exec cat",
        );
        await goTo(page, `#/sessions/${opened.id}`);
        await terminalLive(page);
        // The graphics context is taken away, as a system does that is short of them.
        await page.waitForFunction(() => document.querySelectorAll('.xterm-screen canvas').length > 1);
        await page.evaluate(() => {
          for (const canvas of document.querySelectorAll<HTMLCanvasElement>('.xterm-screen canvas'))
            canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
        });
        await page.locator('.xterm-rows').getByText('crimson').waitFor();
        await expect.poll(() => page.evaluate(colourOf, 'crimson')).toBe('rgb(176, 42, 32)');
        expect(await page.evaluate(colourOf, 'fir')).toBe('rgb(10, 90, 20)');
        await page.keyboard.type('still here');
        await page.locator('.xterm-rows').getByText('still here').waitFor();
      },
    );
  });
});
