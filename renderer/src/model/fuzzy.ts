/** A text that fits a query: the higher the score the better, and which of its characters fit ([from, to), UTF-16). */
export interface Fit {
  score: number;
  matches: readonly (readonly [number, number])[];
}

/** Whether a word may begin here: at the start, after a separator, or at a capital after a small letter. */
function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const [before, here] = [text[at - 1] ?? '', text[at] ?? ''];
  return /[\s/\\._\-·:()]/.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(here));
}

/**
 * Fits one word of a query into a text: whole where it can be, else its characters in order. Beginnings of words
 * count more, gaps and late places less.
 */
function fitWord(word: string, lower: string, text: string): Fit | null {
  let best: Fit | null = null;
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
    const score = 100 + (isStart(text, at) ? 60 : 0) - Math.min(at, 40) + word.length * 4;
    if (!best || score > best.score) best = { score, matches: [[at, at + word.length]] };
  }
  if (best || word.length < 2) return best;
  const matches: [number, number][] = [];
  let score = 0;
  let from = 0;
  for (const character of word) {
    // The next beginning of a word that fits is better than the next place at all.
    let at = lower.indexOf(character, from);
    if (at < 0) return null;
    for (let start = at; start >= 0 && start - from < 30; start = lower.indexOf(character, start + 1))
      if (isStart(text, start)) {
        at = start;
        break;
      }
    const last = matches.at(-1);
    if (last && last[1] === at) last[1] = at + character.length;
    else {
      // Letters that are strewn about are no abbreviation.
      if (last && !isStart(text, at)) score -= 12;
      matches.push([at, at + character.length]);
    }
    score += isStart(text, at) ? 14 : 4;
    from = at + character.length;
  }
  return score <= 0 ? null : { score, matches };
}

/** Fits a query (words in any order, each of which must fit) into a text; null where it does not. An empty query fits all. */
export function fuzzyFit(query: string, text: string): Fit | null {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '');
  const lower = text.toLowerCase();
  // Lower case may have another length (İ): then nothing is marked.
  const marks = lower.length === text.length;
  let score = 0;
  const all: [number, number][] = [];
  for (const word of words) {
    const found = fitWord(word, lower, marks ? text : lower);
    if (!found) return null;
    score += found.score;
    all.push(...found.matches.map(([from, to]) => [from, to] as [number, number]));
  }
  return { score, matches: marks ? merged(all) : [] };
}

function merged(matches: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of matches.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** A text in pieces, those that fit marked. Matches outside of the text are left out. */
export function pieces(
  text: string,
  matches: readonly (readonly [number, number])[],
): { text: string; marked: boolean; at: number }[] {
  const out: { text: string; marked: boolean; at: number }[] = [];
  let from = 0;
  for (const [start, end] of [...matches].sort((a, b) => a[0] - b[0])) {
    const [a, b] = [Math.max(from, start), Math.min(text.length, end)];
    if (b <= a) continue;
    if (a > from) out.push({ text: text.slice(from, a), marked: false, at: from });
    out.push({ text: text.slice(a, b), marked: true, at: a });
    from = b;
  }
  if (from < text.length) out.push({ text: text.slice(from), marked: false, at: from });
  return out;
}
