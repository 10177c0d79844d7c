import { type EventPage, withCloudTrail } from '../../aws/cloudtrail.ts';
import { AwsFault } from '../../aws/faults.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import { callerIdentity } from '../../aws/sts.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { TrailEvent } from '../../contract/usage.ts';
import { errorOf } from '../aws-errors.ts';
import type { Trail } from '../bedrock-ports.ts';
import type { AgentContext, Broker, Clock, EnvironmentStore } from '../ports.ts';
import { isBy, isTelling, trailEvent, usernameOf } from './trail-event.ts';

export interface TrailParts {
  context: Pick<AgentContext, 'env' | 'clock'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  broker: Pick<Broker, 'credentials'>;
  network(profile: string): AwsNetwork;
}

type Wish = Parameters<Trail['list']>[0];

/** AWS answers two requests a second for an account in a region; others ask there too. */
const PACE_MS = 600;
/** After a refusal for haste, and how often one question is asked again. */
const PAUSE_MS = 1_500;
const TRIES = 3;
/** What one call looks through at most, in pages of 50: some seconds. */
const MOST_PAGES = 12;

/**
 * What CloudTrail has of Bedrock. Events lie in the region that was called, also those that a cross-region inference
 * profile had answered elsewhere: `answeredIn` says where.
 */
export class TrailRoom implements Trail {
  readonly #parts: TrailParts;
  /** When a request may be made next, by account and region. */
  readonly #next = new Map<string, number>();

  constructor(parts: TrailParts) {
    this.#parts = parts;
  }

  /** `trail.list`. Errors: EnvironmentUnknown, EnvironmentMissing, those of the identity. */
  async list(wish: Wish): ReturnType<Trail['list']> {
    const { environments, context, broker, network } = this.#parts;
    const environment =
      wish.environment === undefined ? environments.active() : environments.get(wish.environment);
    if (!environment) throw new BedrockTrayError('EnvironmentMissing', {});
    const { profile, region } = environment;
    try {
      const keys = await broker.credentials(profile);
      const place = { region, env: context.env, network: network(profile) };
      const { arn, accountId } = await callerIdentity(place, keys);
      const username = wish.everyone ? null : usernameOf(arn);
      // One attribute a request: by person where one is asked about, else by service.
      const by =
        username === null
          ? ({ key: 'EventSource', value: 'bedrock.amazonaws.com' } as const)
          : ({ key: 'Username', value: username } as const);
      const { from, to, limit, all } = wish;
      const events: TrailEvent[] = [];
      let lookedTo: number | null = null;
      const more = await withCloudTrail(place, keys, async (page) => {
        let next: string | null = null;
        for (let n = 0; n < MOST_PAGES; n++) {
          // Where each event is one that is shown, no more are asked for than are.
          const size = all && username === null ? limit - events.length : 50;
          const query = { by, from, to, size, next };
          const answer: EventPage = await this.#paced(`${accountId} ${region}`, () => page(query));
          for (const event of answer.events) {
            const isAsked = event.source.startsWith('bedrock') && (wish.everyone || isBy(event, arn));
            const told = isAsked ? trailEvent(event, region) : null;
            if (told && (all || isTelling(told))) {
              if (events.length === limit) return true;
              events.push(told);
            }
            lookedTo = event.at;
          }
          next = answer.next;
          if (next === null) return false;
          if (events.length === limit) return true;
        }
        return true;
      });
      return { events, more, lookedTo, region };
    } catch (e) {
      throw errorOf(e);
    }
  }

  /** Makes a request when it is its turn, and again where AWS finds that too hasty all the same. */
  async #paced<T>(place: string, request: () => Promise<T>): Promise<T> {
    const { clock } = this.#parts.context;
    for (let n = 1; ; n++) {
      const now = clock.now();
      const at = Math.max(now, Math.min(this.#next.get(place) ?? now, now + 60_000));
      this.#next.set(place, at + PACE_MS);
      if (at > now) await until(clock, at);
      try {
        return await request();
      } catch (e) {
        if (!(e instanceof AwsFault) || e.kind !== 'throttle' || n === TRIES) throw e;
        this.#next.set(place, Math.max(this.#next.get(place) ?? 0, clock.now() + PAUSE_MS));
      }
    }
  }
}

function until(clock: Clock, at: number): Promise<void> {
  return new Promise((resolve) => {
    clock.wakeAt(at, resolve);
  });
}
