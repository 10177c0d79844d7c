import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EndEvent,
  type EndKnowledge,
  expectedEnd,
  NARROW_ENOUGH_MS,
  nextEndKnowledge,
  nothingLearned,
  tellingInstant,
} from '../../../../src/domain/keep-alive/sso-session-end.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2030, 0, 1, 8);
const url = 'https://corp.awsapps.com/start';
const runs = process.env.CI === 'true' ? 2_000 : 200;

/** A person, a browser and an Identity Center whose SSO sessions last `length`. */
class World {
  now = t0;
  knowledge: EndKnowledge = nothingLearned;
  length: number;
  /** End of what lives in the browser. */
  endsAt = 0;
  readonly tokenLife = hour;
  /** Null: nobody holds a token. */
  #refreshAt: number | null = null;

  constructor(length: number) {
    this.length = length;
  }

  see(event: EndEvent): void {
    this.knowledge = nextEndKnowledge(this.knowledge, 'corp', url, event, this.now);
  }
  /** Signs in: a warm browser hands out the old SSO session. */
  signIn(): void {
    const sinceAt = this.now - 20_000;
    if (this.endsAt <= this.now) this.endsAt = sinceAt + 10_000 + this.length;
    this.see({ type: 'signedIn', sinceAt, tokenExpiresAt: this.now + this.tokenLife });
    this.#plan();
  }
  logOut(): void {
    this.endsAt = 0;
    this.#refreshAt = null;
    this.see({ type: 'loggedOut' });
  }
  /** Refreshes as the keeper does until AWS refuses; false: not within `patience`. */
  untilRefused(patience = 100 * 24 * hour): boolean {
    const until = this.now + patience;
    for (;;) {
      if (this.#refreshAt === null || this.#refreshAt > until) {
        this.now = until;
        return false;
      }
      this.now = Math.max(this.now, this.#refreshAt);
      if (this.endsAt <= this.now) {
        this.#refreshAt = null;
        this.see({ type: 'refused' });
        return true;
      }
      this.see({ type: 'good', tokenExpiresAt: this.now + this.tokenLife });
      this.#plan();
    }
  }
  #plan(): void {
    const due = this.now + 40 * minute;
    this.#refreshAt = tellingInstant(this.end, this.now + 10 * minute, due) ?? due;
  }
  get end() {
    return expectedEnd(this.knowledge, 'corp');
  }
  get learned() {
    return this.knowledge.lengths[url];
  }
}

