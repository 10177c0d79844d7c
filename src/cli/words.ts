import { translator } from './shell.ts';

/** A local clock time, with the day when it is not today. `at` and `now` in epoch ms. */
export function clockTime(at: number, now = Date.now()): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(translator().language, {
    ...(sameDay ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  }).format(at);
}
