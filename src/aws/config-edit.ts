import { BedrockTrayError } from '../contract/errors.ts';
import { parseAwsText, sectionOf } from './config-file.ts';
import { decodeIni, type IniOption, type IniSection } from './ini.ts';

/**
 * Changes to ~/.aws/config that leave every other byte as it is: comments, order, line ends, a missing last line end.
 * What comes out is parsed again and must say exactly what the file said, with the edits and nothing else.
 */
export interface SectionEdit {
  /** `create` is refused where the section is there already, `change` and `remove` (the whole section) where it is not. */
  how: 'create' | 'change' | 'remove';
  type: 'profile' | 'sso-session';
  name: string;
  /** Keys and values in the order in which they are to stand. */
  options: Readonly<Record<string, string>>;
  /** Keys that go (`change` only); not being there is fine. */
  remove?: readonly string[];
}

/** One piece of a file that was replaced. Offsets and lengths in bytes; the pieces of one edit are in order and apart. */
export interface Hunk {
  at: number;
  removed: Uint8Array;
  /** How many bytes stand there instead. */
  inserted: number;
}

export type Edited = { bytes: Uint8Array; hunks: Hunk[] } | { refused: SectionEdit };

/** `[profile my-name]`, quoted where the name needs it. */
export function headerOf(type: SectionEdit['type'], name: string): string {
  if (type === 'profile' && name === 'default') return '[default]';
  const word = /^[\w@+.%:/-]+$/.test(name) ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
  return `[${type} ${word}]`;
}

/** A new section as it is written, with `\n` for line ends. */
export function sectionText(edit: Pick<SectionEdit, 'type' | 'name' | 'options'>): string {
  const lines = Object.entries(edit.options).map(([key, value]) => `${key} = ${value}\n`);
  return `${headerOf(edit.type, edit.name)}\n${lines.join('')}`;
}

const idOf = ({ type, name }: { type: string; name: string }) => JSON.stringify([type, name]);

/** Sections by what their headers mean: files and edits may count thousands, and are not to be multiplied. */
function sectionsById(sections: readonly IniSection[]): Map<string, IniSection[]> {
  const found = new Map<string, IniSection[]>();
  for (const section of sections) {
    const known = sectionOf(section.name);
    if (known) found.set(idOf(known), [...(found.get(idOf(known)) ?? []), section]);
  }
  return found;
}

/** Refuses what would not stand on one line, or would be read as something else. */
function checkOptions(file: string, options: SectionEdit['options']): void {
  for (const [key, value] of Object.entries(options)) {
    if (
      !/^[a-z][a-z0-9_]*$/.test(key) ||
      value.trim() !== value ||
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)
    ) {
      throw new BedrockTrayError('BadInput', { field: key, reason: `cannot stand in ${file}` });
    }
  }
}

/** A replaced piece of the text; offsets in UTF-16 units. */
export interface Splice {
  at: number;
  remove: number;
  insert: string;
}

/** Lines with their line ends, and where each begins. */
function linesOf(text: string): { lines: string[]; starts: number[] } {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length;
  }
  return { lines, starts };
}

