import { nearest } from './schedule.ts';

/**
 * When an SSO session will end for good, learned from how earlier ones ended. AWS does not tell: administrators set
 * the length (15 min to 90 days), and a token says nothing of it. Pure; instants epoch ms, no secret.
 *
 * An SSO session begins at B and ends at E; its length L = E - B is what is learned, per start URL. None of the three
 * is seen, but each is bounded by what is seen:
 * - B <= the sign-in. A browser that is still signed in hands out a token of the old SSO session without asking, so a
 *   sign-in tells the latest beginning only.
 * - B >= the start of the first sign-in after an end that we saw or made (a refusal, our portal logout). A sign-in
 *   over a living SSO session moves no such bound: the old end stays the earliest one that is expected.
 * - last sign of life < E <= refusal (InvalidGrant).
 *
 * So L > last sign of life - latest beginning, always; and L <= refusal - earliest beginning where that is known. Each
 * end narrows the interval. An SSO session that outlives it replaces it at once. An end that comes too early for it
 * (revoked by hand, a refresh token lost to a rival) is doubted: nothing is learned from it, and the next sign-in is
 * taken for one that may have inherited the old end; a second one in a row is believed (an administrator made it
 * shorter).
 */
export interface LearnedLength {
  /** It has lived this long, ms; null: not known. */
  atLeastMs: number | null;
  /** It did not live longer than this, ms; null: not known. */
  atMostMs: number | null;
  /** The last end came too early for it. */
  doubted: boolean;
}

/** What is known of one SSO session (of one cache file). */
export interface SessionFacts {
  startUrl: string;
  /** It began after this; null: not known. */
  beganAfter: number | null;
  /** It began before this: the last sign-in. Null: not signed in. */
  beganBefore: number | null;
  /** The last sign of life. */
  lastGoodAt: number | null;
  /** It has ended: the next sign-in begins a new one. */
  ended: boolean;
  /** End of the token that these facts were written beside: tells after a restart whether it is still that one. */
  tokenExpiresAt: number | null;
}

/** All that is remembered; goes to disk as it is. */
export interface EndKnowledge {
  lengths: Readonly<Record<string, LearnedLength>>;
  sessions: Readonly<Record<string, SessionFacts>>;
}

export type EndEvent =
  /** A person signed in here; `sinceAt`: when that sign-in was begun. */
  | { type: 'signedIn'; sinceAt: number; tokenExpiresAt: number }
  /** AWS gave a token for a refresh. `tokenExpiresAt` null: another sign of life. */
  | { type: 'good'; tokenExpiresAt: number | null }
  /** Another tool's token turned up: a refresh or a sign-in. */
  | { type: 'tokenFound'; tokenExpiresAt: number }
  /** A token was found at start; of what happened meanwhile nothing is known. */
  | { type: 'tokenAtStart'; tokenExpiresAt: number }
  /** The refresh token was refused as that of an SSO session that is over (InvalidGrant). */
  | { type: 'refused' }
  /** Our portal logout went well. */
  | { type: 'loggedOut' }
  /** Gone without a word on the SSO session itself (the file was removed, another client fault). */
  | { type: 'lost' }
  /** The clock was found set back: instants from before do not compare with later ones. */
  | { type: 'clockSetBack' };

export const nothingLearned: EndKnowledge = { lengths: {}, sessions: {} };

const minute = 60_000;
/** What administrators can set; an "end" outside says nothing of the length. */
export const SHORTEST_SESSION_MS = 15 * minute;
export const LONGEST_SESSION_MS = 90 * 24 * 60 * minute;
/** Half of what lies between a refusal in the service's clock and in ours. */
const SLACK_MS = 5_000;
/** An interval this narrow is good enough to warn ahead of; a wider one is worth a refresh in its middle. */
export const NARROW_ENOUGH_MS = 10 * minute;

