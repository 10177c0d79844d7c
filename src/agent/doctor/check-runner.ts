import { performance } from 'node:perf_hooks';
import type { DoctorCheck, DoctorLink } from '../../contract/doctor.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { findingOf, ofError, oneLine, stateOf, type Told } from '../../domain/doctor/findings.ts';
import type { DoctorSubject } from '../../domain/doctor/subject.ts';
import { errorOf } from '../aws-errors.ts';

/** What a link found. */
export interface Held {
  /** Untrusted text; made one line. */
  evidence: string | null;
  findings?: readonly Told[];
  /** It could not or should not be looked at, and that is no failure: a permission that few have, a question that costs. */
  skipped?: boolean;
}

export interface Link {
  link: DoctorLink;
  /** It is skipped where one of these failed. */
  needs: readonly DoctorLink[];
  /** It waits for these, however they end. */
  after?: readonly DoctorLink[];
  timeoutMs: number;
  /** Whoever is asked, as a time-out names it. */
  service: string;
  /** By which anybody can see the same; asked for when the link begins. */
  command?(): string | null;
  /** Rejects with why it failed. */
  check(signal: AbortSignal): Promise<Held>;
}

/** Ends with the link's time or with whoever does not want to know any more. */
function bounded({ check, timeoutMs, service }: Link, stop: AbortSignal): Promise<Held> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([stop, timeout]);
  return new Promise((resolve, reject) => {
    const over = () =>
      reject(
        new BedrockTrayError('ServiceFailed', {
          service,
          reason: timeout.aborted ? 'TimeoutError' : 'AbortError',
        }),
      );
    if (signal.aborted) return over();
    signal.addEventListener('abort', over, { once: true });
    check(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', over));
  });
}

const isOver = ({ state }: DoctorCheck) => state !== 'waiting' && state !== 'running';

/**
 * Checks each link as soon as those that it waits for are over, and yields all of them at each change. Ends when none
 * runs, or by `signal`; whoever stops listening stops the links. `subject`: what they are checked for, as far as known.
 */
export async function* runChecks(
  links: readonly Link[],
  { signal, subject }: { signal: AbortSignal; subject: () => DoctorSubject },
): AsyncGenerator<{ checks: DoctorCheck[]; done: boolean }> {
  const checks = new Map<DoctorLink, DoctorCheck>(
    links.map(({ link }) => [
      link,
      { link, state: 'waiting', evidence: null, command: null, findings: [], ms: null },
    ]),
  );
  let wake: () => void = () => {};
  let changed = true;
  const change = (link: DoctorLink, to: Partial<DoctorCheck>) => {
    const before = checks.get(link);
    if (before) checks.set(link, { ...before, ...to });
    changed = true;
    wake();
  };
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, stopped.signal]);
  const held = new Map<DoctorLink, Promise<boolean>>();
  const run = async (link: Link): Promise<boolean> => {
    for (const before of link.after ?? []) await held.get(before);
    for (const need of link.needs) {
      if ((await held.get(need)) ?? true) continue;
      change(link.link, { state: 'skipped' });
      return false;
    }
    const command = link.command?.() ?? null;
    change(link.link, { state: 'running', command });
    const begun = performance.now();
    const ms = () => Math.round(performance.now() - begun);
    try {
      const { evidence, findings: told = [], skipped = false } = await bounded(link, stop);
      const findings = told.map((t) => findingOf(t, subject()));
      const state = skipped ? 'skipped' : stateOf(findings);
      change(link.link, {
        state,
        evidence: evidence === null ? null : oneLine(evidence),
        findings,
        ms: ms(),
      });
      return state !== 'failed' && !skipped;
    } catch (e) {
      change(link.link, {
        state: 'failed',
        findings: [findingOf(ofError(errorOf(e).view()), subject())],
        ms: ms(),
      });
      return false;
    }
  };
  // One after another, each waiting for those before it in the list.
  for (const link of links)
    held.set(
      link.link,
      run(link).finally(() => wake()),
    );
  const all = () => links.map(({ link }) => checks.get(link) as DoctorCheck);
  const aborted = () => wake();
  stop.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        const now = all();
        const done = now.every(isOver);
        yield { checks: now, done };
        if (done) return;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed || signal.aborted) resolve();
      });
    }
  } finally {
    stop.removeEventListener('abort', aborted);
    stopped.abort();
  }
}
