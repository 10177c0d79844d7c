import { describe, expect, it } from 'vitest';
import {
  type EndingSubject,
  endingDeadline,
  nextEnding,
  noEnding,
} from '../../../../src/domain/keep-alive/ending.ts';

const minute = 60_000;
const t0 = Date.UTC(2030, 0, 1);
const subject = (endsAt: number, ssoSession = 'corp'): EndingSubject => ({
  ssoSession,
  startUrl: 'https://corp.awsapps.com/start',
  endsAt,
});
const end = t0 + 60 * minute;

describe('the warning of an end', () => {
  it('comes 10 min and 1 min ahead, each once', () => {
    let state = noEnding;
    const stages: string[] = [];
    for (let now = t0; now <= end; now += 30_000) {
      const before = state;
      state = nextEnding(state, [subject(end)], now, 'there');
      if (state !== before && state.shown) stages.push(`${(end - now) / minute}: ${state.shown.stage}`);
    }
    expect(stages).toEqual(['10: 10', '1: 1']);
  });

  it('waits for somebody to be there, and then says what is left', () => {
    let state = nextEnding(noEnding, [subject(end)], end - 9 * minute, 'away');
    expect(state.shown).toBeNull();
    state = nextEnding(state, [subject(end)], end - 5 * minute, 'there');
    expect(state.shown?.stage).toBe(10);
    // Left again: nothing new, nothing taken away.
    expect(nextEnding(state, [subject(end)], end - 30_000, 'away')).toBe(state);
    expect(nextEnding(state, [subject(end)], end - 20_000, 'unknown').shown?.stage).toBe(1);
  });

  it('is taken back by a renewal, by the end itself and by an end that did not come', () => {
    const state = nextEnding(noEnding, [subject(end)], end - 30_000, 'there');
    expect(nextEnding(state, [subject(end + 8 * 60 * minute)], end - 29_000, 'there').shown).toBeNull();
    expect(nextEnding(state, [], end, 'there').shown).toBeNull();
  });

  it('does not begin anew because the end is known a little better', () => {
    const state = nextEnding(noEnding, [subject(end)], end - 30_000, 'there');
    expect(nextEnding(state, [subject(end + 40_000)], end - 25_000, 'there')).toBe(state);
  });

  it('speaks of the one that ends first', () => {
    const both = [subject(end + minute), subject(end, 'lab')];
    expect(nextEnding(noEnding, both, end - 5 * minute, 'there').shown?.ssoSession).toBe('lab');
  });

  it('waits for nothing but its two instants', () => {
    expect(endingDeadline([subject(end)], t0)).toBe(end - 10 * minute);
    expect(endingDeadline([subject(end)], end - 10 * minute)).toBe(end - minute);
    expect(endingDeadline([subject(end)], end - minute)).toBeNull();
    expect(endingDeadline([], t0)).toBeNull();
  });
});
