import { readFile } from 'node:fs/promises';
import { BedrockTrayError } from '../contract/errors.ts';
import { parseAwsText, sectionOf } from './config-file.ts';
import { decodeIni, type IniSection } from './ini.ts';
import { replaceFile } from './replace-file.ts';

/**
 * Changes to ~/.aws/config that leave every other byte as it is: comments, order, line ends, mode, owner, links.
 * What was written is parsed again before it replaces the file; on any failure the file is as it was.
 */
export interface SectionEdit {
  type: 'profile' | 'sso-session';
  name: string;
  /** Keys and values in the order in which they are to stand. */
  options: Readonly<Record<string, string>>;
}

/** `[profile my-name]`, quoted where the name needs it. */
export function headerOf(type: SectionEdit['type'], name: string): string {
  if (type === 'profile' && name === 'default') return '[default]';
  const word = /^[\w@+.%:/-]+$/.test(name) ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
  return `[${type} ${word}]`;
}

function lineEndOf(text: string): string {
  return /\r\n|\n/.exec(text)?.[0] ?? '\n';
}

const isSame = (section: IniSection, edit: { type: string; name: string }) => {
  const known = sectionOf(section.name);
  return known?.type === edit.type && known.name === edit.name;
};

/** Refuses what would not stand on one line, or would be read as something else. */
function checkOptions(file: string, options: SectionEdit['options']): void {
  for (const [key, value] of Object.entries(options)) {
    if (
      !/^[a-z][a-z0-9_]*$/.test(key) ||
      value.trim() !== value ||
      /[\u0000-\u001f\u007f-\u009f]/.test(value)
    ) {
      throw new BedrockTrayError('BadInput', { field: key, reason: `cannot stand in ${file}` });
    }
  }
}

/** The text with one section more at its end. */
function appended(text: string, edit: SectionEdit): string {
  const eol = lineEndOf(text);
  const gap = text === '' ? '' : /[\r\n]$/.test(text) ? eol : eol + eol;
  const lines = Object.entries(edit.options).map(([key, value]) => `${key} = ${value}`);
  return text + gap + [headerOf(edit.type, edit.name), ...lines].join(eol) + eol;
}

/** The text with a section's options set: lines that are there are replaced, others follow the section's last. */
function changed(text: string, section: IniSection, edit: SectionEdit): string {
  const eol = lineEndOf(text);
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const own = [...section.options.values()].filter((o) => o.line > section.line);
  const first = own[0];
  const indent = first ? (/^[ \t]*/.exec(lines[first.line - 1] ?? '')?.[0] ?? '') : '';
  const last = Math.max(section.line, ...own.map((o) => o.end - 1));
  const insert: string[] = [];
  const drop = new Set<number>();
  const put = new Map<number, string>();
  for (const [key, value] of Object.entries(edit.options)) {
    const there = section.options.get(key);
    if (there && there.line > section.line) {
      const line = lines[there.line - 1] ?? '';
      const end = /[\r\n]+$/.exec(line)?.[0] ?? '';
      put.set(there.line, `${/^[ \t]*/.exec(line)?.[0] ?? ''}${key} = ${value}${end}`);
      for (let n = there.line + 1; n < there.end; n++) drop.add(n);
    } else insert.push(`${indent}${key} = ${value}${eol}`);
  }
  let out = '';
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (!drop.has(number)) out += put.get(number) ?? line;
    if (number === last && insert.length > 0) out += (/[\r\n]$/.test(out) ? '' : eol) + insert.join('');
  }
  return out;
}

/** Whether `after` is `before` with that edit and nothing else. */
function isExactly(before: IniSection[], after: IniSection[], edit: SectionEdit): boolean {
  const flat = (sections: IniSection[]) =>
    new Map(
      sections
        .filter((s) => !isSame(s, edit))
        .map((s) => [s.name, JSON.stringify([...s.options].map(([k, o]) => [k, o.value]))]),
    );
  const a = flat(before);
  const b = flat(after);
  const old = before.find((s) => isSame(s, edit));
  const now = after.filter((s) => isSame(s, edit));
  if (a.size !== b.size || [...a].some(([name, options]) => b.get(name) !== options)) return false;
  const values = new Map([...(now[0]?.options ?? [])].map(([k, o]) => [k, o.value]));
  const wanted = new Map([...(old?.options ?? [])].map(([k, o]) => [k, o.value]));
  for (const [key, value] of Object.entries(edit.options)) wanted.set(key, value);
  // A [DEFAULT] section's options stand in a new section too.
  return now.length === 1 && [...wanted].every(([k, v]) => values.get(k) === v);
}

/**
 * The bytes of a config file after an edit. `create` refuses a section that is there (null is answered), `change`
 * one that is not. Errors: ConfigMalformed (the file as it is), BadInput.
 */
export function editConfig(
  file: string,
  bytes: Uint8Array,
  edit: SectionEdit,
  how: 'create' | 'change',
): Uint8Array | null {
  checkOptions(file, edit.options);
  const before = parseAwsText(file, bytes);
  const there = before.filter((s) => isSame(s, edit));
  const only = there[0];
  if (how === 'create' ? only !== undefined : there.length !== 1) return null;
  const text = decodeIni(bytes);
  const result = Buffer.from(only ? changed(text, only, edit) : appended(text, edit), 'utf8');
  let after: IniSection[] | null = null;
  try {
    after = parseAwsText(file, result);
  } catch {
    // refused below
  }
  if (!after || !isExactly(before, after, edit)) {
    throw new BedrockTrayError('BadInput', { field: edit.name, reason: `cannot stand in ${file}` });
  }
  return result;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw storageFailed(file, e);
  }
}

function storageFailed(file: string, e: unknown): BedrockTrayError {
  const code = (e as NodeJS.ErrnoException).code ?? 'unknown';
  return new BedrockTrayError('StorageFailed', { file, reason: code });
}

/**
 * Edits a config file on disk. False: `create` found the section there, `change` did not. An edit made by another
 * program in the same moment is not lost: the bytes are compared again before they are replaced.
 * Errors: ConfigMalformed, BadInput, StorageFailed.
 */
export async function editConfigFile(
  file: string,
  edit: SectionEdit,
  how: 'create' | 'change',
): Promise<boolean> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await bytesOf(file);
    const after = editConfig(file, before, edit, how);
    if (after === null) return false;
    if (Buffer.compare(before, await bytesOf(file)) !== 0) continue;
    try {
      await replaceFile(file, after);
    } catch (e) {
      throw storageFailed(file, e);
    }
    return true;
  }
  throw new BedrockTrayError('StorageFailed', { file, reason: 'EBUSY' });
}
