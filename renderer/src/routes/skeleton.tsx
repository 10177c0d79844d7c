import type { ReactNode } from 'react';
import { useWords } from '../model/app-context.tsx';

/** Before the first snapshot: the outline of Overview, in its own measures so that nothing jumps. */
export function PageSkeleton(): ReactNode {
  const words = useWords();
  return (
    <div className="main-scroll">
      <div className="page" aria-busy="true">
        <h1 className="unseen" role="status">
          {words.t('page:loading')}
        </h1>
        <div className="panel hero">
          <span className="skeleton skeleton-hero" />
          <span className="skeleton skeleton-button" />
        </div>
        <div className="panel">
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line" />
        </div>
      </div>
    </div>
  );
}
