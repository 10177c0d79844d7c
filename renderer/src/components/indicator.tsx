import type { ReactNode } from 'react';
import type { Indicator } from '../../../src/domain/overview.ts';

/** A shape in the colours of a tone, on a canvas of 24. */
export function Sign({
  tone,
  size,
  spins = false,
  children,
}: {
  tone: Indicator;
  size: number;
  spins?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <svg
      className={`indicator tone-${tone}${spins ? ' spins' : ''}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The sign of a state: each has a shape of its own, so that colour is never the only difference. */
export function IndicatorSign({ of, size = 20 }: { of: Indicator; size?: number }): ReactNode {
  return (
    <Sign tone={of} size={size}>
      {shapes[of]}
    </Sign>
  );
}

const shapes: Record<Indicator, ReactNode> = {
  ready: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" />
      <path d="M7.5 12.4l3 3 6-6.6" stroke="var(--surface)" strokeWidth="2.2" />
    </>
  ),
  busy: (
    <>
      <circle cx="12" cy="12" r="8.9" stroke="var(--tone-soft)" strokeWidth="2.4" />
      <path className="turns" d="M12 3.1a8.9 8.9 0 0 1 8.9 8.9" stroke="currentColor" strokeWidth="2.4" />
    </>
  ),
  attention: (
    <>
      <path d="M12 2.8l10 18H2z" fill="currentColor" stroke="currentColor" strokeWidth="1.6" />
      <path d="M12 9.6v5.2M12 17.9v.1" stroke="var(--surface)" strokeWidth="2.2" />
    </>
  ),
  problem: (
    <>
      <path d="M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z" fill="currentColor" />
      <path d="M8.6 8.6l6.8 6.8M15.4 8.6l-6.8 6.8" stroke="var(--surface)" strokeWidth="2.2" />
    </>
  ),
  off: <circle cx="12" cy="12" r="8.9" stroke="currentColor" strokeWidth="2.2" strokeDasharray="3.2 3.8" />,
};
