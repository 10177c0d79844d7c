import type { ReactNode } from 'react';
import type { Series } from '../../model/usage-series.ts';

/**
 * Fillings of a chart's series: a colour and a pattern each, so that they are told apart without colours too. A class
 * names the colour (styles/usage.css); the marks are lines in the ground's.
 */
const marks: readonly (string | null)[] = [
  null,
  'M-1 7L7 -1M3 11L11 3',
  'M2 2h.01M6 6h.01',
  'M0 2h8M0 6h8',
  'M-1 1L7 9M3 -1L11 7',
  'M2 0v8M6 0v8',
];
const REST = 'M0 4h8M4 0v8';

export const fillingOf = (drawing: Series['drawing']): string => `url(#filling-${drawing})`;

/** The patterns that `fillingOf` names: once in a page that draws with them. */
export function Fillings(): ReactNode {
  const all: [Series['drawing'], string | null][] = [...marks.entries(), ['rest', REST]];
  return (
    <svg className="fillings" width="0" height="0" aria-hidden="true">
      <defs>
        {all.map(([drawing, path]) => (
          <pattern
            key={drawing}
            id={`filling-${drawing}`}
            className={`series series-${drawing}`}
            width="8"
            height="8"
            patternUnits="userSpaceOnUse"
          >
            <rect className="series-ground" width="8" height="8" />
            {path !== null && <path className="series-mark" d={path} />}
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

/** A series' filling as a small square, beside its name. */
export function Swatch({ drawing }: { drawing: Series['drawing'] }): ReactNode {
  return (
    <svg className="swatch" width="14" height="14" aria-hidden="true">
      <rect width="14" height="14" rx="3" fill={fillingOf(drawing)} />
    </svg>
  );
}

/** A part of a whole as a line; what it means stands beside it in words. */
export function ShareBar({ share }: { share: number }): ReactNode {
  return (
    <span className="bar share-bar" aria-hidden="true">
      <span style={{ inlineSize: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}
