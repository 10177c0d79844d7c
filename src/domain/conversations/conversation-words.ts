/**
 * Words of conversations for a full-text index, and places of words in a text. An index of whole words finds neither
 * `User` in `getUserById` nor two characters of a Chinese sentence, which has no spaces; so texts are cut here:
 * - runs of letters and digits are words, and what follows each hump in them is one too: `getUserById` is
 *   `getuserbyid`, `userbyid`, `byid`, `id`. A question's words need only be their beginnings.
 * - scripts without spaces (Han, kana, Hangul, Thai, ...) become every two neighbouring characters and the last one.
 */

/** No longer word is kept: beginnings of hashes and of encoded files say enough. */
const WORD_LENGTH = 40;
const HUMPS = 8;

const SEPARATOR = 0;
const WORD = 1;
const UNSPACED = 2;

const unspaced =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
const wordy = /[\p{L}\p{N}\p{M}]/u;

function kindOf(codePoint: number): number {
  // The great blocks of Han and Hangul by themselves: asking the engine takes long.
  if (codePoint >= 0x4e00 && codePoint <= 0x9fff) return UNSPACED;
  if (codePoint >= 0xac00 && codePoint <= 0xd7a3) return UNSPACED;
  if (codePoint >= 0x20000 && codePoint <= 0x2a6df) return UNSPACED;
  const char = String.fromCodePoint(codePoint);
  if (!wordy.test(char)) return SEPARATOR;
  return unspaced.test(char) ? UNSPACED : WORD;
}

/** Kinds of the basic plane, worked out as they come: 255 is not known yet. */
const kinds = new Uint8Array(0x10000).fill(255);
function kind(codePoint: number): number {
  if (codePoint > 0xffff) return kindOf(codePoint);
  const known = kinds[codePoint] as number;
  if (known !== 255) return known;
  const found = kindOf(codePoint);
  kinds[codePoint] = found;
  return found;
}

const onlyAscii = /^[\0-\x7f]*$/;

/** Without diacritics and differences of form (full width, ligatures), case kept. */
function plainForm(text: string): string {
  return onlyAscii.test(text)
    ? text
    : text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .normalize('NFKC');
}

const lower = (text: string): string => {
  const lowered = text.toLowerCase();
  // One letter in two forms.
  return onlyAscii.test(lowered) ? lowered : lowered.replaceAll('ς', 'σ').replaceAll('ß', 'ss');
};

/** What is compared: no case, no diacritics, one form of each character. */
export const folded = (text: string): string => lower(plainForm(text));

interface Run {
  kind: typeof WORD | typeof UNSPACED;
  text: string;
}

/** Runs of one kind of character, in order. */
function eachRun(text: string, take: (kind: Run['kind'], run: string) => void): void {
  let start = 0;
  let current: number = SEPARATOR;
  const length = text.length;
  for (let i = 0; i < length; ) {
    const code = text.charCodeAt(i);
    let next: number;
    let width = 1;
    if (code < 0x80) {
      const letter = code | 0x20;
      next = (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) ? WORD : SEPARATOR;
    } else {
      const codePoint = code >= 0xd800 && code < 0xdc00 ? (text.codePointAt(i) as number) : code;
      if (codePoint > 0xffff) width = 2;
      next = kind(codePoint);
    }
    if (next !== current) {
      if (current !== SEPARATOR) take(current as Run['kind'], text.slice(start, i));
      start = i;
      current = next;
    }
    i += width;
  }
  if (current !== SEPARATOR) take(current as Run['kind'], text.slice(start));
}

const isUpper = (code: number) => code >= 65 && code <= 90;
const isLower = (code: number) => code >= 97 && code <= 122;

/** Adds what an index keeps of a text: folded words that hold letters and digits only. */
export function addIndexWords(text: string, words: Set<string>): void {
  eachRun(plainForm(text), (kind, run) => {
    if (kind === UNSPACED) {
      const chars = [...lower(run)];
      for (let i = 0; i + 1 < chars.length; i++) words.add(`${chars[i]}${chars[i + 1]}`);
      words.add(chars.at(-1) as string);
      return;
    }
    // Nobody looks for the middle of an encoded file.
    const kept = run.length > WORD_LENGTH ? run.slice(0, WORD_LENGTH) : run;
    const word = lower(kept);
    words.add(word);
    if (run.length > 2 * WORD_LENGTH || word.length !== kept.length) return;
    let humps = 0;
    for (let i = 1; i < kept.length && humps < HUMPS; i++) {
      if (!isUpper(kept.charCodeAt(i))) continue;
      const before = kept.charCodeAt(i - 1);
      if (isUpper(before) && !isLower(kept.charCodeAt(i + 1))) continue;
      words.add(word.slice(i));
      humps++;
    }
  });
}

