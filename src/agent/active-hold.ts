import type { Broker, EnvironmentStore } from './ports.ts';

/** Keeps the credentials of the active environment's profile fresh, whichever that is. The function lets go. */
export function holdActiveEnvironment(
  environments: Pick<EnvironmentStore, 'active' | 'onChange'>,
  broker: Pick<Broker, 'hold'>,
): () => void {
  let profile: string | null = null;
  let release = () => {};
  const follow = () => {
    const next = environments.active()?.profile ?? null;
    if (next === profile) return;
    const before = release;
    profile = next;
    release = next === null ? () => {} : broker.hold(next);
    before();
  };
  const unsubscribe = environments.onChange(follow);
  follow();
  return () => {
    unsubscribe();
    release();
  };
}
