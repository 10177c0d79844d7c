import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  firstQuarter,
  isDay,
  isZone,
  periodOf,
  QUARTER_MS,
} from '../../../../src/domain/usage/days.ts';

const beginning = (day: string, zone: string) => new Date(firstQuarter(day, zone) * QUARTER_MS).toISOString();

describe('days of a time zone', () => {
  it.each([
    ['2026-11-23', 'UTC', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23', 'Asia/Shanghai', '2026-11-22T16:00:00.000Z'],
    ['2026-11-23', 'Asia/Kathmandu', '2026-11-22T18:15:00.000Z'],
    ['2026-11-23', 'America/St_Johns', '2026-11-23T03:30:00.000Z'],
    ['2026-11-23', 'Pacific/Kiritimati', '2026-11-22T10:00:00.000Z'],
    // Clocks are set forward at midnight: the day begins at one.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // A day that never was: the one behind it.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('%s in %s begins at %s', (day, zone, at) => {
    expect(beginning(day, zone)).toBe(at);
  });

  it('a day has as many hours as clocks say', () => {
    const hours = (day: string) =>
      (firstQuarter(addDays(day, 1), 'Europe/Berlin') - firstQuarter(day, 'Europe/Berlin')) / 4;
    expect(['2026-03-29', '2026-06-01', '2026-10-25'].map(hours)).toEqual([23, 24, 25]);
  });

  it('an instant lies in the day that its own beginning says', () => {
    for (const zone of ['Asia/Kathmandu', 'America/New_York', 'Pacific/Chatham', 'Australia/Lord_Howe']) {
      for (let day = '2026-03-01'; day < '2026-12-01'; day = addDays(day, 13)) {
        const first = firstQuarter(day, zone) * QUARTER_MS;
        expect([dayOf(first - 1, zone), dayOf(first, zone)]).toEqual([addDays(day, -1), day]);
      }
    }
  });

  it('knows days and zones from words', () => {
    expect(['2026-02-28', '2028-02-29'].every(isDay)).toBe(true);
    expect(['2026-02-29', '2026-13-01', '2026-1-1', 'today', ''].some(isDay)).toBe(false);
    expect(isZone('Asia/Shanghai')).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
  });
});

describe('periods', () => {
  it.each([
    ['2026-11-23', 'day', '2026-11-23', '2026-11-23'],
    ['2026-11-23', 'week', '2026-11-23', '2026-11-29'],
    ['2026-11-29', 'week', '2026-11-23', '2026-11-29'],
    ['2026-01-01', 'week', '2025-12-29', '2026-01-04'],
    ['2026-11-23', 'month', '2026-11-01', '2026-11-30'],
    ['2028-02-10', 'month', '2028-02-01', '2028-02-29'],
    ['2026-12-31', 'month', '2026-12-01', '2026-12-31'],
  ] as const)('%s: %s from %s to %s', (day, period, from, to) => {
    expect(periodOf(day, period)).toEqual({ from, to });
  });
});
