import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { Button } from './button.tsx';
import { IndicatorSign } from './indicator.tsx';

/**
 * Keeps what fails while it is drawn from taking the rest of the page with it. `of`: another place, where it is tried
 * again. `hidden`: it lies behind another view.
 */
export function FailureBoundary({
  of = '',
  hidden = false,
  children,
}: {
  of?: string;
  hidden?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <ErrorBoundary
      resetKeys={[of]}
      fallbackRender={({ error }) => (hidden ? null : <Failure error={error} />)}
    >
      {children}
    </ErrorBoundary>
  );
}

function Failure({ error }: { error: unknown }): ReactNode {
  const words = useWords();
  const reason = plainText(error instanceof Error ? error.message : String(error), 300);
  return (
    <div className="centre-message" role="alert">
      <IndicatorSign of="problem" size={32} />
      <p>{words.t('page:viewFailed')}</p>
      {reason !== '' && <p className="quiet small mono">{reason}</p>}
      <Button onPress={() => location.reload()}>{words.t('page:loadAgain')}</Button>
    </div>
  );
}