/** One word of a question. */
export interface QueryWord {
  /** Folded, as it has to stand in the text. */
  text: string;
  /** What the index must know for it, all within one text; empty where it consists of signs that no index keeps. */
  terms: { term: string; prefix: boolean }[];
}

/** The words of a question, at most 16. Words are separated by spaces; each is to be found as it stands, the beginning of a name is enough. */
export function queryWords(query: string): QueryWord[] {
  const found = new Map<string, QueryWord>();
  for (const word of plainForm(query).split(/[\s\u3000]+/)) {
    const text = lower(word);
    if (text === '' || found.has(text) || found.size >= 16) continue;
    const runs: Run[] = [];
    eachRun(word, (kind, run) => runs.push({ kind, text: run }));
    const terms = runs.flatMap(({ kind, text: run }, i): QueryWord['terms'] => {
      const name = lower(run);
      if (kind === UNSPACED) {
        const chars = [...name];
        if (chars.length === 1) return [{ term: name, prefix: true }];
        return chars.slice(1).map((char, at) => ({ term: `${chars[at]}${char}`, prefix: false }));
      }
      const last = i === runs.length - 1;
      // What begins with one letter is too much to be of use.
      if (last && i > 0 && name.length === 1) return [];
      return [
        { term: name.slice(0, WORD_LENGTH), prefix: (last && name.length > 1) || name.length >= WORD_LENGTH },
      ];
    });
    found.set(text, { text, terms });
  }
  return [...found.values()];
}

/** [from, to) in UTF-16 units. */
export type Range = [number, number];

/** What belongs to the character before it. */
const isMark = (code: number) =>
  (code >= 0x300 && code <= 0x36f) ||
  (code >= 0x3099 && code <= 0x309a) ||
  code === 0xff9e ||
  code === 0xff9f;
const isJamo = (code: number) => code >= 0x1100 && code <= 0x11ff;

/** Where the character at `i` ends, with the marks on it; decomposed Hangul is one as a whole. */
function characterEnd(text: string, i: number): number {
  const code = text.charCodeAt(i);
  let end = i + (code >= 0xd800 && code < 0xdc00 && i + 1 < text.length ? 2 : 1);
  if (isJamo(code)) while (end < text.length && isJamo(text.charCodeAt(end))) end++;
  while (end < text.length && isMark(text.charCodeAt(end))) end++;
  return end;
}

/** Foldings of single units, as they come. */
const foldedUnits: (string | undefined)[] = [];

/** A text folded, and where each unit of that came from: null where nothing has moved. */
function foldedWithPlaces(text: string): { text: string; from: Int32Array | null; to: Int32Array | null } {
  if (onlyAscii.test(text)) return { text: text.toLowerCase(), from: null, to: null };
  const pieces: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i < text.length; ) {
    const end = characterEnd(text, i);
    let piece: string;
    if (end === i + 1) {
      const code = text.charCodeAt(i);
      piece = foldedUnits[code] ??= folded(text.slice(i, end));
    } else piece = folded(text.slice(i, end));
    for (let unit = 0; unit < piece.length; unit++) {
      from.push(i);
      to.push(end);
    }
    pieces.push(piece);
    i = end;
  }
  return { text: pieces.join(''), from: Int32Array.from(from), to: Int32Array.from(to) };
}

/** Where folded words stand in a text, in order, at most `limit`, none within another. */
export function matchesIn(text: string, words: readonly string[], limit = 1_000): Range[] {
  const place = foldedWithPlaces(text);
  const found: Range[] = [];
  for (const word of words) {
    if (word === '') continue;
    for (
      let at = place.text.indexOf(word), count = 0;
      at >= 0 && count < limit;
      at = place.text.indexOf(word, at + word.length), count++
    ) {
      const end = at + word.length;
      found.push([
        place.from ? (place.from[at] as number) : at,
        place.to ? (place.to[end - 1] as number) : end,
      ]);
    }
  }
  found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const apart: Range[] = [];
  for (const range of found) {
    const last = apart.at(-1);
    if (last && range[0] < last[1]) last[1] = Math.max(last[1], range[1]);
    else if (apart.length < limit) apart.push(range);
    else break;
  }
  return apart;
}

/** One line of readable text: whatever breaks or turns lines, or is invisible, becomes a space. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .trim();
}

/** The words around a place in a text, and the matches in that excerpt. `around`: [from, to) in UTF-16 units. */
export function excerpt(
  text: string,
  around: Range,
  words: readonly string[],
): { text: string; matches: Range[] } {
  const from = Math.max(0, around[0] - 60);
  const to = Math.min(text.length, Math.max(around[1], around[0] + 400) + 20, from + 260);
  const line = oneLine(text.slice(from, to)).slice(0, 240);
  const shown = `${from > 0 ? '…' : ''}${line}${to < text.length ? '…' : ''}`;
  return { text: shown, matches: matchesIn(shown, words, 50) };
}
