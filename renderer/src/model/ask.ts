import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorView, isBedrockTrayError } from '../../../src/contract/errors.ts';
import type { CallName, ProcedureInput, ProcedureOutput } from '../../../src/contract/procedures.ts';
import { useAgent, useLink } from './app-context.tsx';

/** An error of any kind as data that can be shown. */
export function errorView(error: unknown): ErrorView {
  if (isBedrockTrayError(error)) return error.view();
  return {
    code: 'AgentUnavailable',
    params: { reason: error instanceof Error ? error.message : String(error) },
  };
}

export interface Asked<T> {
  /** The last answer to this very question, also while it is asked again. */
  data: T | null;
  error: ErrorView | null;
  loading: boolean;
  again: () => void;
}

/** Answers of this page's life, so that going back to a view shows them at once. */
const answers = new Map<string, unknown>();

/**
 * Asks the agent a question and keeps its answer; asks again when the question, `revision` or the connection changes.
 * A null input asks nothing.
 */
export function useAsk<N extends CallName>(
  name: N,
  input: ProcedureInput<N> | null,
  revision: string | number = 0,
): Asked<ProcedureOutput<N>> {
  const agent = useAgent();
  const { connection, link } = useLink();
  const [round, setRound] = useState(0);
  const key = input === null ? null : `${name} ${JSON.stringify(input)}`;
  const [state, setState] = useState<{ key: string | null; error: ErrorView | null; loading: boolean }>({
    key: null,
    error: null,
    loading: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for name and input; revision, round and connection ask again.
  useEffect(() => {
    if (key === null || input === null || link !== 'online') return;
    const stop = new AbortController();
    setState({ key, error: null, loading: true });
    agent.call(name, input, { signal: stop.signal }).then(
      (answer) => {
        if (stop.signal.aborted) return;
        answers.set(key, answer);
        setState({ key, error: null, loading: false });
      },
      (error) => {
        if (!stop.signal.aborted) setState({ key, error: errorView(error), loading: false });
      },
    );
    return () => stop.abort();
  }, [agent, key, revision, round, connection, link]);
  const current = state.key === key;
  return {
    data: key === null ? null : ((answers.get(key) as ProcedureOutput<N> | undefined) ?? null),
    error: current ? state.error : null,
    loading: key !== null && (!current || state.loading),
    again: useCallback(() => setRound((n) => n + 1), []),
  };
}

export interface Act {
  pending: boolean;
  error: ErrorView | null;
  /** Runs one act at a time; answers its result, or undefined when it failed (then `error` says why). */
  run<T>(act: () => Promise<T>): Promise<T | undefined>;
  forget(): void;
}

/** A person's act: pending while it runs, its error kept until the next one. */
export function useAct(): Act {
  const [state, setState] = useState<{ pending: boolean; error: ErrorView | null }>({
    pending: false,
    error: null,
  });
  const mounted = useRef(true);
  const busy = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const run = useCallback(async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ pending: true, error: null });
    let error: ErrorView | null = null;
    try {
      return await act();
    } catch (e) {
      error = errorView(e);
      return undefined;
    } finally {
      busy.current = false;
      if (mounted.current) setState({ pending: false, error });
    }
  }, []);
  const forget = useCallback(() => setState({ pending: false, error: null }), []);
  return { ...state, run, forget };
}
