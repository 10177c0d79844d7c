import { BedrockTrayError, type ErrorView } from '../../contract/errors.ts';
import type { ProcedureOutput } from '../../contract/procedures.ts';
import type { SetupCheck } from '../../contract/state.ts';
import { errorOf } from '../aws-errors.ts';

export type LinkName = SetupCheck['link'];

/** How a link held. `problem` only with a warning. */
export interface Held {
  /** Machine text, one line. */
  evidence: string | null;
  problem?: ErrorView;
}

export interface Link {
  link: LinkName;
  /** It is skipped where one of these failed. */
  needs: readonly LinkName[];
  timeoutMs: number;
  /** Whoever is asked, as a time-out names it. */
  service: string;
  /** Rejects with why it failed. */
  check(signal: AbortSignal): Promise<Held>;
}

const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 500);

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

/**
 * Checks each link as soon as those that it needs have held, and yields all of them at each change. Ends when none
 * runs, or by `signal`; whoever stops listening stops the links.
 */
export async function* runChecks(
  links: readonly Link[],
  signal: AbortSignal,
): AsyncGenerator<ProcedureOutput<'setup.check'>> {
  const checks = new Map<LinkName, SetupCheck>(
    links.map(({ link }) => [link, { link, state: 'waiting', evidence: null, problem: null }]),
  );
  let wake: () => void = () => {};
  let changed = true;
  const change = (link: LinkName, to: Partial<SetupCheck>) => {
    const before = checks.get(link);
    if (before) checks.set(link, { ...before, ...to });
    changed = true;
    wake();
  };
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, stopped.signal]);
  const held = new Map<LinkName, Promise<boolean>>();
  const run = async (link: Link): Promise<boolean> => {
    for (const need of link.needs) {
      if (await held.get(need)) continue;
      change(link.link, { state: 'skipped' });
      return false;
    }
    change(link.link, { state: 'running' });
    try {
      const { evidence, problem } = await bounded(link, stop);
      change(link.link, {
        state: problem ? 'warning' : 'ok',
        evidence: evidence === null ? null : oneLine(evidence),
        problem: problem ?? null,
      });
      return true;
    } catch (e) {
      change(link.link, { state: 'failed', problem: errorOf(e).view() });
      return false;
    }
  };
  let running = links.length;
  for (const link of links) {
    const done = run(link);
    held.set(link.link, done);
    void done.finally(() => {
      running--;
      wake();
    });
  }
  const aborted = () => wake();
  stop.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) {
      if (changed || running === 0) {
        changed = false;
        const done = running === 0;
        yield { checks: links.map(({ link }) => checks.get(link) as SetupCheck), done };
        if (done) return;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed || running === 0 || signal.aborted) resolve();
      });
    }
  } finally {
    stop.removeEventListener('abort', aborted);
    stopped.abort();
  }
}