describe('the learned end of an SSO session', () => {
  it('is not known before one that began before our eyes has ended', () => {
    const w = new World(8 * hour);
    w.signIn();
    expect(w.end).toBeNull();
    w.untilRefused();
    // The first sign-in may have found a warm browser: its end says nothing of how long it may be at most.
    expect(w.learned?.atMostMs).toBeNull();
    w.now += 14 * hour;
    w.signIn();
    expect(w.end).toBeNull();
    w.untilRefused();
    expect(w.learned?.atLeastMs).toBeLessThan(8 * hour);
    expect(w.learned?.atMostMs).toBeGreaterThanOrEqual(8 * hour);
    w.now += 14 * hour;
    w.signIn();
    expect(w.end?.from).toBeLessThanOrEqual(w.endsAt);
    expect(w.end?.to).toBeGreaterThanOrEqual(w.endsAt);
    expect(w.end?.warnAt).toBe(w.end?.from);
  });

  it.each(['__proto__', 'constructor', 'toString'])('of an SSO session that is named %s', (id) => {
    const signIn = { type: 'signedIn', sinceAt: 0, tokenExpiresAt: hour } as const;
    let knowledge = nothingLearned;
    for (const event of [signIn, { type: 'refused' }, signIn] as const) {
      expect(expectedEnd(knowledge, id)).toBeNull();
      // As it goes to the disk and comes back.
      knowledge = JSON.parse(JSON.stringify(nextEndKnowledge(knowledge, id, url, event, 30 * minute)));
    }
    expect(Object.keys(knowledge.sessions)).toEqual([id]);
  });

  it('is narrowed by each end seen, to within a few minutes', () => {
    const w = new World(8 * hour);
    const widths: number[] = [];
    for (let day = 0; day < 6; day++) {
      w.signIn();
      if (w.end) widths.push((w.end.to - w.end.from) / minute);
      w.untilRefused();
      w.now += 14 * hour;
    }
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(widths.at(-1)).toBeLessThanOrEqual(NARROW_ENOUGH_MS / minute + 1);
  });

  it('a sign-in over a living one keeps the old end as the earliest', () => {
    const w = taught(8 * hour);
    w.signIn();
    const before = w.end;
    w.untilRefused(6 * hour);
    w.signIn();
    expect(w.end?.from).toBe(before?.from);
    expect(w.end?.to).toBeGreaterThan(before?.to ?? 0);
    // The browser was warm: it ends when the first would have, and that teaches nothing wrong.
    const learned = w.learned;
    w.untilRefused();
    expect(w.learned?.atMostMs).toBeGreaterThanOrEqual(8 * hour);
    expect(w.learned?.atLeastMs).toBe(learned?.atLeastMs);
  });

  it('our own logout gives the whole length', () => {
    const w = taught(8 * hour);
    w.signIn();
    w.untilRefused(6 * hour);
    w.logOut();
    expect(w.end).toBeNull();
    w.signIn();
    expect(w.end?.from).toBeGreaterThan(w.now + 7 * hour);
    expect(w.end?.to).toBeGreaterThanOrEqual(w.endsAt);
  });

  it('an administrator makes it longer: learned anew at once, without a false alarm for ever', () => {
    const w = taught(8 * hour);
    w.length = 24 * hour;
    w.signIn();
    w.untilRefused(10 * hour);
    expect(w.learned?.atMostMs).toBeNull();
    expect(w.end).toBeNull();
    w.untilRefused();
    expect(w.learned?.atMostMs).toBeGreaterThanOrEqual(24 * hour);
  });

  it('one end that comes too early is doubted, the second believed', () => {
    const w = taught(8 * hour);
    const known = w.learned;
    w.length = hour;
    w.signIn();
    w.untilRefused();
    expect(w.learned).toEqual({ ...known, doubted: true });
    w.now += minute;
    w.signIn();
    w.untilRefused();
    w.now += minute;
    w.signIn();
    w.untilRefused();
    expect(w.learned?.atMostMs).toBeLessThan(3 * hour);
    w.now += minute;
    w.signIn();
    expect(w.end?.to).toBeGreaterThanOrEqual(w.endsAt);
  });

  it('after a refusal that was not the end (a rotated token was lost), the inherited old end corrupts nothing', () => {
    const w = taught(8 * hour);
    const known = w.learned;
    w.signIn();
    const endsAt = w.endsAt;
    w.untilRefused(2 * hour);
    w.see({ type: 'refused' });
    w.now += minute;
    w.signIn();
    expect(w.endsAt).toBe(endsAt);
    expect(w.end?.from).toBeLessThanOrEqual(endsAt);
    w.untilRefused();
    expect(w.learned?.atLeastMs).toBe(known?.atLeastMs);
    expect(w.learned?.atMostMs).toBeGreaterThanOrEqual(8 * hour);
  });

  it('an end within minutes of a sign-in says nothing of the length', () => {
    const w = taught(8 * hour);
    const known = w.learned;
    w.signIn();
    w.now += 5 * minute;
    w.see({ type: 'refused' });
    expect(w.learned).toEqual(known);
  });

  it('past its earliest instant there is nothing to warn ahead of, unless the latest is near', () => {
    const w = taught(8 * hour);
    w.signIn();
    w.untilRefused(hour);
    w.signIn();
    // Inherited or not: it ends after 8 or after 9 hours.
    const end = w.end;
    expect(end?.warnAt).toBe(end?.from);
    w.now = (end?.from ?? 0) + minute;
    w.see({ type: 'good', tokenExpiresAt: w.now + hour });
    expect(w.end).toEqual({ from: w.now, to: end?.to, warnAt: null });
    w.now = (end?.to ?? 0) - 5 * minute;
    w.see({ type: 'good', tokenExpiresAt: w.now + hour });
    expect(w.end).toEqual({ from: w.now, to: end?.to, warnAt: end?.from });
  });

  it.each([1, 2, 8, 12, 24 * 7])(
    'of %i h is warned of ahead, and the warning stands when it comes',
    (hours) => {
      const w = taught(hours * hour);
      for (let day = 0; day < 5; day++) {
        w.signIn();
        w.untilRefused();
        w.now += 14 * hour;
      }
      w.signIn();
      const warnings = new Set<number | null>();
      const { endsAt } = w;
      // What is shown at the last refresh before the end.
      w.untilRefused(endsAt - w.now - 1);
      warnings.add(w.end?.warnAt ?? null);
      const [warnAt] = [...warnings];
      expect(warnAt).not.toBeNull();
      expect((endsAt - (warnAt ?? 0)) / minute).toBeLessThan(12);
      expect(endsAt - (warnAt ?? 0)).toBeGreaterThanOrEqual(0);
    },
  );

  it('goes on after a restart with the same token, and knows less with another', () => {
    const w = taught(8 * hour);
    w.signIn();
    const { end, knowledge } = w;
    const tokenExpiresAt = knowledge.sessions.corp?.tokenExpiresAt ?? 0;
    w.now += 10 * minute;
    // Files know whole seconds.
    w.see({ type: 'tokenAtStart', tokenExpiresAt: Math.floor(tokenExpiresAt / 1000) * 1000 });
    expect(w.knowledge).toBe(knowledge);
    w.see({ type: 'tokenAtStart', tokenExpiresAt: tokenExpiresAt + 5 * minute });
    expect(w.end?.from).toBe(end?.from ?? 0);
    expect(w.end?.to).toBe((end?.to ?? 0) + 10 * minute);
  });

  it('learns nothing across a clock that was set back', () => {
    const w = taught(8 * hour);
    const known = w.learned;
    w.signIn();
    w.now += 8 * hour;
    w.see({ type: 'clockSetBack' });
    w.now -= 5 * hour;
    w.see({ type: 'refused' });
    expect(w.learned).toEqual(known);
    expect(w.end).toBeNull();
  });

  it('another start URL under the same name is another SSO session', () => {
    const w = taught(8 * hour);
    w.signIn();
    w.knowledge = nextEndKnowledge(
      w.knowledge,
      'corp',
      'https://other.awsapps.com/start',
      { type: 'good', tokenExpiresAt: null },
      w.now,
    );
    expect(w.end).toBeNull();
    w.knowledge = nextEndKnowledge(
      w.knowledge,
      'corp',
      `${url}/#/`,
      { type: 'signedIn', sinceAt: w.now, tokenExpiresAt: 1 },
      w.now,
    );
    expect(Object.keys(w.knowledge.lengths)).toEqual([url]);
  });

  it('whatever people do in the browser: what is bounded from below was really lived, and nothing throws', () => {
    const act = fc.constantFrom('signIn', 'logOut', 'wait', 'browser', 'lost', 'back');
    const history = fc.array(fc.record({ act, ms: fc.integer({ min: minute, max: 30 * hour }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.integer({ min: 15, max: 90 * 24 * 60 }), history, (minutes, steps) => {
        const w = new World(minutes * minute);
        for (const { act: what, ms } of steps) {
          if (what === 'signIn') w.signIn();
          else if (what === 'logOut') w.logOut();
          else if (what === 'wait') w.untilRefused(ms);
          else if (what === 'browser' && w.endsAt <= w.now) w.endsAt = w.now + w.length;
          else if (what === 'lost') w.see({ type: 'lost' });
          const learned = w.learned;
          // Longer than administrators made it, nobody ever lived.
          if (learned?.atLeastMs) expect(learned.atLeastMs).toBeLessThanOrEqual(w.length);
          const { end } = w;
          if (end) expect(end.to).toBeGreaterThanOrEqual(end.from);
        }
      }),
      { numRuns: runs },
    );
  });
});

/** What two ends of SSO sessions of that length have taught, and the next morning. */
function taught(length: number): World {
  const w = new World(length);
  for (let n = 0; n < 2; n++) {
    w.signIn();
    w.untilRefused();
    w.now += 14 * hour;
  }
  return w;
}