const endOfLine = (line: string) => /(?:\r\n|\r|\n)$/.exec(line)?.[0] ?? '';
const isComment = (line: string) => /^\s*[#;]/.test(line);

/** How lines end just before `index` in a file that may mix line ends; a new file's end in `\n`. */
function lineEndNear(lines: readonly string[], index: number): string {
  for (let n = Math.min(index, lines.length - 1); n >= 0; n--) {
    const end = endOfLine(lines[n] ?? '');
    if (end !== '') return end;
  }
  return '\n';
}

/** The section's own options: those of Python's [DEFAULT] are in the parsed section too. */
const ownOptions = (section: IniSection): [string, IniOption][] =>
  [...section.options].filter(([, o]) => !o.inherited);

/** A section's options set and removed: lines that are there are replaced, others follow the section's last. */
function changes(
  edit: SectionEdit,
  section: IniSection,
  { lines, starts }: ReturnType<typeof linesOf>,
): Splice[] {
  const splices: Splice[] = [];
  const own = new Map(ownOptions(section));
  const drop = (from: number, end: number) => {
    for (let n = from; n < end; n++) {
      const line = lines[n - 1] ?? '';
      // A comment between the lines of a value is the person's.
      if (!isComment(line)) splices.push({ at: starts[n - 1] ?? 0, remove: line.length, insert: '' });
    }
  };
  const insert: string[] = [];
  const last = [...own.values()].reduce<IniOption | null>((a, o) => (a && a.line > o.line ? a : o), null);
  const after = last ? last.end - 1 : section.line;
  if (edit.how === 'remove') {
    const gap = section.line > 1 && (lines[section.line - 2] ?? '').trim() === '' ? 1 : 0;
    drop(section.line - gap, after + 1);
    return splices;
  }
  const eol = lineEndNear(lines, after - 1);
  const indent = last ? (/^[ \t]*/.exec(lines[last.line - 1] ?? '')?.[0] ?? '') : '';
  for (const [key, value] of Object.entries(edit.options)) {
    const there = own.get(key);
    if (!there) {
      insert.push(`${indent}${key} = ${value}${eol}`);
      continue;
    }
    const line = lines[there.line - 1] ?? '';
    const content = line.slice(0, line.length - endOfLine(line).length);
    const head = /^[^=:]*[=:][ \t]*/.exec(content)?.[0] ?? '';
    const gap = head.length === content.length && !/[ \t]$/.test(head) ? ' ' : '';
    splices.push({
      at: (starts[there.line - 1] ?? 0) + head.length,
      remove: content.length - head.length,
      insert: gap + value,
    });
    drop(there.line + 1, there.end);
  }
  for (const key of edit.remove ?? []) {
    const there = own.get(key);
    if (there) drop(there.line, there.end);
  }
  if (insert.length > 0) {
    const line = lines[after - 1] ?? '';
    splices.push({
      at: (starts[after - 1] ?? 0) + line.length,
      remove: 0,
      insert: (endOfLine(line) === '' ? eol : '') + insert.join(''),
    });
  }
  return splices;
}

export function spliced(text: string, splices: readonly Splice[]): string {
  let out = '';
  let at = 0;
  for (const s of splices) {
    out += text.slice(at, s.at) + s.insert;
    at = s.at + s.remove;
  }
  return out + text.slice(at);
}

/** Splices of text as hunks of its bytes. */
export function hunksOf(text: string, splices: readonly Splice[]): Hunk[] {
  const hunks: Hunk[] = [];
  let chars = 0;
  let bytes = 0;
  for (const s of splices) {
    bytes += Buffer.byteLength(text.slice(chars, s.at));
    const removed = Buffer.from(text.slice(s.at, s.at + s.remove));
    hunks.push({ at: bytes, removed, inserted: Buffer.byteLength(s.insert) });
    chars = s.at + s.remove;
    bytes += removed.length;
  }
  return hunks;
}

type Said = [name: string, options: [string, string][]];
const sorted = (options: Iterable<[string, string]>): [string, string][] =>
  [...options].sort(([a], [b]) => (a < b ? -1 : 1));

/** What the file must say afterwards, section by section. */
function wanted(
  before: readonly IniSection[],
  edits: readonly SectionEdit[],
  changed: ReadonlyMap<IniSection, SectionEdit>,
): Said[] {
  const left = before.filter((section) => changed.get(section)?.how !== 'remove');
  const said = left.map((section): Said => {
    const options = new Map([...section.options].map(([k, o]) => [k, o.value]));
    const edit = changed.get(section);
    for (const key of edit?.remove ?? []) options.delete(key);
    for (const [key, value] of Object.entries(edit?.options ?? {})) options.set(key, value);
    return [section.name, sorted(options)];
  });
  for (const edit of edits) {
    if (edit.how === 'create') {
      said.push([headerOf(edit.type, edit.name).slice(1, -1), sorted(Object.entries(edit.options))]);
    }
  }
  return said;
}

/** What the file says afterwards; of new sections (the last ones) their own lines: [DEFAULT]'s stand there too. */
function found(after: readonly IniSection[], old: number): Said[] {
  return after.map((section, n): Said => {
    const options = [...section.options].filter(([, o]) => n < old || !o.inherited);
    return [section.name, sorted(options.map(([k, o]) => [k, o.value]))];
  });
}

/**
 * The bytes of a config file after some edits, all or none; `refused` names the first that cannot be made.
 * Errors: ConfigMalformed (the file as it is), BadInput (what cannot be written so that AWS's tools read it so).
 */
export function editConfig(file: string, bytes: Uint8Array, edits: readonly SectionEdit[]): Edited {
  for (const edit of edits) checkOptions(file, edit.options);
  const before = parseAwsText(file, bytes);
  const known = sectionsById(before);
  const seen = new Set<string>();
  const changed = new Map<IniSection, SectionEdit>();
  for (const edit of edits) {
    const [section, ...others] = known.get(idOf(edit)) ?? [];
    // Two sections of one profile ([default] and [profile default]) are nobody's to choose from.
    const fits = edit.how === 'create' ? section === undefined : section !== undefined && others.length === 0;
    if (seen.has(idOf(edit)) || !fits) return { refused: edit };
    seen.add(idOf(edit));
    if (section) changed.set(section, edit);
  }
  const text = decodeIni(bytes);
  const { lines, starts } = linesOf(text);
  const splices = [...changed]
    .flatMap(([section, edit]) => changes(edit, section, { lines, starts }))
    .sort((a, b) => a.at - b.at);
  const created = edits.filter((edit) => edit.how === 'create');
  if (created.length > 0) {
    const rest = spliced(text, splices);
    const eol = lineEndNear(lines, lines.length - 1);
    const gap = rest === '' ? '' : /[\r\n]$/.test(rest) ? eol : eol + eol;
    const added = created.map(sectionText).join('\n').replaceAll('\n', eol);
    splices.push({ at: text.length, remove: 0, insert: gap + added });
  }
  const result = Buffer.from(spliced(text, splices), 'utf8');
  let after: IniSection[] | null = null;
  try {
    after = parseAwsText(file, result);
  } catch {
    // refused below
  }
  const removed = edits.filter((edit) => edit.how === 'remove').length;
  const says = after && JSON.stringify(found(after, before.length - removed));
  const stand = after && sectionsById(after);
  if (
    says !== JSON.stringify(wanted(before, edits, changed)) ||
    !created.every((edit) => stand?.has(idOf(edit)))
  ) {
    const field = edits
      .map((e) => e.name)
      .join(', ')
      .slice(0, 200);
    throw new BedrockTrayError('BadInput', { field, reason: `cannot stand in ${file}` });
  }
  return { bytes: result, hunks: hunksOf(text, splices) };
}

/** The bytes before some hunks were made (of the very bytes that they made), or null where they cannot be these. */
export function unedited(bytes: Uint8Array, hunks: readonly Hunk[]): Uint8Array | null {
  const parts: Uint8Array[] = [];
  let at = 0;
  let shift = 0;
  for (const hunk of hunks) {
    const start = hunk.at + shift;
    const end = start + hunk.inserted;
    if (start < at || end > bytes.length) return null;
    parts.push(bytes.subarray(at, start), hunk.removed);
    at = end;
    shift += hunk.inserted - hunk.removed.length;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
