import { expect } from 'vitest';
import type { CallName, ModelOffer, Snapshot } from '../../../src/contract/index.ts';
import type { MenuAction, MenuEntry } from '../../../src/domain/menu/menu-entries.ts';
import { menuModel } from '../../../src/domain/menu/menu-model.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { modelsFrom } from '../../../src/tray/models-from.ts';
import { say } from '../../../src/tray/say.ts';
import type { ScriptedAgent } from './scripted-agent.ts';
import type { TrayApp } from './tray-app.ts';

const en = createTranslator('en');

/** An entry that can be pressed, by its labels from the top. */
export interface Leaf {
  path: string[];
  action: MenuAction;
}

/** The menu that the model makes of what an agent shows, with the lists that the scripted agent answers. */
export async function modelOf(agent: ScriptedAgent, userHome: string): Promise<readonly MenuEntry[]> {
  const answer = (name: CallName) => agent.answer(name) as Record<string, never>;
  return menuModel({
    link: 'connected',
    snapshot: agent.snapshot,
    now: Date.now(),
    regions: answer('regions.list').regions ?? null,
    models: answer('models.list').models ?? null,
    modelsFrom: modelsFrom(agent.answer('models.list') as ModelOffer, 'en'),
    accounts: answer('accounts.list').accounts ?? null,
    platform: 'linux',
    userHome,
  }).entries;
}

/** Every entry of a menu that can be pressed. */
export function leavesOf(entries: readonly MenuEntry[], above: readonly string[] = []): Leaf[] {
  return entries.flatMap((entry): Leaf[] => {
    if (entry.kind === 'separator' || entry.kind === 'label') return [];
    const path = [...above, say(en, entry.label)];
    if (entry.kind === 'submenu') return leavesOf(entry.entries, path);
    return entry.kind === 'action' && !entry.enabled ? [] : [{ path, action: entry.action }];
  });
}

/** What main does to the outside, written down instead of done. */
interface Outside {
  opened: string[];
  asked: string[];
  response: number;
  folder: string;
}

/** Puts a note-taker in the place of the system's dialogs and the browser. */
export async function watchOutside({ launched }: TrayApp): Promise<void> {
  await launched.app.evaluate(({ dialog, shell }) => {
    const outside: Outside = { opened: [], asked: [], response: 0, folder: '/srv/chosen' };
    Object.assign(globalThis, { outside });
    shell.openExternal = (async (url: string) => void outside.opened.push(url)) as never;
    dialog.showMessageBox = (async (...given: unknown[]) => {
      outside.asked.push((given.at(-1) as Electron.MessageBoxOptions).message);
      return { response: outside.response, checkboxChecked: false };
    }) as never;
    dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: [outside.folder] })) as never;
  });
}

const outsideOf = ({ launched }: TrayApp): Promise<Outside> =>
  launched.app.evaluate(() => (globalThis as unknown as { outside: Outside }).outside);

const answerWith = ({ launched }: TrayApp, response: number): Promise<void> =>
  launched.app.evaluate((_, chosen) => {
    (globalThis as unknown as { outside: Outside }).outside.response = chosen;
  }, response);

/** How things stood before an entry was pressed. */
interface Before {
  calls: number;
  opened: number;
  asked: number;
}

/** Writes down how things stand, and takes an open window to where no entry leads. */
export async function before(tray: TrayApp): Promise<Before> {
  await answerWith(tray, 0);
  const { opened, asked } = await outsideOf(tray);
  await tray.launched.app.windows()[0]?.evaluate(() => {
    location.hash = '#/history';
  });
  await tray.launched.app.evaluate(({ clipboard }) => clipboard.clear());
  return { calls: tray.agent.calls.length, opened: opened.length, asked: asked.length };
}

type Check<T extends MenuAction['type']> = (
  action: Extract<MenuAction, { type: T }>,
  tray: TrayApp,
  was: Before,
) => Promise<void>;

async function called(tray: TrayApp, was: Before, name: CallName, input: object): Promise<void> {
  await expect
    .poll(() => tray.agent.calls.slice(was.calls).find((c) => c.name === name)?.input)
    .toMatchObject(input);
}

const opened = async (tray: TrayApp, was: Before, url: string): Promise<void> => {
  await expect.poll(async () => (await outsideOf(tray)).opened.slice(was.opened)).toEqual([url]);
};

const windowAt = async (tray: TrayApp, place: string): Promise<void> => {
  const page = await tray.page();
  await expect.poll(() => page.url()).toBe(`app://bedrock-tray/index.html#/${place}`);
};

/** A session that was opened is shown. */
async function sessionOpened(tray: TrayApp, was: Before, cwd: string): Promise<void> {
  await called(tray, was, 'sessions.open', { cwd });
  await windowAt(tray, `sessions/${tray.agent.snapshot.sessions.at(-1)?.id}`);
}

