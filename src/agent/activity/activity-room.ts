import { BedrockTrayError } from '../../contract/errors.ts';
import type { ActivityState, ActivityView, SessionView } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { Clock, SessionActivity } from '../ports.ts';

type Told = Parameters<SessionActivity['session']>[0];

/** What Claude Code is doing in each session. */
export class ActivityRoom implements SessionActivity {
  readonly #clock: Clock;
  readonly #changes = new ChangeEmitter();
  readonly #sessions = new Map<string, { told: Told; sinceAt: number }>();
  readonly #looks = new Map<object, ReadonlySet<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  session(told: Told): void {
    const before = this.#sessions.get(told.id);
    const sinceAt = before?.told.state === told.state ? before.sinceAt : this.#clock.now();
    this.#sessions.set(told.id, { told, sinceAt });
  }

  forget(id: string): void {
    this.#sessions.delete(id);
  }

  view(id: string): ActivityView {
    const session = this.#sessions.get(id);
    return {
      state: session ? stateOf(session.told.state) : 'unknown',
      sinceAt: session?.sinceAt ?? this.#clock.now(),
      request: null,
      seen: true,
      reason: null,
      background: 0,
    };
  }

  watched(id: string): boolean {
    return [...this.#looks.values()].some((ids) => ids.has(id));
  }

  look(connection: object, ids: readonly string[]): void {
    if (ids.length > 0) this.#looks.set(connection, new Set(ids));
    else this.#looks.delete(connection);
    this.#changes.emit();
  }

  answer(id: string): void {
    throw new BedrockTrayError('RequestUnknown', { session: id });
  }
}

function stateOf(state: SessionView['state']): ActivityState {
  switch (state) {
    case 'waiting':
      return 'paused';
    case 'starting':
      return 'starting';
    case 'running':
      return 'unknown';
    case 'exited':
    case 'lost':
      return 'exited';
  }
}
