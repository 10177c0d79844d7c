import type { ReactNode } from 'react';
import { plainLines } from '../model/plain-text.ts';

/** A unified diff; signs and colour tell what goes and what comes. */
export function Diff({ text, label }: { text: string; label: string }): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
    <section className="preview diff mono" aria-label={label} tabIndex={0}>
      {plainLines(text)
        .replace(/\n$/, '')
        .split('\n')
        .map((line, n) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat.
            key={n}
            className={
              /^(\+\+\+|---|@@)/.test(line)
                ? 'diff-place'
                : line.startsWith('+')
                  ? 'diff-more'
                  : line.startsWith('-')
                    ? 'diff-less'
                    : ''
            }
          >
            {line}
            {'\n'}
          </span>
        ))}
    </section>
  );
}
