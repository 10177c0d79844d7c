/**
 * Calendar days of a time zone, as `YYYY-MM-DD`. What is used is kept by quarters of an hour of UTC: each zone in use is
 * a multiple of that away from it, so that days can be reckoned in whichever zone the person is now.
 */
export const QUARTER_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether a time zone of that name is known. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The day of an instant (epoch ms). */
export function dayOf(at: number, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`;
}

/** A day so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Whether it is a day that exists. */
export function isDay(day: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && addDays(day, 0) === day;
}

/**
 * The quarter of an hour (since the epoch) with which a day begins; for a day that the zone has skipped, the one with
 * which the next begins.
 */
export function firstQuarter(day: string, zone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`) / QUARTER_MS;
  // No zone is further from UTC than 14 hours.
  let low = utc - 60;
  let high = utc + 60;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(middle * QUARTER_MS, zone) >= day) high = middle;
    else low = middle + 1;
  }
  return low;
}

export type Period = 'day' | 'week' | 'month';

/** The period that a day lies in: its first and last day. Weeks begin on Monday. */
export function periodOf(day: string, period: Period): { from: string; to: string } {
  switch (period) {
    case 'day':
      return { from: day, to: day };
    case 'week': {
      const from = addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
      return { from, to: addDays(from, 6) };
    }
    case 'month': {
      const from = `${day.slice(0, 8)}01`;
      const next = addDays(from, 31);
      return { from, to: addDays(`${next.slice(0, 8)}01`, -1) };
    }
  }
}
