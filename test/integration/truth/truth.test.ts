import { describe, expect, it } from 'vitest';
import { claudeVersion } from '../../support/claude.ts';
import { kittyKeys, legacyKeys } from '../../support/claude-script/claude-screen.ts';
import { play, type Renderer, shuffledActs, TruthRun } from '../../support/claude-script/truth-run.ts';
import { describeVerdict } from '../../support/claude-script/verdict.ts';

/**
 * The state that is shown of a session, against the truth: a script drives the real Claude Code by its keyboard and its
 * model, and knows from that alone what is true. Sampled at 10 Hz from the snapshots that every shell gets, a second
 * after each change. `npm run soak -- --truth` plays all acts (docs/proof.md); here a short mix is played.
 */
const full = process.env.BEDROCK_TRAY_TRUTH === 'full';
const seed = Number(process.env.BEDROCK_TRAY_SEED ?? 5);
/** Acts to play instead, by their names with a semicolon between. */
const chosen = process.env.BEDROCK_TRAY_ACTS?.split(';');

const short: readonly (readonly [string, Renderer, readonly string[]])[] = [
  [
    'a',
    'fullscreen',
    [
      'permission allowed',
      'a background task',
      'Esc in the middle of an answer',
      'question refused with Esc',
    ],
  ],
  ['b', 'classic', ['permission denied', 'question answered', 'Ctrl+C in the middle of work', '/clear']],
];
const long = (['fullscreen', 'classic', 'fullscreen', 'classic'] as const).map(
  (renderer, at) => [String.fromCharCode(97 + at), renderer, shuffledActs(seed + at)] as const,
);

describe(`what Claude Code ${claudeVersion} does`, () => {
  it('is shown as it is', { timeout: full ? 1_200_000 : 150_000 }, async () => {
    const plan = full ? long : short;
    await using run = await TruthRun.start(
      plan.map(([name]) => name),
      2_200,
    );
    // Every second pair has a terminal with the kitty keyboard protocol in front of it.
    const sessions = await Promise.all(
      plan.map(([name, renderer], at) =>
        run.session(name, renderer, { keys: at % 4 < 2 ? legacyKeys : kittyKeys }),
      ),
    );
    const began = Date.now();
    const aside = full
      ? [run.trust('trusted', 'fullscreen', true), run.trust('distrusted', 'classic', false)]
      : [run.trust('trusted', 'classic', true)];
    const outcomes = await Promise.allSettled([
      ...sessions.map((session, at) => play(session, chosen ?? plan[at]?.[2] ?? [])),
      ...aside,
    ]);
    const asked = full ? await run.expire(sessions) : 1;
    const verdict = run.verdict();
    console.log(`seed ${seed}, ${((Date.now() - began) / 1000).toFixed(0)} s\n${describeVerdict(verdict)}`);
    // What went wrong in the script itself.
    expect(outcomes.flatMap((o) => (o.status === 'rejected' ? [String(o.reason)] : []))).toEqual([]);
    expect(asked).toBe(1);
    expect(verdict.share).toBeGreaterThanOrEqual(0.99);
    expect(verdict.stuck).toEqual([]);
    if (full && !chosen) expect(verdict.transitions).toBeGreaterThanOrEqual(200);
  });
});
