import { readlinkSync } from 'node:fs';
import { isZone } from '../../domain/usage/days.ts';

/**
 * The time zone of this machine, now. JavaScript remembers the one that a process began with: an agent that runs for
 * weeks would keep the days of a place that its person has left.
 */
export function personZone(env: Readonly<Record<string, string | undefined>>): string {
  const named = env.TZ?.replace(/^:/, '');
  if (named && isZone(named)) return named;
  try {
    const place = /zoneinfo\/(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1];
    if (place && isZone(place)) return place;
  } catch {
    // No link: Windows, or a copy of the zone's file.
  }
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