/** Start URLs that differ only in their tail name the same instance. */
export function instanceOf(startUrl: string): string {
  return startUrl.replace(/(#\/?|\/)+$/, '');
}

/** People name SSO sessions: one of them may be `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A sign-in by another tool took at most this long. */
const SIGN_IN_TAKES_MS = 10 * minute;

const unknownSession = (startUrl: string): SessionFacts => ({
  startUrl,
  beganAfter: null,
  beganBefore: null,
  lastGoodAt: null,
  ended: false,
  tokenExpiresAt: null,
});
const unknownLength: LearnedLength = { atLeastMs: null, atMostMs: null, doubted: false };

/** One step: what is known after `event` befell the SSO session `id` at `now`. Total. */
export function nextEndKnowledge(
  knowledge: EndKnowledge,
  id: string,
  startUrl: string,
  event: EndEvent,
  now: number,
): EndKnowledge {
  const key = instanceOf(startUrl);
  const length = own(knowledge.lengths, key) ?? unknownLength;
  const known = own(knowledge.sessions, id);
  // Another start URL under the same name is another SSO session.
  const facts = known !== undefined && instanceOf(known.startUrl) === key ? known : unknownSession(startUrl);
  const gone = { ...unknownSession(startUrl), beganAfter: facts.beganAfter };
  const kept = (session: SessionFacts, now = length): EndKnowledge => ({
    lengths: now === length ? knowledge.lengths : { ...knowledge.lengths, [key]: now },
    sessions: { ...knowledge.sessions, [id]: session },
  });
  const lives = (session: SessionFacts) => {
    const living = { ...session, lastGoodAt: now };
    return kept(living, outlived(length, living, now));
  };

  switch (event.type) {
    case 'signedIn':
      return lives(signedIn(facts, event.sinceAt, event.tokenExpiresAt, now));
    case 'tokenFound':
      return lives(signedIn(facts, now - SIGN_IN_TAKES_MS, event.tokenExpiresAt, now));
    case 'good':
      return lives({ ...facts, tokenExpiresAt: event.tokenExpiresAt ?? facts.tokenExpiresAt });
    case 'tokenAtStart': {
      const since = facts.lastGoodAt;
      if (sameToken(facts.tokenExpiresAt, event.tokenExpiresAt) && since !== null && since <= now)
        return knowledge;
      // Somebody refreshed or signed in while nobody looked: any sign-in since may have begun a new one.
      return kept({
        ...facts,
        beganBefore: now,
        lastGoodAt: null,
        ended: false,
        tokenExpiresAt: event.tokenExpiresAt,
      });
    }
    case 'refused': {
      const seen = endOf(facts, now);
      if (tooEarly(length, seen) && !length.doubted) return kept(gone, { ...length, doubted: true });
      return kept({ ...gone, ended: true }, seen === null ? length : narrowed(length, seen, facts));
    }
    case 'loggedOut':
      return kept({ ...gone, beganAfter: now, ended: true });
    case 'lost':
      // It may live on in the browser: the bound of its beginning stays for the next sign-in.
      return facts.beganBefore === null ? knowledge : kept(gone);
    case 'clockSetBack':
      return kept({ ...unknownSession(startUrl), tokenExpiresAt: facts.tokenExpiresAt });
  }
}

function signedIn(facts: SessionFacts, sinceAt: number, tokenExpiresAt: number, now: number): SessionFacts {
  const beganAfter = facts.ended ? (greater(facts.beganAfter, sinceAt) as number) : facts.beganAfter;
  return { ...facts, beganAfter, beganBefore: now, ended: false, tokenExpiresAt };
}

/** It lives at `now`: where that is longer than was ever seen, what was learned is replaced. */
function outlived(length: LearnedLength, { beganBefore }: SessionFacts, now: number): LearnedLength {
  if (beganBefore === null || length.atMostMs === null) return length;
  const livedMs = now - beganBefore;
  return livedMs > length.atMostMs + SLACK_MS
    ? { atLeastMs: livedMs, atMostMs: null, doubted: false }
    : length;
}

interface SeenLength {
  atLeastMs: number | null;
  atMostMs: number | null;
}

/** What an end that was seen at `now` says of the length; null: nothing. */
function endOf({ beganAfter, beganBefore, lastGoodAt }: SessionFacts, now: number): SeenLength | null {
  if (beganBefore === null) return null;
  const lived = lastGoodAt === null ? null : lastGoodAt - beganBefore;
  const atLeastMs = lived !== null && lived >= 0 && lived <= LONGEST_SESSION_MS ? lived : null;
  const atMostMs = beganAfter === null ? null : now - beganAfter;
  // Sooner than any administrator can set it: somebody ended it by hand.
  if (atMostMs !== null && atMostMs < SHORTEST_SESSION_MS) return null;
  return { atLeastMs, atMostMs };
}

function tooEarly(length: LearnedLength, seen: SeenLength | null): boolean {
  if (seen === null || seen.atMostMs === null || length.atLeastMs === null) return false;
  return seen.atMostMs < length.atLeastMs - SLACK_MS;
}

function narrowed(length: LearnedLength, seen: SeenLength, facts: SessionFacts): LearnedLength {
  if (tooEarly(length, seen)) return { ...seen, doubted: false };
  const atLeastMs = greater(length.atLeastMs, seen.atLeastMs);
  const atMostMs = nearest([length.atMostMs, seen.atMostMs]);
  // An end whose beginning was seen too confirms what is known; a vague one leaves the doubt.
  const sure = (facts.beganBefore ?? 0) - (facts.beganAfter ?? Number.NEGATIVE_INFINITY) <= SIGN_IN_TAKES_MS;
  return { atLeastMs, atMostMs, doubted: length.doubted && !sure };
}

function greater(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

/** Files know whole seconds. */
function sameToken(a: number | null, b: number): boolean {
  return a !== null && Math.abs(a - b) < 1_000;
}

/** The interval in which an SSO session is expected to end. */
export interface ExpectedEnd {
  from: number;
  to: number;
  /**
   * The instant to warn ahead of: the earliest end. Null once it has lived past that, unless the latest is near: then it
   * may end at any time, and a warning would stand for hours.
   */
  warnAt: number | null;
}

/** What is to be expected of the SSO session `id`; null: nothing is known. */
export function expectedEnd(knowledge: EndKnowledge, id: string): ExpectedEnd | null {
  const facts = own(knowledge.sessions, id);
  if (facts === undefined || facts.beganBefore === null || facts.beganAfter === null) return null;
  const length = own(knowledge.lengths, instanceOf(facts.startUrl));
  if (length === undefined || length.atMostMs === null) return null;
  const { lastGoodAt, beganAfter, beganBefore } = facts;
  const to = beganBefore + length.atMostMs;
  const early = beganAfter + (length.atLeastMs ?? 0);
  const from = Math.min(to, Math.max(early, lastGoodAt ?? 0));
  const passed = early <= (lastGoodAt ?? beganBefore);
  return { from, to, warnAt: passed && to - from > NARROW_ENOUGH_MS ? null : early };
}

/**
 * An instant in [`after`, `before`) at which a refresh tells most of when the SSO session ends: the middle of the
 * interval, while that is wide. Null: none.
 */
export function tellingInstant(end: ExpectedEnd | null, after: number, before: number): number | null {
  if (end === null || end.to - end.from <= NARROW_ENOUGH_MS) return null;
  const middle = Math.round((end.from + end.to) / 2);
  return middle >= after && middle < before ? middle : null;
}
