import { type SettingEntry, type SettingKind, settingFits } from './settings-catalog.ts';

/** Values of settings as a person types and reads them in a terminal. Pure; on, off and none are the same in every language. */

const NONE = 'none';
const yes = ['on', 'true', 'yes'];
const no = ['off', 'false', 'no'];

const twoDigits = (n: number): string => String(n).padStart(2, '0');
/** Minutes since midnight as HH:MM, and back; null where it is no time of the day. */
export const timeText = (minutes: number): string =>
  `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
export function timeOf(text: string): number | null {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** One line. */
export function settingText({ takes }: Pick<SettingEntry, 'takes'>, value: unknown): string {
  if (value === null || value === undefined) return NONE;
  switch (takes.kind) {
    case 'boolean':
      return value ? 'on' : 'off';
    case 'hours': {
      const { from, to } = value as { from: number; to: number };
      return `${timeText(from)}-${timeText(to)}`;
    }
    case 'cap': {
      const { usd, stop } = value as { usd: number; stop: boolean };
      return stop ? `${usd} stop` : String(usd);
    }
    case 'names':
      return (value as string[]).length === 0 ? NONE : (value as string[]).join(', ');
    case 'map':
      return Object.keys(value as object).length === 0 ? NONE : JSON.stringify(value);
    default:
      return String(value);
  }
}

function read(takes: SettingKind, text: string): unknown {
  const given = text.trim();
  if (takes.none && [NONE, 'null', ''].includes(given.toLowerCase())) return null;
  switch (takes.kind) {
    case 'boolean':
      if (yes.includes(given.toLowerCase())) return true;
      return no.includes(given.toLowerCase()) ? false : undefined;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : undefined;
    case 'hours': {
      const [from, to, ...more] = given.split(/\s*[-–]\s*/).map(timeOf);
      return more.length > 0 || from == null || to == null || from === to ? undefined : { from, to };
    }
    case 'cap': {
      const [, usd, stop] = /^(\d+(?:\.\d+)?)(\s+stop)?$/i.exec(given) ?? [];
      return usd === undefined ? undefined : { usd: Number(usd), stop: stop !== undefined };
    }
    case 'names':
      if ([NONE, ''].includes(given.toLowerCase())) return [];
      return given.split(',').map((name) => name.trim());
    case 'map':
      if ([NONE, ''].includes(given.toLowerCase())) return {};
      try {
        return JSON.parse(given);
      } catch {
        return undefined;
      }
    case 'text':
      return text;
    default:
      return given;
  }
}

/** The value that a text means for a setting; `fits` false where it means none that the contract takes. */
export function settingOf(
  { path, takes }: Pick<SettingEntry, 'path' | 'takes'>,
  text: string,
): { fits: true; value: unknown } | { fits: false } {
  const value = read(takes, text);
  return value === undefined || !settingFits(path, value) ? { fits: false } : { fits: true, value };
}
