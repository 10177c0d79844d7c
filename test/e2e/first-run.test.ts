/**
 * The first run as a new user has it, on real parts: an empty HOME, the tray's window on the real Electron, the real
 * sign-in page in Chromium, the real Claude Code up to its first answer. Every input and the seconds are counted, in
 * both languages. What Claude Code itself asks (theme, security notes, trust) is left to the person and counted apart.
 */

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { findClaude } from '../support/claude.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { terminalShows, terminalText } from '../support/page/terminal-text.ts';
import { ask, type ClaudeDesktop, startClaudeDesktop } from './support/claude-desktop.ts';

const missing = desktopMissing() ?? (findClaude() ? undefined : 'Claude Code is not installed for tests');
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'first-run');

interface Counted {
  language: string;
  /** What was done, in order: whose window, what. */
  inputs: { where: 'window' | 'browser' | 'Claude Code'; what: string }[];
  /** From the window in sight to Claude's first answer. */
  seconds: number;
  /** Of them, until Claude Code was opened. */
  toClaude: number;
}
const runs: Counted[] = [];

/** Words by which a person finds the way. */
const languages = {
  en: {
    lang: 'C.UTF-8',
    portal: 'Where do you sign in to AWS?',
    roles: 'Which role may use Bedrock?',
    bedrock: 'Where should the models run?',
    checked: 'Everything works',
    open: 'Open Claude Code',
    role: 'BedrockDeveloper, Sandbox Development',
  },
  'zh-CN': {
    lang: 'zh_CN.UTF-8',
    portal: '您在哪里登录 AWS？',
    roles: '哪个角色可以使用 Bedrock？',
    bedrock: '模型在哪里运行？',
    checked: '一切正常',
    open: '打开 Claude Code',
    role: 'BedrockDeveloper, Sandbox Development',
  },
} as const;

