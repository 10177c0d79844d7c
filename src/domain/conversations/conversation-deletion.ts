/**
 * When Claude Code deletes conversations (2.1.330, seen): about 10 minutes after its start, while nobody types, at
 * most once a day, it removes the transcripts that were last written longer ago than `cleanupPeriodDays`.
 */

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** More days than these are for ever. */
const FOREVER_DAYS = 36_500;
/** What "soon" means for a deletion. */
export const ENDING_SOON_MS = 7 * DAY_MS;

/**
 * Days that transcripts are kept; null: for ever. `sources`: texts of the settings files, the strongest first; null
 * where there is none. In a file that Claude Code refuses nothing counts, but while such a file mentions the setting
 * it deletes nothing.
 */
export function keptDays(sources: readonly (string | null)[]): number | null {
  for (const text of sources) {
    if (text === null) continue;
    let value: unknown;
    try {
      value = (JSON.parse(text) as Record<string, unknown> | null)?.cleanupPeriodDays;
    } catch {
      if (text.includes('"cleanupPeriodDays"')) return null;
      continue;
    }
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return null;
    return value < FOREVER_DAYS ? value : null;
  }
  return DEFAULT_DAYS;
}

/** When a transcript last written at `mtime` (epoch ms) can be deleted. */
export function deletedAt(mtime: number, days: number | null): number | null {
  return days === null ? null : Math.round(mtime) + days * DAY_MS;
}
