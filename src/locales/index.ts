import { createInstance, type i18n } from 'i18next';
import type { Finding } from '../contract/doctor.ts';
import type { ErrorView } from '../contract/errors.ts';
import type { Language } from '../contract/settings.ts';
import type { ProfileNote } from '../contract/state.ts';
import { agent as agentEn } from './en/agent.ts';
import { cli as cliEn } from './en/cli.ts';
import { doctor as doctorEn } from './en/doctor.ts';
import { errors as errorsEn } from './en/errors.ts';
import { firstRun as firstRunEn } from './en/first-run.ts';
import { models as modelsEn } from './en/models.ts';
import { notes as notesEn } from './en/notes.ts';
import { notices as noticesEn } from './en/notices.ts';
import { page as pageEn } from './en/page.ts';
import { policies as policiesEn } from './en/policies.ts';
import { sessions as sessionsEn } from './en/sessions.ts';
import { settings as settingsEn } from './en/settings.ts';
import { setup as setupEn } from './en/setup.ts';
import { terminal as terminalEn } from './en/terminal.ts';
import { tray as trayEn } from './en/tray.ts';
import { troubles as troublesEn } from './en/troubles.ts';
import { upkeep as upkeepEn } from './en/upkeep.ts';
import { usage as usageEn } from './en/usage.ts';
import { agent as agentZh } from './zh-CN/agent.ts';
import { cli as cliZh } from './zh-CN/cli.ts';
import { doctor as doctorZh } from './zh-CN/doctor.ts';
import { errors as errorsZh } from './zh-CN/errors.ts';
import { firstRun as firstRunZh } from './zh-CN/first-run.ts';
import { models as modelsZh } from './zh-CN/models.ts';
import { notes as notesZh } from './zh-CN/notes.ts';
import { notices as noticesZh } from './zh-CN/notices.ts';
import { page as pageZh } from './zh-CN/page.ts';
import { policies as policiesZh } from './zh-CN/policies.ts';
import { sessions as sessionsZh } from './zh-CN/sessions.ts';
import { settings as settingsZh } from './zh-CN/settings.ts';
import { setup as setupZh } from './zh-CN/setup.ts';
import { terminal as terminalZh } from './zh-CN/terminal.ts';
import { tray as trayZh } from './zh-CN/tray.ts';
import { troubles as troublesZh } from './zh-CN/troubles.ts';
import { upkeep as upkeepZh } from './zh-CN/upkeep.ts';
import { usage as usageZh } from './zh-CN/usage.ts';

const en = {
  agent: agentEn,
  cli: cliEn,
  errors: errorsEn,
  firstRun: firstRunEn,
  notes: notesEn,
  notices: noticesEn,
  page: pageEn,
  sessions: sessionsEn,
  settings: settingsEn,
  setup: setupEn,
  terminal: terminalEn,
  tray: trayEn,
  doctor: doctorEn,
  models: modelsEn,
  policies: policiesEn,
  troubles: troublesEn,
  usage: usageEn,
  upkeep: upkeepEn,
} as const;
const zhCN: Record<keyof typeof en, Record<string, string>> = {
  agent: agentZh,
  cli: cliZh,
  errors: errorsZh,
  firstRun: firstRunZh,
  notes: notesZh,
  notices: noticesZh,
  page: pageZh,
  sessions: sessionsZh,
  settings: settingsZh,
  setup: setupZh,
  terminal: terminalZh,
  tray: trayZh,
  doctor: doctorZh,
  models: modelsZh,
  policies: policiesZh,
  troubles: troublesZh,
  usage: usageZh,
  upkeep: upkeepZh,
};

/** All words, by language and namespace: for i18next and for the tests that compare the two. */
export const resources = { en, 'zh-CN': zhCN } as const;
export type ShownLanguage = keyof typeof resources;
export type Namespace = keyof typeof en;
type Keys<N extends Namespace> = keyof (typeof en)[N] & string;
/** `namespace:key`; plural forms are given as their stem (i18next `_one`, `_other`). */
type Stem<K extends string> = K extends `${infer S}_one` | `${infer S}_other` ? S | K : K;
export type MessageKey = { [N in Namespace]: `${N}:${Stem<Keys<N>>}` }[Namespace];

export interface Translator {
  language: ShownLanguage;
  /** The message for a key, with parameters filled in as plain text. */
  t(key: MessageKey, params?: Readonly<Record<string, string | number>>): string;
  /** The sentence for an error. */
  error(view: ErrorView): string;
  /** The sentence for a note on a profile. */
  note(note: ProfileNote): string;
  /** What the doctor found, and what to do about it where a sentence says so (its remedies are buttons or commands). */
  finding(finding: Pick<Finding, 'code' | 'params'>): { cause: string; advice: string | null };
}

/** The language to show: the setting, or the system's own (BCP 47 or POSIX form); English where we have no words for it. */
export function shownLanguage(setting: Language, system: string | undefined): ShownLanguage {
  if (setting !== 'system') return setting;
  return system && /^zh\b|^zh[_-]/i.test(system) ? 'zh-CN' : 'en';
}

/** The system's language as POSIX variables name it (LC_ALL, LC_MESSAGES, LANG). */
export function systemLanguage(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.LC_ALL || env.LC_MESSAGES || env.LANG;
}

export function createTranslator(language: ShownLanguage): Translator {
  const instance: i18n = createInstance();
  void instance.init({
    lng: language,
    fallbackLng: 'en',
    resources,
    ns: Object.keys(en),
    initAsync: false,
    interpolation: { escapeValue: false },
    showSupportNotice: false,
  } as Parameters<i18n['init']>[0]);
  const t = (key: string, params?: Readonly<Record<string, string | number>>): string =>
    instance.t(key, { ...params }) as string;
  /** The budget's period is a word of ours: it is said as its notification says it. */
  const periodSaid = (params: ErrorView['params']): ErrorView['params'] => {
    const said = { day: 'budgetToday', week: 'budgetThisWeek', month: 'budgetThisMonth' } as const;
    const period = said[params.period as keyof typeof said] as string | undefined;
    return period === undefined ? params : { ...params, period: t(`notices:${period}`) };
  };
  return {
    language,
    t: (key, params) => t(key, params),
    error: ({ code, params }) => t(`errors:${code}`, code === 'BudgetReached' ? periodSaid(params) : params),
    note: (note) => t(`notes:${note.code}`, note.params),
    finding: ({ code, params }) => ({
      cause: t(`${code in errorsEn ? 'errors' : 'doctor'}:${code}`, params),
      advice: `${code}Remedy` in doctorEn ? t(`doctor:${code}Remedy`, params) : null,
    }),
  };
}