/** What Claude Code asks on a new computer, and the keys that answer it as most people do. */
const claudesOwn = [
  { about: 'theme', shows: /Choose the text style|Dark mode|text style that looks best/i, keys: ['Enter'] },
  { about: 'security notes', shows: /Security notes|Press Enter to continue/i, keys: ['Enter'] },
  { about: 'terminal setup', shows: /Use Claude Code's terminal setup/i, keys: ['Enter'] },
  {
    about: 'trust',
    shows: /trust (the files in )?this folder|Is this a project you/i,
    keys: ['ArrowDown', 'Enter'],
  },
] as const;

describe.skipIf(missing !== undefined)(`a first run: ${missing ?? describeElectron(findElectron())}`, () => {
  let place: ClaudeDesktop | undefined;
  let shown: Page | undefined;
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await shown?.screenshot({ path: join(artefacts, 'failed.png') }).catch(() => undefined);
    await place?.stop();
  });
  afterAll(() => {
    for (const { language, inputs, seconds, toClaude } of runs) {
      const of = (where: string) => inputs.filter((i) => i.where === where).map((i) => i.what);
      console.info(
        [
          `first run, ${language}: ${inputs.length} inputs, ${seconds.toFixed(1)} s to Claude’s first answer (${toClaude.toFixed(1)} s until Claude Code was opened)`,
          ...(['window', 'browser', 'Claude Code'] as const).map(
            (where) => `  ${where}: ${of(where).length} (${of(where).join('; ')})`,
          ),
        ].join('\n'),
      );
    }
  });

  test.each(['en', 'zh-CN'] as const)(
    'from an empty HOME to Claude’s first answer, in %s',
    async (language) => {
      const say = languages[language];
      mkdirSync(artefacts, { recursive: true });
      place = await startClaudeDesktop({ fresh: true, desktop: { lang: say.lang } });
      const { desktop, sandbox } = place;
      // An AWS CLI that tells when it is used.
      const aws = join(desktop.home, 'bin', 'aws');
      writeFileSync(aws, '#!/bin/sh\necho "$*" >> "$HOME/aws-was-used"\necho "aws-cli/2.31.0 Python/3.13"\n');
      chmodSync(aws, 0o755);
      expect(existsSync(join(desktop.home, '.aws'))).toBe(false);

      const page = await place.window();
      shown = page;
      page.setDefaultTimeout(30_000);
      const inputs: Counted['inputs'] = [];
      const from = performance.now();
      const shot = (name: string) =>
        page.screenshot({ path: join(artefacts, `${language}-${name}.png`), animations: 'disabled' });
      const type = async (what: string, text: string): Promise<void> => {
        inputs.push({ where: 'window', what });
        await page.keyboard.type(text);
      };
      const press = async (key: string, where: 'window' | 'Claude Code' = 'window', what = key) => {
        inputs.push({ where, what });
        await page.keyboard.press(key);
      };
      const at = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

      await at(say.portal);
      await page.getByRole('textbox').waitFor();
      await shot('1-portal');
      await type('the start URL', sandbox.startUrl);
      await press('Enter');
      await place.allow(async (person, step) => {
        if (step === 'asked') {
          await person.getByRole('button', { name: 'Allow' }).waitFor();
          inputs.push({ where: 'browser', what: 'Allow' });
        }
      });
      await at(say.roles);
      await page.getByRole('treeitem', { name: say.role }).waitFor();
      await shot('3-roles');
      // The first role has the keyboard after one Tab.
      await press('Tab');
      await press('Enter', 'window', 'Enter on the role');
      await at(say.bedrock);
      await shot('4-bedrock');
      await press('Enter');
      await at(say.checked);
      await shot('5-checked');
      await press('Enter');
      await at(say.open);
      await shot('6-open');
      await press('Enter');
      const toClaude = (performance.now() - from) / 1000;

      await page.locator('.terminal-host[data-state=live]').waitFor();
      const answered = new Set<string>();
      for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
        const text = await terminalText(page);
        if (/Claude Code v[\s\S]*^❯ *$/m.test(text) && answered.has('trust')) break;
        const asked = claudesOwn.find((d) => d.shows.test(text) && !answered.has(d.about));
        if (!asked) {
          await page.waitForTimeout(100);
          continue;
        }
        answered.add(asked.about);
        await shot(`7-claude-${asked.about.replace(' ', '-')}`);
        // A person has read it by then. In its first moments it takes an arrow's bytes for an Esc, and nothing tells
        // when they are over.
        await page.waitForTimeout(asked.about === 'trust' ? 2_500 : 700);
        for (const key of asked.keys) {
          await press(key, 'Claude Code', `${asked.about}: ${key}`);
          if (key === 'ArrowDown') await terminalShows(page, /❯ Yes, I trust/);
        }
      }
      await shot('8-claude');
      inputs.push({ where: 'Claude Code', what: 'the question' }, { where: 'Claude Code', what: 'Enter' });
      await ask(page, 'hello');
      await terminalShows(page, 'Sandbox heard: "hello"');
      const seconds = (performance.now() - from) / 1000;
      await shot('9-answer');
      runs.push({ language, inputs, seconds, toClaude });

      expect(seconds).toBeLessThan(120);
      expect(inputs.filter((i) => /URL/.test(i.what))).toHaveLength(1);
      const used = join(desktop.home, 'aws-was-used');
      const calls = existsSync(used) ? readFileSync(used, 'utf8').trim().split('\n') : [];
      // It is looked for, and nothing is asked of it.
      expect(calls.filter((line) => line !== '--version')).toEqual([]);
      const config = readFileSync(join(desktop.home, '.aws', 'config'), 'utf8');
      expect(config).toContain(`sso_start_url = ${sandbox.startUrl}`);
      expect(config).toContain('sso_role_name = BedrockDeveloper');
      const state = await place.status();
      expect(state.settings.setupDone).toBe(true);
      // The agent makes the first environment by itself: that is the one, not another.
      expect(state.environments.map((e) => e.name)).toEqual(['Sandbox-Development-BedrockDeveloper']);
      expect(state.sessions).toMatchObject([{ state: 'running', program: 'claude', cwd: desktop.home }]);
      // Every request was signed with what the agent had from the role that was chosen.
      const asked = await sandbox.requests({ service: 'bedrock-runtime' });
      const issued = new Set((await sandbox.issued()).map((k) => k.accessKeyId));
      expect(asked.length).toBeGreaterThan(0);
      for (const r of asked) expect(issued).toContain(r.accessKeyId);
    },
    // What is promised is measured; this has the desktop's own start in it as well.
    240_000,
  );
});
