import type { ReactNode } from 'react';
import type { MeterView } from '../../../src/contract/state.ts';
import { useWords } from '../model/app-context.tsx';
import { contextShare, tokens } from '../model/meter-words.ts';

/** How full Claude's context window is. */
export function ContextBar({ meter }: { meter: MeterView | null }): ReactNode {
  const words = useWords();
  const share = contextShare(meter);
  if (!meter || share === null) return null;
  const percent = Math.round(share * 100);
  const said = new Intl.NumberFormat(words.language, { style: 'percent' }).format(share);
  const label = words.t('sessions:contextLong', {
    used: tokens(meter.contextTokens ?? 0),
    size: tokens(meter.contextSize ?? 0),
    percent: said,
  });
  return (
    <span className={share >= 0.85 ? 'context tone-attention' : 'context'} title={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot be drawn alike everywhere. */}
      <span
        className="context-bar"
        role="meter"
        aria-label={words.t('sessions:context')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={label}
      >
        <span style={{ inlineSize: `${percent}%` }} />
      </span>
      <span className="number" aria-hidden="true">
        {said}
      </span>
    </span>
  );
}
