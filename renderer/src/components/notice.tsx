import type { ReactNode } from 'react';
import type { ErrorView } from '../../../src/contract/errors.ts';
import type { Indicator } from '../../../src/domain/overview.ts';
import { useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { IndicatorSign } from './indicator.tsx';

export function Notice({
  tone,
  children,
  action,
  live = false,
}: {
  tone: Indicator;
  children: ReactNode;
  action?: ReactNode;
  /** Whether a screen reader is told when it appears. */
  live?: boolean;
}): ReactNode {
  return (
    <div className={`notice tone-${tone}`} role={live ? 'alert' : undefined}>
      <IndicatorSign of={tone} size={18} />
      <div className="notice-text">{children}</div>
      {action}
    </div>
  );
}

/** The sentence for an error, its parameters made harmless. */
export function useErrorText(): (error: ErrorView) => string {
  const words = useWords();
  return (error) => {
    const params = Object.fromEntries(
      Object.entries(error.params).map(([k, v]) => [k, typeof v === 'string' ? plainText(v, 400) : v]),
    );
    return words.error({ code: error.code, params });
  };
}

export function ErrorNotice({
  error,
  tone = 'problem',
  action,
}: {
  error: ErrorView | null;
  tone?: Indicator;
  action?: ReactNode;
}): ReactNode {
  const text = useErrorText();
  if (!error) return null;
  return (
    <Notice tone={tone} action={action} live>
      {text(error)}
    </Notice>
  );
}
