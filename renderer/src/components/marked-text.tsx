import type { ReactNode } from 'react';
import { pieces } from '../model/fuzzy.ts';

/** A text with what was searched for marked in it; the text stays text. */
export function MarkedText({
  text,
  matches,
}: {
  text: string;
  matches: readonly (readonly [number, number])[];
}): ReactNode {
  return pieces(text, matches).map((piece) =>
    piece.marked ? <mark key={piece.at}>{piece.text}</mark> : <span key={piece.at}>{piece.text}</span>,
  );
}
