import type { PolicyNote } from '../../contract/policies.ts';
import type { Note } from './statement.ts';

/** A value of a document with the reason why it is there. */
export class Explained {
  readonly value: unknown;
  readonly note: Note;
  constructor(value: unknown, note: Note) {
    this.value = value;
    this.note = note;
  }
}

/** CloudFormation's short functions: `!Ref`, `!Sub`, `!GetAtt`. */
export class Tagged {
  readonly tag: string;
  readonly text: string;
  constructor(tag: string, text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/** A document inside a document: YAML in a block of text. */
export class Block {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export interface Written {
  text: string;
  notes: PolicyNote[];
}

/** Without the reasons: plain data. */
export function bare(value: unknown): unknown {
  if (value instanceof Explained) return bare(value.value);
  if (Array.isArray(value)) return value.map(bare);
  if (value !== null && typeof value === 'object' && !(value instanceof Tagged) && !(value instanceof Block))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, bare(v)]));
  return value;
}

/** Lines and what explains them; a line number is that of the list. */
class Writer {
  readonly lines: string[] = [];
  readonly notes: PolicyNote[] = [];

  explained(note: Note, write: () => void): void {
    const fromLine = this.lines.length + 1;
    const at = this.notes.length;
    write();
    // Outer ones first, so that readers go from the whole to its parts.
    this.notes.splice(at, 0, { fromLine, toLine: this.lines.length, ...note });
  }
}

/**
 * JSON with two spaces, and the lines of what is explained. `dense`: each element of a list of objects on one line (for
 * documents of which AWS counts the spaces).
 */
export function writeJson(value: unknown, dense = false): Written {
  const w = new Writer();
  const write = (v: unknown, indent: string, before: string, after: string): void => {
    if (v instanceof Explained) {
      w.explained(v.note, () => write(v.value, indent, before, after));
      return;
    }
    const list = Array.isArray(v);
    if (v === null || typeof v !== 'object' || Object.keys(v).length === 0) {
      w.lines.push(`${indent}${before}${JSON.stringify(v)}${after}`);
      return;
    }
    const deeper = dense ? indent : `${indent}  `;
    w.lines.push(`${indent}${before}${list ? '[' : '{'}`);
    const entries = Object.entries(v);
    for (const [i, [key, child]] of entries.entries()) {
      const comma = i < entries.length - 1 ? ',' : '';
      const name = list ? '' : `${JSON.stringify(key)}:${dense ? '' : ' '}`;
      if (dense && list) {
        const parts = notesWithin(child);
        const line = () => w.lines.push(`${JSON.stringify(bare(child))}${comma}`);
        const nest = (n: number): void => {
          const part = parts[n];
          if (part) w.explained(part, () => nest(n + 1));
          else line();
        };
        nest(0);
      } else write(child, deeper, name, comma);
    }
    w.lines.push(`${indent}${list ? ']' : '}'}${after}`);
  };
  write(value, '', '', '');
  return { text: `${w.lines.join('\n')}\n`, notes: w.notes };
}

/** All reasons in a value, outer ones first. */
function notesWithin(value: unknown): Note[] {
  if (value instanceof Explained) return [value.note, ...notesWithin(value.value)];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(notesWithin);
}

/** Strings that YAML 1.1 (CloudFormation's) reads as nothing but themselves. */
const plainYaml =
  /^(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z][A-Za-z0-9_./]*(?:::?[A-Za-z0-9_./*-]+|-[A-Za-z0-9_./]+)*$/i;

const scalar = (v: unknown): string => {
  if (v instanceof Tagged) return `${v.tag} ${v.tag === '!Sub' ? quoted(v.text) : v.text}`;
  if (typeof v !== 'string') return JSON.stringify(v);
  // CloudFormation's own variables are filled in wherever they stand in a policy.
  if (v.includes('${')) return `!Sub ${quoted(v)}`;
  return plainYaml.test(v) ? v : quoted(v);
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** YAML as CloudFormation takes it, and the lines of what is explained. */
export function writeYaml(value: unknown): Written {
  const w = new Writer();
  const isLeaf = (v: unknown): boolean =>
    v === null || typeof v !== 'object' || v instanceof Tagged || Object.keys(v).length === 0;
  /** `before`: what stands on the first line already (`Key:` or `-`). */
  const write = (v: unknown, indent: string, before: string): void => {
    if (v instanceof Explained) {
      w.explained(v.note, () => write(v.value, indent, before));
      return;
    }
    if (v instanceof Block) {
      w.lines.push(`${indent}${before} |`);
      body(v.value, `${indent}  `);
      return;
    }
    if (isLeaf(v)) {
      w.lines.push(`${indent}${before} ${scalar(v)}`);
      return;
    }
    if (before === '-') {
      // A map in a list begins on the dash's own line.
      const at = w.lines.length;
      body(v, `${indent}  `);
      const first = w.lines[at] as string;
      w.lines[at] = `${indent}- ${first.slice(indent.length + 2)}`;
      return;
    }
    w.lines.push(`${indent}${before}`);
    body(v, `${indent}  `);
  };
  const body = (v: unknown, indent: string): void => {
    if (v instanceof Explained) w.explained(v.note, () => body(v.value, indent));
    else if (Array.isArray(v)) for (const item of v) write(item, indent, '-');
    else for (const [key, child] of Object.entries(v as object)) write(child, indent, `${key}:`);
  };
  body(value, '');
  return { text: `${w.lines.join('\n')}\n`, notes: w.notes };
}
