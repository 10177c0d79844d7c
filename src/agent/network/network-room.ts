import { networkInterfaces } from 'node:os';
import type { AwsNetwork, CallOutcome } from '../../aws/network.ts';
import { knock } from '../../aws/transport.ts';
import type { NetworkView } from '../../contract/state.ts';
import {
  doors,
  nextReachability,
  type Reachability,
  type ReachabilityEvent,
  reachableSince,
} from '../../domain/keep-alive/reachability.ts';
import { nearest } from '../../domain/keep-alive/schedule.ts';
import { unitRandom } from '../aws-errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer, sleepUntil } from '../clock.ts';
import type { AgentContext, Observable } from '../ports.ts';
import type { AwsSettings } from './aws-settings.ts';

/** A clock that is wrong by less needs no correction: every deadline has more room than that. */
const SKEW_MS = 60_000;
/** While AWS cannot be reached and somebody waits for it, the computer's own addresses are looked at this often. */
const LOOK_MS = 5_000;
/** A round of knocks takes no longer. */
const KNOCK_MS = 6_000;
/** Machines that come back together do not all call in the same moment. */
const JITTER_MS = 1_000;

export interface NetworkParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random' | 'env'>;
  settings: Pick<AwsSettings, 'ofProfile' | 'ofSsoRegion'>;
  /** Asks an endpoint whether it is there. Default: over the network. */
  knock?: (origin: string, network: AwsNetwork, signal: AbortSignal) => Promise<void>;
  /** What tells one network from another: the computer's addresses. */
  addresses?: () => string;
}

/** A shell's connection. */
export interface Teller {
  onClosed(closer: () => void): void;
}

function ownAddresses(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all
    .filter(({ internal }) => !internal)
    .map(({ cidr, mac }) => `${cidr} ${mac}`)
    .sort()
    .join();
}

/**
 * Watches how calls to AWS go, and so knows whether AWS can be reached, what its clock says, and when what has failed
 * for want of a network is worth another try. It asks by itself only after a failure and only while somebody waits.
 */
