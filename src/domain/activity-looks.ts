import type { Activity } from './activity-facts.ts';

/** Between something seen and the register's next reading; and once more, for what it had not written yet. */
export const LOOK_SOON_MS = 80;
export const LOOK_AGAIN_MS = 800;
/** While something goes on the register is read this often, should its news not arrive. */
export const LOOK_ANYWAY_MS = 5_000;
export const UNSURE_MS = 2_000;
/** An Esc explains what follows for this long. */
export const INTERRUPT_MS = 4_000;

/** Something was seen: the register is read soon. */
export function seen(activity: Activity, now: number, change: Partial<Activity>): Activity {
  return { ...activity, ...change, evidenceAt: now, checkAt: now + LOOK_SOON_MS };
}
