import type { UsageRow } from '../../../src/contract/usage.ts';
import type { Words } from './app-context.tsx';
import { modelLabel } from './model-label.ts';
import { plainText, shortPath } from './plain-text.ts';
import { type DayRange, utcOf } from './usage-range.ts';
import type { Division } from './usage-series.ts';

/** Figures, money and days of usage as the person's language writes them. */
export interface UsageWords {
  /** "$12.34"; what is less than half a cent is said to be less than a cent. */
  money(usd: number): string;
  /** "$12" where cents say nothing: at an axis. */
  moneyShort(usd: number): string;
  /** "1.2M", "123万". */
  tokens(count: number): string;
  count(value: number): string;
  percent(share: number): string;
  /** "Nov 22", with the year where it is not this one. */
  day(day: string): string;
  /** "Sat, Nov 22". */
  dayLong(day: string): string;
  month(day: string): string;
  range(range: DayRange): string;
  bytes(count: number): string;
  compare(a: string, b: string): number;
}

const made = new Map<string, UsageWords>();

export function usageWords(language: Words['language'], thisYear: number): UsageWords {
  const key = `${language} ${thisYear}`;
  const known = made.get(key) ?? make(language, thisYear);
  made.set(key, known);
  return known;
}

function make(language: Words['language'], thisYear: number): UsageWords {
  const usd = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  const full = new Intl.NumberFormat(language, usd);
  const whole = new Intl.NumberFormat(language, { ...usd, maximumFractionDigits: 0 });
  const compactMoney = new Intl.NumberFormat(language, {
    ...usd,
    notation: 'compact',
    maximumFractionDigits: 1,
  });
  // "475.7M", "4757万": four digits say enough.
  const compact = new Intl.NumberFormat(language, {
    notation: 'compact',
    maximumFractionDigits: 1,
    maximumSignificantDigits: 4,
    roundingPriority: 'lessPrecision',
  } as Intl.NumberFormatOptions);
  const plain = new Intl.NumberFormat(language);
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const sizes = { style: 'unit', unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  const kilobytes = new Intl.NumberFormat(language, { ...sizes, unit: 'kilobyte' });
  const megabytes = new Intl.NumberFormat(language, { ...sizes, unit: 'megabyte' });
  const gigabytes = new Intl.NumberFormat(language, { ...sizes, unit: 'gigabyte' });
  const utc = { timeZone: 'UTC' } as const;
  const date = new Intl.DateTimeFormat(language, { ...utc, month: 'short', day: 'numeric' });
  const dated = new Intl.DateTimeFormat(language, { ...utc, dateStyle: 'medium' });
  const weekday = new Intl.DateTimeFormat(language, {
    ...utc,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
  });
  const months = new Intl.DateTimeFormat(language, { ...utc, month: 'short', year: 'numeric' });
  const collator = new Intl.Collator(language, { numeric: true });
  const day = (d: string): string => (d.startsWith(`${thisYear}-`) ? date : dated).format(utcOf(d));
  return {
    money: (value) => (value > 0 && value < 0.005 ? `< ${full.format(0.01)}` : full.format(value)),
    moneyShort: (value) =>
      value >= 10_000 ? compactMoney.format(value) : (Number.isInteger(value) ? whole : full).format(value),
    tokens: (value) => compact.format(value),
    count: (value) => plain.format(value),
    percent: (share) => (share > 0 && share < 0.005 ? `< ${percents.format(0.01)}` : percents.format(share)),
    day,
    dayLong: (d) => weekday.format(utcOf(d)),
    month: (d) => months.format(utcOf(d)),
    range: ({ from, to }) =>
      from === to
        ? day(from)
        : (from.startsWith(`${thisYear}-`) && to.startsWith(`${thisYear}-`) ? date : dated).formatRange(
            utcOf(from),
            utcOf(to),
          ),
    bytes: (value) =>
      value < 1e6
        ? kilobytes.format(Math.max(1, Math.round(value / 1e3)))
        : value < 1e9
          ? megabytes.format(value / 1e6)
          : gigabytes.format(value / 1e9),
    compare: collator.compare,
  };
}

/** What a value of a division is called; ids, folders and titles are others' words and made harmless. */
export function divisionName(
  words: Words,
  division: Division,
  value: string | null,
  userHome: string | null,
  title?: string,
): string {
  if (division === 'session') return plainText(title ?? '', 120) || words.t('sessions:untitled');
  if (division === 'environment')
    return value === null ? words.t('usage:page.nobodys') : plainText(value, 60);
  if (value === null || value === '') return words.t('usage:page.unknown');
  if (division === 'model') return modelName(value);
  return shortPath(value, userHome);
}

/** A model as people call it, with where its answers may come from: two profiles of one model are two rows. */
export function modelName(id: string): string {
  const prefix = /^(?:arn:.*\/)?([a-z][a-z-]*)\.anthropic\./.exec(id)?.[1];
  const name = modelLabel(id);
  return prefix === undefined ? name : `${name} · ${prefix}`;
}

export const nameOfRow = (words: Words, division: Division, row: UsageRow, userHome: string | null): string =>
  divisionName(words, division, row[division] ?? null, userHome, row.title);