export class NetworkRoom implements Observable {
  readonly #parts: NetworkParts;
  readonly #changes = new ChangeEmitter();
  readonly #reachable = new ChangeEmitter();
  readonly #timer: DeadlineTimer;
  #state: Reachability;
  /** What the system would do, as the last shell told it. */
  #rules: string | null = null;
  /** The shells that tell of this desktop's network, as long as they are connected. */
  readonly #tellers = new Set<Teller>();
  #skewMs = 0;
  #knowsClock = false;
  #waiting: () => boolean = () => false;
  #knocking: AbortController | null = null;
  #seen = '';
  #lookAt: number | null = null;
  #undo: (() => void)[] = [];
  #stopped = false;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    const { clock } = parts.context;
    this.#state = reachableSince(clock.now());
    this.#seen = this.#addresses();
    this.#timer = new DeadlineTimer(clock, () => this.#tick());
    // The clock was set back: AWS's is ahead of it by that much more.
    const undo = clock.onSetBack?.((byMs) => {
      if (this.#knowsClock) this.#setSkew(this.#skewMs + byMs);
    });
    if (undo) this.#undo.push(undo);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  /** Tells when AWS can be reached again. */
  onReachable(listener: () => void): () => void {
    return this.#reachable.onChange(listener);
  }

  /** Who waits for AWS, and by whose changes that may become another. */
  serve(waiting: () => boolean, changedBy: readonly Observable[]): void {
    this.#waiting = waiting;
    for (const room of changedBy) this.#undo.push(room.onChange(() => this.#arm()));
  }

  stop(): void {
    this.#stopped = true;
    this.#knocking?.abort();
    this.#timer.set(null);
    for (const undo of this.#undo.splice(0)) undo();
  }

  view(): NetworkView {
    return { state: this.#state.state, sinceAt: this.#state.sinceAt };
  }

  /** AWS's clock minus this machine's; null while that is less than a minute, or not known. */
  clockSkewMs(): number | null {
    return this.#skewMs === 0 ? null : this.#skewMs;
  }

  /** The network as calls to IAM Identity Center in a region use it. */
  forSsoRegion(region: string): AwsNetwork {
    return this.#network(() => this.#parts.settings.ofSsoRegion(region));
  }

  /** The network as calls for a profile use it. */
  forProfile(profile: string): AwsNetwork {
    return this.#network(() => this.#parts.settings.ofProfile(profile));
  }

  /**
   * What a shell on this desktop knows: whether the system has a network, and its proxy (`PROXY host:port; DIRECT`);
   * null where it does not know, nor does what it told before hold any longer.
   */
  report(hint: { online: boolean | null; proxyRules: string | null }, teller: Teller): void {
    if (!this.#tellers.has(teller)) {
      this.#tellers.add(teller);
      teller.onClosed(() => this.#tellers.delete(teller));
    }
    const moved = hint.proxyRules !== this.#rules;
    this.#rules = hint.proxyRules;
    // `false` is worth a look, and no more: it is AWS that counts, and it may be reached nevertheless.
    if (hint.online === false) this.#dispatch({ type: 'doubted' });
    else if (hint.online || moved) this.stirred();
  }

  /** The computer woke up, or its network changed. */
  stirred(): void {
    this.#dispatch({ type: 'stirred' });
  }

  /**
   * With nobody left to tell of a change the rules are the last that were known: the computer may have left the
   * network that they were for, so that where they lead nowhere it is tried directly.
   */
  #systemRules(): string | null {
    return this.#rules !== null && this.#tellers.size === 0 ? `${this.#rules}; DIRECT` : this.#rules;
  }

  #network(env: AwsNetwork['env'], observe = (outcome: CallOutcome) => this.#observe(outcome)): AwsNetwork {
    const { clock } = this.#parts.context;
    return {
      now: () => clock.now(),
      env,
      proxyRules: () => this.#systemRules(),
      skewMs: () => this.#skewMs,
      observe,
    };
  }

  #observe(outcome: CallOutcome): void {
    const { result, origin } = outcome;
    if (result === 'answered') this.#learnClock(outcome);
    const type = ({ answered: 'answered', failed: 'failed', 'not-aws': 'notAws' } as const)[result];
    this.#dispatch({ type, origin });
  }

  #learnClock({ serverDate, sentAt, receivedAt }: CallOutcome): void {
    if (serverDate === null) return;
    this.#knowsClock = true;
    const skew = Math.round(serverDate - (sentAt + receivedAt) / 2);
    if (Math.abs(skew) < SKEW_MS) this.#setSkew(0);
    // The header names seconds: smaller differences are its own.
    else if (Math.abs(skew - this.#skewMs) > 2_000) this.#setSkew(skew);
  }

  #setSkew(skewMs: number): void {
    const next = Math.abs(skewMs) < SKEW_MS ? 0 : Math.round(skewMs);
    if (next === this.#skewMs) return;
    this.#parts.context.log.warn({ skewMs: next }, "AWS's clock is another than this computer's");
    this.#skewMs = next;
    this.#changes.emit();
  }

  #dispatch(event: ReachabilityEvent): void {
    if (this.#stopped) return;
    const { context } = this.#parts;
    const before = this.#state;
    const { state, effects } = nextReachability(before, event, context.clock.now());
    this.#state = state;
    if (state.state !== before.state) {
      context.log.info({ from: before.state, to: state.state }, 'network');
      this.#seen = this.#addresses();
    }
    this.#arm();
    if (state.state !== before.state) this.#changes.emit();
    if (effects.length > 0) this.#reachable.emit();
  }

  #addresses(): string {
    return (this.#parts.addresses ?? ownAddresses)();
  }

  /** One deadline: the next knock, or the next look at the computer's own addresses. Quiet while nobody waits. */
  #arm(): void {
    if (this.#stopped) return;
    const { state, knockAt, rounds } = this.#state;
    const now = this.#parts.context.clock.now();
    const wanted = knockAt !== null && this.#knocking === null && (rounds === 0 || this.#waiting());
    if (!wanted || state === 'online') this.#lookAt = null;
    else if (this.#lookAt === null || this.#lookAt <= now) this.#lookAt = now + LOOK_MS;
    this.#timer.set(wanted ? nearest([knockAt, this.#lookAt]) : null);
  }

  #tick(): void {
    const { clock } = this.#parts.context;
    const now = clock.now();
    // Late: the computer slept, or its clock was set. Whatever was waited for may be over.
    const late = this.#lookAt !== null && now - this.#lookAt > LOOK_MS;
    const seen = this.#addresses();
    if (late || seen !== this.#seen) {
      this.#seen = seen;
      this.#state = nextReachability(this.#state, { type: 'stirred' }, now).state;
    }
    if (this.#state.knockAt !== null && now >= this.#state.knockAt && this.#knocking === null) {
      void this.#knock();
    }
    this.#arm();
  }

  /** One round: everything that is silent, and what answered last. Never rejects. */
  async #knock(): Promise<void> {
    const { context } = this.#parts;
    const enough = new AbortController();
    this.#knocking = enough;
    const answered: string[] = [];
    let notAws = false;
    const note = (outcome: CallOutcome) => {
      if (outcome.result === 'answered') {
        answered.push(outcome.origin);
        this.#learnClock(outcome);
      } else if (outcome.result === 'not-aws') notAws = true;
    };
    const network = this.#network(() => this.#parts.settings.ofProfile('default'), note);
    const ask = this.#parts.knock ?? knock;
    const round = Promise.allSettled(doors(this.#state).map((o) => ask(o, network, enough.signal)));
    await Promise.race([round, sleepUntil(context.clock, context.clock.now() + KNOCK_MS, enough.signal)]);
    enough.abort();
    if (this.#knocking !== enough) return;
    if (answered.length > 0 && this.#state.state !== 'online') {
      const jitter = JITTER_MS * unitRandom(context.random);
      await sleepUntil(context.clock, context.clock.now() + jitter);
    }
    this.#knocking = null;
    this.#dispatch({ type: 'knocked', answered, notAws });
  }
}