/** What each kind of entry does, seen from outside; a new kind does not compile until it says so here. */
export const acts: { [T in Exclude<MenuAction['type'], 'startAgent'>]: Check<T> } = {
  signIn: ({ ssoSession }, tray, was) => called(tray, was, 'signIn.start', { ssoSession, renew: false }),
  cancelSignIn: ({ id }, tray, was) => called(tray, was, 'signIn.cancel', { id }),
  openSignInPage: ({ url }, tray, was) => opened(tray, was, url),
  openConsole: async ({ url }, tray, was) => {
    expect(url).toBe(
      'https://corp.awsapps.com/start/#/console?account_id=123456789012&role_name=BedrockDeveloper',
    );
    await opened(tray, was, url);
  },
  signOut: ({ ssoSession }, tray, was) => called(tray, was, 'signOut', { ssoSession }),
  renewSignIn: async ({ ssoSession }, tray, was) => {
    await called(tray, was, 'signIn.start', { ssoSession, renew: true });
    expect((await outsideOf(tray)).asked.slice(was.asked)).toEqual([
      expect.stringContaining(`signed out of ${ssoSession} first`),
    ]);
  },
  snooze: ({ minutes }, tray, was) => called(tray, was, 'prompt.snooze', { minutes }),
  retry: (_, tray, was) => called(tray, was, 'profiles.list', {}),
  openClaude: ({ cwd }, tray, was) => sessionOpened(tray, was, cwd),
  chooseFolder: (_, tray, was) => sessionOpened(tray, was, '/srv/chosen'),
  openSession: ({ id }, tray) => windowAt(tray, `sessions/${id}`),
  answer: ({ id, request, decision }, tray, was) =>
    called(tray, was, 'sessions.answer', { id, request, decision }),
  useEnvironment: ({ name }, tray, was) => called(tray, was, 'environments.use', { name }),
  setRegion: ({ region }, tray, was) => called(tray, was, 'environments.update', { name: 'work', region }),
  setModel: ({ model }, tray, was) => called(tray, was, 'environments.update', { name: 'work', model }),
  copy: async ({ text }, { launched }) => {
    await expect.poll(() => launched.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(text);
  },
  openWindow: ({ place }, tray) => windowAt(tray, place),
  update: ({ wish }, tray, was) =>
    called(tray, was, 'update.wish', { wish, now: tray.agent.snapshot.update.state === 'held' }),
  quit: async (_, tray, was) => {
    await expect
      .poll(async () => (await outsideOf(tray)).asked.slice(was.asked))
      .toEqual([expect.stringMatching(/Claude Code sessions? (is|are) open/)]);
  },
};

/**
 * Presses every entry of a scene's menu and looks at what each does. `press`: how an entry is pressed on this host.
 * `pressed`: entries that were pressed in an earlier scene are not pressed again; those of this one are added, with
 * the kind of each. `again`: how many presses the host itself may lose on a busy
 * machine, in all.
 */
export async function pressEverything(
  tray: TrayApp,
  scene: (at: number) => Snapshot,
  press: (path: readonly string[]) => Promise<void>,
  pressed: Map<string, MenuAction['type']>,
  again = 0,
): Promise<void> {
  const { agent, desktop } = tray;
  const settled = async (): Promise<Leaf[]> => {
    const entries = await modelOf(agent, desktop.home);
    const labels = JSON.stringify(labelsOf(entries));
    await desktop.tray.waitForMenu((menu) => JSON.stringify(labelsOfShown(menu)) === labels);
    return leavesOf(entries);
  };
  const show = async (): Promise<Leaf[]> => {
    agent.show(scene(Date.now()));
    return settled();
  };
  let left = again;
  const pressOne = async (n: number): Promise<Leaf> => {
    const leaf = (await show())[n] as Leaf;
    const { path, action } = leaf;
    const was = await before(tray);
    // Quitting is asked about, and cancelled.
    if (action.type === 'quit') await answerWith(tray, 2);
    try {
      await press(path);
      if (action.type === 'startAgent') throw new Error('an agent is there');
      await (acts[action.type] as unknown as Check<never>)(action as never, tray, was);
      return leaf;
    } catch (error) {
      if (left > 0) {
        left -= 1;
        console.warn(`pressed once more: ${path.join(' > ')}`);
        return pressOne(n);
      }
      throw new Error(`${path.join(' > ')}: ${(error as Error).message}`, { cause: error });
    }
  };
  const wanted = (await show()).map((leaf) => !pressed.has(JSON.stringify(leaf)));
  for (const [n, isNew] of wanted.entries()) {
    if (!isNew) continue;
    const leaf = await pressOne(n);
    pressed.set(JSON.stringify(leaf), leaf.action.type);
  }
}

type Labels = (string | [string, Labels])[];

function labelsOf(entries: readonly MenuEntry[]): Labels {
  return entries.map((e) => {
    if (e.kind === 'separator') return '';
    return e.kind === 'submenu' ? [say(en, e.label), labelsOf(e.entries)] : say(en, e.label);
  });
}

interface Shown {
  label: string;
  children?: readonly Shown[];
}

const labelsOfShown = (menu: readonly Shown[]): Labels =>
  menu.map((e) => (e.children ? [e.label, labelsOfShown(e.children)] : e.label));
