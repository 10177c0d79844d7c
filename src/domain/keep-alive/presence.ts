/**
 * Whether a person would see a prompt, from what different parts of the machine report. Pure; all instants epoch ms.
 *
 * | known | answer |
 * |---|---|
 * | an act (a command typed, a button pressed) within 2 min | `there` |
 * | a report within 2 min: about to sleep, or locked | `away` |
 * | a report within 2 min: last input less than 5 min ago | `there` |
 * | a report within 2 min: last input longer ago | `away` |
 * | nothing, or nothing that recent (a tray that died says nothing) | `unknown` |
 *
 * Of an act and a lock the later one counts: somebody may sit at another terminal of a locked computer.
 */
export type Presence = 'there' | 'away' | 'unknown';

/** What was reported longer ago than this counts no more. */
export const REPORT_HOLDS_MS = 2 * 60_000;
/** An act shows that somebody is there for this long. */
export const ACT_HOLDS_MS = 2 * 60_000;
/** Who has touched nothing for this long has left. */
export const IDLE_IS_AWAY_MS = 5 * 60_000;

/** What a desktop says at `at`. Null: it does not know. */
export interface PresenceReport {
  at: number;
  idleMs: number | null;
  locked: boolean | null;
  /** About to sleep. */
  suspended: boolean;
}

export interface PresenceFacts {
  report: PresenceReport | null;
  /** The last thing that only a person does. */
  actAt: number | null;
}

export const nothingKnown: PresenceFacts = { report: null, actAt: null };

/** The answer at `now`, and until when it holds by itself; null: until something is reported. */
export function presenceAt(facts: PresenceFacts, now: number): { presence: Presence; until: number | null } {
  const report = facts.report !== null && holds(facts.report.at, REPORT_HOLDS_MS, now) ? facts.report : null;
  const actAt = facts.actAt !== null && holds(facts.actAt, ACT_HOLDS_MS, now) ? facts.actAt : null;
  const reportEnds = report === null ? null : report.at + REPORT_HOLDS_MS;
  if (actAt !== null && (report === null || actAt >= report.at || !gone(report))) {
    return { presence: 'there', until: actAt + ACT_HOLDS_MS };
  }
  if (report === null || reportEnds === null) return { presence: 'unknown', until: null };
  if (gone(report)) return { presence: 'away', until: reportEnds };
  if (report.idleMs === null) return { presence: 'unknown', until: reportEnds };
  const idleAt = report.at - report.idleMs + IDLE_IS_AWAY_MS;
  return idleAt > now
    ? { presence: 'there', until: Math.min(idleAt, reportEnds) }
    : { presence: 'away', until: reportEnds };
}

function gone(report: PresenceReport): boolean {
  return report.suspended || report.locked === true;
}

/** An instant in the future is one from before the clock was set back: it says nothing. */
function holds(at: number, forMs: number, now: number): boolean {
  return at <= now && now - at < forMs;
}
