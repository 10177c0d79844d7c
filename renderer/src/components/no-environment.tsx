import type { ReactNode } from 'react';
import { useWords } from '../model/app-context.tsx';
import { routeHref } from '../model/route.ts';

/** In the place of what belongs to an environment, where there is none: the way to one. */
export function NoEnvironment(): ReactNode {
  const words = useWords();
  return (
    <section className="panel">
      <div className="empty">
        <p>{words.t('models:page.empty')}</p>
        <a className="button primary" href={routeHref('setup')}>
          {words.t('firstRun:entry')}
        </a>
      </div>
    </section>
  );
}
