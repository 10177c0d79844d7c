import type { ActivityState } from '../../../src/contract/index.ts';
import type { Stretch, Timeline } from './timeline.ts';

export interface Row {
  readonly state: ActivityState | 'all';
  readonly stretches: number;
  readonly samples: number;
  readonly right: number;
  /** Another state was shown; `unknown` is counted apart. */
  readonly wrong: number;
  readonly unknown: number;
  /** Of the right ones of `needsYou`: what is asked is told too. */
  readonly told: number | null;
  /** Ms until the right state was shown first: median and worst; null where it never was. */
  readonly settledMedian: number | null;
  readonly settledWorst: number | null;
}

export interface Verdict {
  readonly transitions: number;
  readonly rows: readonly Row[];
  /** Of all samples, 0 to 1. */
  readonly share: number;
  /** Sessions whose last stretch does not end with the right state. */
  readonly stuck: readonly Stretch[];
  /** Stretches in which something else was shown. */
  readonly lies: readonly Stretch[];
}

function row(state: Row['state'], stretches: readonly Stretch[]): Row {
  const sum = (of: (stretch: Stretch) => number) => stretches.reduce((total, s) => total + of(s), 0);
  const settled = stretches
    .map(({ settledAfter }) => settledAfter)
    .filter((ms) => ms !== null)
    .sort((a, b) => a - b);
  const [samples, right, unknown] = [
    sum((s) => s.samples),
    sum((s) => s.right),
    sum((s) => s.unknown),
  ] as const;
  return {
    state,
    stretches: stretches.length,
    samples,
    right,
    unknown,
    wrong: samples - right - unknown,
    told: state === 'needsYou' ? sum((s) => s.told) : null,
    settledMedian: settled[Math.floor(settled.length / 2)] ?? null,
    settledWorst: settled.at(-1) ?? null,
  };
}

export function judge(timelines: readonly Timeline[]): Verdict {
  const all = timelines.flatMap(({ stretches }) => stretches);
  const states = [...new Set(all.map(({ state }) => state))].sort();
  const total = row('all', all);
  return {
    transitions: timelines.reduce((sum, { transitions }) => sum + transitions, 0),
    rows: [
      ...states.map((state) =>
        row(
          state,
          all.filter((s) => s.state === state),
        ),
      ),
      total,
    ],
    share: total.samples === 0 ? 0 : total.right / total.samples,
    stuck: timelines
      .map(({ stretches }) => stretches.findLast(({ samples }) => samples > 0))
      .filter((stretch) => stretch !== undefined && stretch.last !== stretch.state) as Stretch[],
    lies: all.filter(({ wrong }) => wrong.size > 0),
  };
}

const cell = (value: string | number | null, width: number) => String(value ?? '-').padStart(width);

/** The table of docs and closing notes, and under it where something else was shown. */
export function describeVerdict({ rows, transitions, share, stuck, lies }: Verdict): string {
  const lines = [
    `${cell('true state', 11)} ${['stretches', 'samples', 'right', 'wrong', 'unknown', 'told', 'first right after ms (median, worst)'].map((head) => cell(head, 9)).join(' ')}`,
    ...rows.map(
      (r) =>
        `${cell(r.state, 11)} ${[r.stretches, r.samples, r.right, r.wrong, r.unknown, r.told, r.settledMedian, r.settledWorst].map((value) => cell(value, 9)).join(' ')}`,
    ),
    `${transitions} transitions, right in ${(share * 100).toFixed(2)} % of the samples, ${stuck.length} stuck at the end`,
  ];
  for (const { session, act, state, why, samples, wrong } of lies) {
    const shown = [...wrong].map(([other, count]) => `${other} in ${count}`).join(', ');
    lines.push(`  ${session}, ${act}: ${why}: ${state}, but ${shown} of ${samples} samples`);
  }
  return lines.join('\n');
}
