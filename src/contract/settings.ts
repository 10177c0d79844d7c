import * as z from 'zod';
import { ModelRates } from './bedrock.ts';
import { CostCap } from './cost-cap.ts';
import { AbsolutePath, Accelerator, SectionName } from './names.ts';

export const Language = z.enum(['system', 'en', 'zh-CN']);
export type Language = z.infer<typeof Language>;

/** A browser found on this machine, and one of its profiles where it has several. */
export const BrowserChoice = z.object({
  browser: z.string().max(64),
  profile: z.string().max(256).nullable(),
});
export type BrowserChoice = z.infer<typeof BrowserChoice>;

/** Global keys by what they do. */
export const hotkeyNames = ['needsYou', 'openClaude'] as const;
export type HotkeyName = (typeof hotkeyNames)[number];

/** Minutes since local midnight; `from` after `to`: over midnight. */
export const QuietHours = z.object({
  from: z.number().int().min(0).max(1439),
  to: z.number().int().min(0).max(1439),
});
export type QuietHours = z.infer<typeof QuietHours>;

/** Settings that every shell shows alike; they live in the agent. */
export const Settings = z.object({
  /** Words of tray, page, CLI and callback page. */
  language: Language.default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Keep SSO session and credentials alive while no shell and no Claude session is open. */
  keepAlive: z.boolean().default(true),
  /** Open the browser by itself when a sign-in is needed (never by default). */
  openBrowserAutomatically: z.boolean().default(false),
  /** Which AWS identity shell commands inside Claude see (docs/security.md). */
  identityMode: z.enum(['bedrock-only', 'whole-session']).default('bedrock-only'),
  notifications: z
    .object({
      signInNeeded: z.boolean().default(true),
      endingSoon: z.boolean().default(true),
      /** Claude Code asks something. */
      needsYou: z.boolean().default(true),
      /** Claude Code has finished. */
      done: z.boolean().default(false),
      /** A session comes near its cost cap, or an environment its budget. */
      budget: z.boolean().default(true),
      /** Signed in again, after a prompt that was answered elsewhere. */
      signedIn: z.boolean().default(true),
      /** AWS cannot be reached for long. */
      offline: z.boolean().default(true),
      /** Nothing is shown between these times of the day; what still holds is shown afterwards. */
      quiet: QuietHours.nullable().default(null),
    })
    .prefault({}),
  /** Global keys in Electron's accelerator form; null: none. */
  hotkeys: z
    .object({
      /** Opens the session that has been waiting for its person longest. */
      needsYou: Accelerator.nullable().default('CommandOrControl+Alt+J'),
      /** Opens Claude Code in the folder used last. */
      openClaude: Accelerator.nullable().default('CommandOrControl+Alt+O'),
    })
    .prefault({}),
  sessions: z
    .object({
      /** Where a session that is opened is shown: our window, or the person's own terminal. */
      showIn: z.enum(['window', 'terminal']).default('window'),
      /** One of `terminals.list`; null: the platform's. */
      terminal: z.string().max(64).nullable().default(null),
      /** One of `editors.list`, for links to files; null: the first that is found. */
      editor: z.string().max(64).nullable().default(null),
      /** Cap that a new session begins with. */
      cap: CostCap.nullable().default(null),
      /** Price of a regional inference profile over a global one, where the price table does not say. */
      regionalPriceFactor: z.number().min(1).max(3).default(1.1),
    })
    .prefault({}),
  updates: z
    .object({
      /** `ask`: looks for updates and says so. `automatic`: downloads too, and installs when the tray ends. `off`: never looks. */
      mode: z.enum(['ask', 'automatic', 'off']).default('ask'),
      channel: z.enum(['stable', 'beta']).default('stable'),
    })
    .prefault({}),
  /** The first run's steps were finished, or left for good. */
  setupDone: z.boolean().default(false),
  /** Which of the browsers found here (`browsers.list`) opens an SSO session's sign-in; without an entry: the system's. */
  signInBrowsers: z.record(z.string(), BrowserChoice).default({}),
  /** SSO sessions whose token is kept in our own encrypted store only: other AWS tools do not see that sign-in. */
  privateTokens: z.array(z.string()).default([]),
  /** Keep role credentials encrypted on disk too, so that a restarted agent serves at once. */
  encryptedCache: z.boolean().default(false),
  /** Prices that a person knows better, by model without prefix and date (`claude-opus-5-5`): a contract's, or one that no table has. */
  prices: z.record(z.string().max(200), ModelRates).default({}),
  /** Claude Code's executable, when the one on the login shell's PATH is not wanted. */
  claudePath: AbsolutePath.nullable().default(null),
  terminal: z
    .object({
      fontFamily: z.string().max(200).default(''),
      fontSize: z.number().int().min(6).max(48).default(13),
      scrollback: z.number().int().min(0).max(100_000).default(10_000),
      screenReader: z.boolean().default(false),
      renderer: z.enum(['auto', 'webgl', 'dom']).default('auto'),
      /** `app`: as the rest of the page. */
      theme: z.enum(['app', 'light', 'dark', 'high-contrast']).default('app'),
      copyOnSelect: z.boolean().default(false),
      ligatures: z.boolean().default(false),
      /** What a program in the terminal may write to the clipboard (OSC 52). It may never read it. */
      clipboardWrite: z.enum(['ask', 'allow', 'deny']).default('ask'),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof Settings>;

/** A section of the settings as it is given in a change: whole. */
function whole<S extends Record<string, z.ZodDefault>>(section: z.ZodPrefault<z.ZodObject<S>>) {
  const fields = Object.entries(section.unwrap().shape).map(([name, field]) => [name, field.unwrap()]);
  return z.object(Object.fromEntries(fields) as { [K in keyof S]: ReturnType<S[K]['unwrap']> });
}

const { shape } = Settings;

/** A change: top-level keys replace whole values; nested objects are given whole. */
export const SettingsPatch = z
  .object({
    language: Language,
    theme: shape.theme.unwrap(),
    keepAlive: z.boolean(),
    openBrowserAutomatically: z.boolean(),
    identityMode: shape.identityMode.unwrap(),
    notifications: whole(shape.notifications),
    hotkeys: whole(shape.hotkeys),
    sessions: whole(shape.sessions),
    updates: whole(shape.updates),
    setupDone: z.boolean(),
    signInBrowsers: z.record(SectionName, BrowserChoice),
    privateTokens: z.array(SectionName).max(1000),
    encryptedCache: z.boolean(),
    prices: shape.prices.unwrap(),
    claudePath: AbsolutePath.nullable(),
    terminal: whole(shape.terminal),
  })
  .partial()
  .strict();
export type SettingsPatch = z.infer<typeof SettingsPatch>;
