import type { Activity } from './activity-facts.ts';

/** Between something seen and the register's next reading; and once more, for what it had not written yet. */
export const LOOK_SOON_MS = 80;
export const LOOK_AGAIN_MS = 800;
/** The register is read this often where nobody tells of its news. */
const LOOK_ANYWAY_MS = 5_000;
/** Where somebody does, a piece of news may still be lost: so often at least. */
const LOOK_AT_LEAST_MS = 60_000;
export const UNSURE_MS = 2_000;
/** An Esc explains what follows for this long. */
export const INTERRUPT_MS = 4_000;

/**
 * When the register is read should nothing be seen until then. `told`: the system tells of its changes; then the wait
 * grows with the quiet before it, since of many sessions most wait for their person.
 */
export function lookAnyway(activity: Activity, now: number, told: boolean): number {
  const { evidenceAt, sinceAt, startedAt } = activity;
  const quiet = now - Math.max(evidenceAt, sinceAt, startedAt);
  return now + (told ? Math.min(LOOK_AT_LEAST_MS, Math.max(LOOK_ANYWAY_MS, quiet / 4)) : LOOK_ANYWAY_MS);
}

/** Something was seen: the register is read soon. */
export function seen(activity: Activity, now: number, change: Partial<Activity>): Activity {
  return { ...activity, ...change, evidenceAt: now, checkAt: now + LOOK_SOON_MS };
}
