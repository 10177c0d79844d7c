/**
 * AWS's INI files exactly as the AWS CLI and botocore read them (Python's RawConfigParser, strict, then a nested
 * level for indented values): whatever they reject as a whole is rejected here, with the line.
 */
export class IniError extends Error {
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

export interface IniOption {
  value: string;
  /** 1-based line of the option, and the line after its value (continuations included). */
  line: number;
  end: number;
  /** The option's first line as it stands in the file. */
  text: string;
  /** From `[DEFAULT]`, not from the section's own lines. */
  inherited: boolean;
}
export interface IniSection {
  name: string;
  /** 1-based line of the header, and the header line as it stands in the file. */
  line: number;
  text: string;
  /** Some line of the file ends in a carriage return alone. */
  loneReturns: boolean;
  options: Map<string, IniOption>;
}

// Python's idea of white space: JavaScript's has no \x1c-\x1f and \x85, but has the byte order mark.
const space =
  '\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const isSpace = new RegExp(`[${space}]`);
const splitLines = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/;
/** Whether the character at `at` is white space: the signs of which files are full are told apart without a pattern. */
function spaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code > 32 && code < 127 ? false : isSpace.test(text[at] as string));
}
function indentOf(text: string): number {
  let start = 0;
  while (start < text.length && spaceAt(text, start)) start++;
  return start;
}
function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && spaceAt(text, end - 1)) end--;
  return end === text.length ? text : text.slice(0, end);
}
const strip = (text: string) => stripEnd(text.slice(indentOf(text)));

/** Decodes a file as the AWS tools do: UTF-8 or nothing. */
export function decodeIni(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new IniError(0, 'not UTF-8');
  }
}

/** An indented value is one more level of `key = value` lines (`s3 =` and the like). */
function checkNested(value: string, line: number): void {
  for (const inner of value.split(splitLines)) {
    const text = strip(inner);
    if (text !== '' && !text.includes('=')) throw new IniError(line, 'indented line without “=”');
  }
}

/** `[DEFAULT]` is Python's own: its options stand in every section. Throws IniError. */
export function parseIni(text: string): IniSection[] {
  const loneReturns = /\r(?!\n)/.test(text);
  const sections = new Map<string, IniSection>();
  const defaults: IniSection = { name: 'DEFAULT', line: 0, text: '', loneReturns, options: new Map() };
  let section: IniSection | null = null;
  let option: { entry: IniOption; parts: string[] } | null = null;
  let indentLevel = 0;

  const finish = () => {
    if (!option) return;
    option.entry.value = stripEnd(
      option.parts.length === 1 ? (option.parts[0] as string) : option.parts.join('\n'),
    );
    option = null;
  };

  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const value = strip(line);
    const isComment = value.startsWith('#') || value.startsWith(';');
    if (isComment) continue;
    if (value === '') {
      if (option) option.parts.push('');
      continue;
    }
    const indent = indentOf(line);
    if (section && option && indent > indentLevel) {
      option.parts.push(value);
      option.entry.end = number + 1;
      continue;
    }
    indentLevel = indent;
    const header = value.startsWith('[') ? /^\[([^\n]+)\]/.exec(value)?.[1] : undefined;
    if (header !== undefined) {
      finish();
      if (header === 'DEFAULT') {
        section = defaults;
        continue;
      }
      if (sections.has(header)) throw new IniError(number, `section [${header}] stands there twice`);
      section = { name: header, line: number, text: line, loneReturns, options: new Map() };
      sections.set(header, section);
      continue;
    }
    if (!section) {
      throw new IniError(
        number,
        line.startsWith('\ufeff') ? 'byte order mark' : 'text before the first [section]',
      );
    }
    const delimiter = value.search(/[=:]/);
    const name = delimiter < 0 ? '' : stripEnd(value.slice(0, delimiter)).toLowerCase();
    if (name === '')
      throw new IniError(number, delimiter < 0 ? 'neither [section] nor “key = value”' : 'no key');
    finish();
    if (section.options.has(name)) throw new IniError(number, `“${name}” stands there twice`);
    const entry: IniOption = { value: '', line: number, end: number + 1, text: line, inherited: false };
    section.options.set(name, entry);
    option = { entry, parts: [strip(value.slice(delimiter + 1))] };
  }
  finish();

  if (defaults.options.size > 0) {
    const inherited = [...defaults.options].map(([key, o]) => [key, { ...o, inherited: true }] as const);
    for (const s of sections.values()) s.options = new Map([...inherited, ...s.options]);
  }
  for (const s of sections.values()) {
    for (const o of s.options.values()) if (o.value.startsWith('\n')) checkNested(o.value, o.line);
  }
  return [...sections.values()];
}

/** Python's `shlex.split`: the words of a section header, or null where it refuses (an open quotation). */
export function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quote !== '') {
      if (c === quote) quote = '';
      else if (c === '\\' && quote === '"') {
        const next = text[++i];
        if (next === undefined) return null;
        word += next === '"' || next === '\\' ? next : `\\${next}`;
      } else word += c;
    } else if (/[ \t\r\n]/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (c === '\\') {
      const next = text[++i];
      if (next === undefined) return null;
      word = (word ?? '') + next;
    } else word = (word ?? '') + c;
  }
  if (quote !== '') return null;
  if (word !== null) words.push(word);
  return words;
}
