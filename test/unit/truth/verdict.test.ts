import { describe, expect, it } from 'vitest';
import type { ActivityView } from '../../../src/contract/index.ts';
import { Timeline } from '../../support/claude-script/timeline.ts';
import { describeVerdict, judge } from '../../support/claude-script/verdict.ts';

/** The judge of the states that are shown, judged. */
describe('truth', () => {
  function clock() {
    let now = 0;
    return { now: () => now, pass: (ms: number) => (now += ms) };
  }
  const shown = (state: ActivityView['state'], request: ActivityView['request'] = null): ActivityView => ({
    state,
    sinceAt: 0,
    request,
    seen: true,
    reason: null,
    background: 0,
  });
  const question = (kind: 'permission' | 'question', text: string) =>
    shown('needsYou', { id: 'x', kind, tool: 'Bash', text, sinceAt: 0, answerable: true });

  it('counts from a second after a change, unknown as wrong, and nothing in between', () => {
    const { now, pass } = clock();
    const timeline = new Timeline('a', now);
    timeline.sample(shown('done'));
    timeline.become('working', 'a prompt');
    pass(900);
    timeline.sample(shown('done'));
    pass(100);
    for (const state of ['working', 'unknown', 'done', 'working'] as const) timeline.sample(shown(state));
    timeline.sample(undefined);
    timeline.between('Esc');
    pass(5_000);
    timeline.sample(shown('failed'));
    timeline.become('done', 'Esc');
    timeline.sample(shown('done'));
    const { rows, share, stuck, transitions, lies } = judge([timeline]);
    expect(transitions).toBe(2);
    expect(rows.at(-1)).toMatchObject({ state: 'all', samples: 5, right: 2, wrong: 2, unknown: 1 });
    expect(share).toBe(0.4);
    // The last stretch that was long enough ended with something else.
    expect(stuck).toMatchObject([{ state: 'working', last: 'nothing' }]);
    expect(Object.fromEntries(lies[0]?.wrong ?? [])).toEqual({ unknown: 1, done: 1, nothing: 1 });
    expect(rows.find(({ state }) => state === 'working')).toMatchObject({ settledMedian: 1_000 });
  });

  it('tells where the question itself was told', () => {
    const { now, pass } = clock();
    const timeline = new Timeline('a', now);
    timeline.become('needsYou', 'a dialog', { kind: 'permission', text: 'mkdir one' });
    pass(1_000);
    timeline.sample(question('permission', 'mkdir one'));
    timeline.sample(question('permission', 'mkdir two'));
    timeline.sample(question('question', 'mkdir one'));
    timeline.sample(shown('needsYou'));
    const verdict = judge([timeline]);
    expect(verdict.rows[0]).toMatchObject({ state: 'needsYou', right: 4, told: 1 });
    expect(describeVerdict(verdict)).toContain('1 transitions, right in 100.00 % of the samples, 0 stuck');
  });

  it('is no share of nothing', () => {
    expect(judge([new Timeline('a', () => 0)]).share).toBe(0);
  });
});
