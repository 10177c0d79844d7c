import { addDays, periodOf } from '../../../src/domain/usage/days.ts';

/** Stretches of days as a person chooses them. A day is `YYYY-MM-DD`; arithmetic on it is the calendar's, in no time zone. */

export const rangeNames = ['today', 'days7', 'month', 'lastMonth', 'days90', 'own'] as const;
export type RangeName = (typeof rangeNames)[number];
export interface DayRange {
  from: string;
  /** The last day. */
  to: string;
}

const DAY_MS = 86_400_000;

/** Midnight of a day, as if it were UTC (epoch ms): for arithmetic and Intl with `timeZone: 'UTC'`. */
export const utcOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
/** Days in a range, at least one. */
export const daysIn = ({ from, to }: DayRange): number =>
  Math.max(1, Math.round((utcOf(to) - utcOf(from)) / DAY_MS) + 1);

/** The day that an instant (epoch ms) lies in where the person is. */
export function localDay(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** The first moment of a day where the person is (epoch ms). */
export function localStart(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

const monthOf = (day: string): DayRange => periodOf(day, 'month');

/** The days that a name means today. `own` has no days of its own. */
export function rangeOf(name: Exclude<RangeName, 'own'>, today: string): DayRange {
  switch (name) {
    case 'today':
      return { from: today, to: today };
    case 'days7':
      return { from: addDays(today, -6), to: today };
    case 'days90':
      return { from: addDays(today, -89), to: today };
    case 'month':
      return { from: monthOf(today).from, to: today };
    case 'lastMonth':
      return monthOf(addDays(monthOf(today).from, -1));
  }
}

/** What a range is compared with: the same part of the month before for months, else as many days right before. */
export function rangeBefore(range: DayRange, name: RangeName): DayRange {
  const before = addDays(range.from, -1);
  const month = monthOf(before).from;
  if (name === 'lastMonth') return { from: month, to: before };
  const days = daysIn(range);
  if (name === 'month') {
    const same = addDays(month, days - 1);
    return { from: month, to: same < before ? same : before };
  }
  return { from: addDays(range.from, -days), to: before };
}

export type BucketUnit = 'day' | 'week' | 'month';

/** How finely a range can be drawn: as many bars as can be told apart. */
export function unitOf(range: DayRange): BucketUnit {
  const days = daysIn(range);
  return days <= 92 ? 'day' : days <= 640 ? 'week' : 'month';
}

/** The bars of a range, oldest first, each with the days that it stands for: none is left out where nothing was used. */
export function bucketsOf(range: DayRange, unit: BucketUnit): DayRange[] {
  const buckets: DayRange[] = [];
  for (let from = range.from; from <= range.to; ) {
    const end = unit === 'day' ? from : unit === 'week' ? addDays(from, 6) : monthOf(from).to;
    const to = end < range.to ? end : range.to;
    buckets.push({ from, to });
    from = addDays(to, 1);
  }
  return buckets;
}
