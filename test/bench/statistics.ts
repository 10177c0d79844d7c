/** The q-quantile (0..1) of samples, by nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** One line of the report. `goal` in words; `met` undefined where there is none. */
export interface Row {
  what: string;
  figure: string;
  against: string;
  goal?: string;
  met?: boolean;
}

export const ratio = (a: number, b: number): string => (a / b).toFixed(2);
export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
