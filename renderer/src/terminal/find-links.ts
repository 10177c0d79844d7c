/** Where something that could be opened stands in a line of text: [start, end) in UTF-16 units. */
export type LinkCandidate =
  | { kind: 'url'; start: number; end: number; address: string }
  /** Only a link if there is such a file. */
  | { kind: 'file'; start: number; end: number; path: string; line?: number; column?: number };

/** Characters that end an address where it stands in a sentence or in brackets. */
const URL_IN_TEXT = /https:\/\/[^\s"'`<>{}|\\^\u2500-\u257f]+/g;
const AFTER_ADDRESS = /[.,:;!?'"*)\]}>…，。；：！？、）】》」』]+$/;

/** `:12`, `:12:5`, `(12,5)`, `, line 12`. */
const PLACE = String.raw`(?::(\d{1,7})(?::(\d{1,6}))?|\((\d{1,7})(?:, ?(\d{1,6}))?\)|,? lines? (\d{1,7}))?`;
const WORD = String.raw`[\p{L}\p{M}\p{N}_@%+=.~$#-]+`;
/** A name in quotes or in brackets after a tool's name, as Claude Code shows it; it may have spaces. */
const ENCLOSED = new RegExp(
  String.raw`(?:"([^"\n]{2,300})"|'([^'\n]{2,300})'|\x60([^\x60\n]{2,300})\x60|\b(?:Read|Write|Update|Edit|MultiEdit|NotebookEdit|Create|View|List)\(([^()\n]{2,300})\))${PLACE}`,
  'gu',
);
const BARE = new RegExp(String.raw`(?:[A-Za-z]:)?[\\/]?${WORD}(?:[\\/]+${WORD})*[\\/]?${PLACE}`, 'gu');

const MOST = 60;

/**
 * Addresses (https) and what may be paths of files, with line and column, in one line of a terminal. Which of the
 * paths are files the agent says. Candidates do not overlap; at most 60.
 */
export function findLinks(text: string): LinkCandidate[] {
  const found: LinkCandidate[] = [];
  const free = (start: number, end: number): boolean =>
    found.length < MOST && !found.some((f) => f.start < end && start < f.end);
  for (const match of text.matchAll(URL_IN_TEXT)) {
    const address = trimAddress(match[0]);
    if (URL.canParse(address) && free(match.index, match.index + address.length))
      found.push({ kind: 'url', start: match.index, end: match.index + address.length, address });
  }
  for (const match of text.matchAll(ENCLOSED)) {
    const name = match.slice(1, 5).find((part) => part !== undefined) ?? '';
    // In brackets a place may stand with the name: Read(a.ts:12).
    const place = new RegExp(`^(.*?)${PLACE}$`, 'u').exec(name);
    const path = (place?.[1] ?? name).trim();
    const start = match.index + match[0].indexOf(name);
    const own = numbers(match.slice(5));
    const end = own.line === undefined ? start + name.length : match.index + match[0].length;
    if (!isPathLike(path) || !free(start, end)) continue;
    found.push({
      kind: 'file',
      start,
      end,
      path,
      ...(own.line === undefined ? numbers(place?.slice(2) ?? []) : own),
    });
  }
  for (const match of text.matchAll(BARE)) {
    const places = match.slice(1);
    const hasPlace = places.some((p) => p !== undefined);
    const whole = hasPlace ? match[0] : match[0].replace(/[.,]+$/, '');
    const path = hasPlace ? whole.replace(new RegExp(`${PLACE}$`, 'u'), '') : whole;
    if (!isPathLike(path) || !free(match.index, match.index + whole.length)) continue;
    found.push({
      kind: 'file',
      start: match.index,
      end: match.index + whole.length,
      path,
      ...numbers(places),
    });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Brackets that the address itself opened stay. */
function trimAddress(address: string): string {
  let end = address;
  for (;;) {
    const last = AFTER_ADDRESS.exec(end)?.[0];
    if (!last) return end;
    const open = end.slice(0, -1).split('(').length;
    if (last === ')' && open > end.split(')').length - 1) return end;
    end = end.slice(0, -1);
  }
}

function numbers(groups: readonly (string | undefined)[]): { line?: number; column?: number } {
  const [a, aColumn, b, bColumn, c] = groups;
  const line = Number(a ?? b ?? c ?? 0);
  const column = Number(aColumn ?? bColumn ?? 0);
  return { ...(line >= 1 && { line }), ...(line >= 1 && column >= 1 && { column }) };
}

/**
 * With a folder or an extension in it, and not a number, a version or an address; nor on another computer, which
 * Windows would sign in to for a mere look.
 */
function isPathLike(path: string): boolean {
  if (
    path.length < 2 ||
    path.length > 1024 ||
    /^[\d.,:/\\-]+$/.test(path) ||
    path.includes('://') ||
    /^[\\/]{2}/.test(path)
  )
    return false;
  return /[\\/]./.test(path) || /^[^\s]+\.\p{L}[\p{L}\p{N}]{0,9}$/u.test(path) || /^\.\w/.test(path);
}
