import type { Finding } from '../../contract/doctor.ts';
import type { ErrorView } from '../../contract/errors.ts';
import { redactText } from '../support/redaction.ts';
import type { FindingCode } from './finding-codes.ts';
import { remediesOf } from './remedies.ts';
import type { DoctorSubject } from './subject.ts';

type Params = Finding['params'];
type Level = Finding['level'];

/** Text from elsewhere (names, paths, addresses, AWS's words) as one line, without what looks like a secret. */
export const oneLine = (text: string, length = 500): string =>
  redactText(text.slice(0, 10 * length).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')).slice(0, length);

const plain = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? oneLine(value) : value]),
  );

/** A finding as a link tells it; its remedies follow from the code and from what is checked. */
export interface Told {
  level: Level;
  code: FindingCode | ErrorView['code'];
  params: Params;
  /** What mends it, where that is more than the code tells (a working model id, a file that can be repaired). */
  hint?: { fix?: true; text?: string };
}

export const failed = (code: FindingCode, params: Params = {}, hint?: Told['hint']): Told => ({
  level: 'failed',
  code,
  params,
  ...(hint ? { hint } : {}),
});
export const warning = (code: FindingCode, params: Params = {}, hint?: Told['hint']): Told => ({
  ...failed(code, params, hint),
  level: 'warning',
});
export const info = (code: FindingCode, params: Params = {}): Told => ({
  ...failed(code, params),
  level: 'info',
});
export const ofError = ({ code, params }: ErrorView, level: Level = 'failed'): Told => ({
  level,
  code,
  params,
});

export function findingOf(told: Told, subject: DoctorSubject): Finding {
  const { level, code } = told;
  const params = plain(told.params);
  return { level, code, params, remedies: remediesOf({ ...told, params }, subject) };
}

/** A link's state by its findings. */
export function stateOf(findings: readonly { level: Level }[]): 'ok' | 'warning' | 'failed' {
  if (findings.some((f) => f.level === 'failed')) return 'failed';
  return findings.some((f) => f.level === 'warning') ? 'warning' : 'ok';
}
