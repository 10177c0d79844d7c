import { useEffect, useState } from 'react';
import type { ModelOffer, ModelView } from '../../../../src/contract/bedrock.ts';
import { useAgent, useLink } from '../../model/app-context.tsx';

export interface Offers {
  /** Every id that can be used in one of the regions, the proposed ones first. */
  models: ModelView[];
  loading: boolean;
}

/** What Bedrock offers in several regions together. Null asks nothing. */
export function useOffers(environment: string | null, regions: readonly string[] | null): Offers {
  const agent = useAgent();
  const { connection, link } = useLink();
  const [state, setState] = useState<{ key: string; offers: ModelOffer[] } | null>(null);
  const key = regions === null ? null : JSON.stringify([environment, regions]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for environment and regions.
  useEffect(() => {
    if (key === null || regions === null || link !== 'online') return;
    const stop = new AbortController();
    const asked = regions.map((region) =>
      agent.call(
        'models.list',
        { ...(environment === null ? {} : { environment }), region },
        { signal: stop.signal },
      ),
    );
    void Promise.allSettled(asked).then((settled) => {
      if (stop.signal.aborted) return;
      setState({ key, offers: settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : [])) });
    });
    return () => stop.abort();
  }, [agent, key, connection, link]);
  const known = state?.key === key ? state : null;
  const usable = (known ?? state)?.offers.flatMap((o) => o.models).filter((m) => m.refusal === null) ?? [];
  const models = [...new Map(usable.map((m) => [m.id, m])).values()];
  return {
    models: models.sort((a, b) => Number(b.proposed) - Number(a.proposed)),
    loading: key !== null && known === null,
  };
}
