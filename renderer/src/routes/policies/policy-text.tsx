import { Fragment, memo, type ReactNode, useMemo, useState } from 'react';
import type { PolicyDocument, PolicyNote } from '../../../../src/contract/policies.ts';
import { policyWord } from '../../../../src/locales/policy-words.ts';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';

interface Part {
  /** From 1, both ends in. */
  from: number;
  to: number;
  /** Indexes of the notes that begin here, outer ones first. */
  notes: number[];
  /** A part with parts of its own begins here. */
  whole: boolean;
}

/** Whether a note has others within its lines. */
export const isWhole = (note: PolicyNote, notes: readonly PolicyNote[]): boolean =>
  notes.some(
    (n) => n !== note && note.fromLine <= n.fromLine && n.toLine <= note.toLine && n.fromLine > note.fromLine,
  );

/** A document cut where explanations begin, so that each stands beside its own lines. */
export function partsOf(lines: number, notes: readonly PolicyNote[]): Part[] {
  const starts = [...new Set([1, ...notes.map((n) => n.fromLine)])].sort((a, b) => a - b);
  return starts.map((from, i) => ({
    from,
    to: (starts[i + 1] ?? lines + 1) - 1,
    notes: notes.flatMap((n, index) => (n.fromLine === from ? [index] : [])),
    whole: notes.some((n) => n.fromLine === from && isWhole(n, notes)),
  }));
}

/** The innermost note of a line. */
export function noteOfLine(line: number, notes: readonly PolicyNote[]): number | null {
  let found: number | null = null;
  for (const [i, n] of notes.entries()) {
    if (n.fromLine > line || n.toLine < line) continue;
    const best = found === null ? undefined : notes[found];
    if (!best || n.toLine - n.fromLine <= best.toLine - best.fromLine) found = i;
  }
  return found;
}

/** The document with the numbers of its lines, and beside each part what it is for. */
export function PolicyText({
  document,
  marked,
}: {
  document: PolicyDocument;
  marked: ReadonlySet<number>;
}): ReactNode {
  const words = useWords();
  const [pointed, setPointed] = useState<number | null>(null);
  const [pinned, setPinned] = useState<number | null>(null);
  const { notes } = document;
  const lines = useMemo(() => document.text.trimEnd().split('\n'), [document.text]);
  const parts = useMemo(() => partsOf(lines.length, notes), [lines, notes]);
  const shown = pointed ?? pinned;
  const lit = shown === null ? undefined : notes[shown];
  return (
    // biome-ignore lint/a11y/useSemanticElements: no form control is in here
    <div
      className="policy-text"
      role="group"
      aria-label={words.t('policies:page.document')}
      onPointerLeave={() => setPointed(null)}
      style={{ '--digits': String(lines.length).length } as React.CSSProperties}
    >
      {parts.map((part) => (
        <Fragment key={part.from}>
          <ol className="policy-lines" start={part.from} data-whole={part.whole || undefined}>
            {lines.slice(part.from - 1, part.to).map((text, i) => {
              const line = part.from + i;
              return (
                <Line
                  key={line}
                  number={line}
                  text={text}
                  isLit={lit !== undefined && lit.fromLine <= line && line <= lit.toLine}
                  isMarked={marked.has(line)}
                  onPoint={() => setPointed(noteOfLine(line, notes))}
                />
              );
            })}
          </ol>
          <div className="policy-notes" data-whole={part.whole || undefined}>
            {part.notes.map((index) => {
              const note = notes[index] as PolicyNote;
              return (
                <button
                  key={note.code}
                  type="button"
                  className="policy-note"
                  data-lit={shown === index || undefined}
                  data-whole={isWhole(note, notes) || undefined}
                  aria-pressed={pinned === index}
                  onPointerEnter={() => setPointed(index)}
                  onFocus={() => setPointed(index)}
                  onBlur={() => setPointed(null)}
                  onClick={() => setPinned(pinned === index ? null : index)}
                >
                  <span className="unseen">
                    {words.t('policies:page.linesOf', { from: note.fromLine, to: note.toLine })}{' '}
                  </span>
                  {plainText(policyWord(words, note), 600)}
                </button>
              );
            })}
          </div>
        </Fragment>
      ))}
    </div>
  );
}

const Line = memo(function Line({
  number,
  text,
  isLit,
  isMarked,
  onPoint,
}: {
  number: number;
  text: string;
  isLit: boolean;
  isMarked: boolean;
  onPoint: () => void;
}): ReactNode {
  const indent = text.length - text.trimStart().length;
  return (
    <li
      value={number}
      data-line={number}
      data-lit={isLit || undefined}
      data-marked={isMarked || undefined}
      onPointerEnter={onPoint}
      style={{ '--indent': indent } as React.CSSProperties}
    >
      <code>{text}</code>
    </li>
  );
});
