import type { ReactNode } from 'react';

/**
 * Lines in the place of what is asked for. What stands behind them in the same panel, and the panels below, come once
 * it is there (styles/layout.css): nothing that is shown is pushed away.
 */
export function Skeleton({ lines }: { lines: number }): ReactNode {
  return (
    <div aria-busy="true" className="skeleton-lines">
      {Array.from({ length: lines }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
        <span key={n} className="skeleton skeleton-line" />
      ))}
    </div>
  );
}

/** Holds back what stands below, for the moment in which nobody knows yet whether anything comes here. */
export function Hold(): ReactNode {
  return (
    <div hidden>
      <span aria-busy="true" />
    </div>
  );
}
