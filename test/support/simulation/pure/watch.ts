import { hour, minute, second } from '../history.ts';
import { LAG, type PureWorld, type Role, start } from './world.ts';

/** Longest pause that a machine may keep after the last fault (back-off 5 min), with some room. */
const CALM = 7 * minute;
const WINDOW = 15 * minute;

/** Looks on: what must hold in every history (../invariants.ts). */
export class PureWatch {
  /** Wake-ups in a row that left a deadline that is not ahead. */
  inVain = 0;
  /** The shortest that anything seemed to live in this hour. */
  shortestLife = Number.POSITIVE_INFINITY;
  hourOf = { at: start, wakeUps: 0, calls: 0, asks: 0, fires: 0 };
  calm = { since: start, calls: 0, extra: 0 };
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
  }

  wokeUp(): void {
    const world = this.#world;
    world.totals.wakeUps++;
    const h = this.hourOf;
    if (world.now - h.at >= hour) {
      this.hourOf = { at: world.now, wakeUps: 0, calls: 0, asks: 0, fires: 0 };
      this.shortestLife = this.apparentLife();
    }
    this.hourOf.wakeUps++;
  }

  /** A wake-up moves its deadline on; and an hour has only as many as its calls, requests and reminders ask for. */
  checkWake(next: number): void {
    const world = this.#world;
    if (next > world.now) this.inVain = 0;
    else if (++this.inVain > 5) world.violated('no-hot-loop', 'a deadline that has passed stays where it is');
    const { wakeUps, calls, asks } = this.hourOf;
    // Each machine: its deadline before and its end; the prompt: a look a minute.
    if (wakeUps > 100 + 4 * calls + 2 * asks) {
      world.violated('no-hot-loop', `${wakeUps} wake-ups in an hour with ${calls} calls`);
    }
    const shortest = Math.min(this.shortestLife, this.apparentLife());
    if (calls > 100 + 5 * asks + (200 * 30 * minute) / shortest) {
      world.violated('no-hot-loop', `${calls} calls in an hour with ${asks} requests`);
    }
  }

  /** By a clock that is ahead, what AWS gives seems to live shorter; renewals follow what they see. */
  apparentLife(): number {
    const world = this.#world;
    return Math.max(
      minute,
      Math.min(world.aws.tokenLife, world.aws.credentialLife - Math.max(0, world.offset)),
    );
  }

  /** Looks at what is handed out. */
  judge(role: Role, secret: { obtainedAt?: number | null; expiresAt?: number; skewed: boolean }): void {
    const world = this.#world;
    const expiresAt = secret.expiresAt ?? 0;
    const left = expiresAt - world.local;
    if (left <= 0)
      world.violated('never-expired', `handed out ${Math.round(-left / second)} s after the end`);
    // By a clock that is right, AWS's own time decides.
    if (world.offset === 0 && expiresAt <= world.now) world.violated('never-expired', 'over at AWS');
    if (secret.skewed || world.offset !== 0) return;
    const wanted = Math.min(WINDOW, (expiresAt - (secret.obtainedAt ?? 0)) / 2);
    if (left >= wanted * 0.89) return;
    if (this.#fineSince(role) + CALM > world.now) return;
    world.violated('fresh-enough', `${Math.round(left / second)} s left; ${world.sight(role)}`);
  }

  /** Since when a fresh credential could be had; Infinity: it cannot. */
  #fineSince(role: Role): number {
    const world = this.#world;
    const { sso } = role;
    if (world.now >= sso.endsAt || world.faults.roleRemoved(world.now)) return Number.POSITIVE_INFINITY;
    const { phase } = sso.state;
    if (phase === 'signedOut' || phase === 'expired') return Number.POSITIVE_INFINITY;
    return Math.max(world.faults.endsAt, world.disturbedAt + LAG);
  }

  /** From time to time: whatever is wrong must have a reason, or somebody is being asked. */
  look(): void {
    const world = this.#world;
    if (world.asleep || world.offset !== 0) return;
    if (Math.max(world.faults.endsAt, world.disturbedAt + LAG) + 20 * minute > world.now) return;
    for (const sso of world.ssos) {
      const { phase } = sso.state;
      // Where the registration is over there is nothing to try: the token serves to its end.
      const hopeless = world.now >= sso.registrationEndsAt;
      if (phase === 'degraded' && !hopeless)
        world.violated('recovers', 'degraded 20 min after the last fault');
      if (phase === 'refreshing' && sso.asking === null) world.violated('recovers', 'refreshing for ever');
    }
    for (const role of world.roles) {
      if (role.sso.state.phase !== 'valid' || !role.held) continue;
      const { state } = role.state;
      if (state === 'valid' || (state === 'renewing' && role.fetching !== null)) continue;
      world.violated('recovers', `no fault for 20 min: ${world.sight(role)}`);
    }
  }

  /** A stretch without faults and acts ends: its calls are held against the lifetimes that passed in it. */
  endCalm(): void {
    const world = this.#world;
    const { since, calls, extra } = this.calm;
    const from = Math.max(since, world.faults.endsAt, world.disturbedAt);
    this.calm = { since: world.now, calls: 0, extra: 0 };
    const span = world.now - since;
    if (from > since || span < 2 * hour || world.offset !== 0 || world.asleep) return;
    const perLifetime = (life: number) => span / (life - Math.min(20 * minute, life / 2));
    const lifetimes =
      world.ssos.length * perLifetime(world.aws.tokenLife) +
      world.roles.length * perLifetime(world.aws.credentialLife);
    world.totals.calmCalls += calls;
    world.totals.calmLifetimes += lifetimes;
    // One for each machine that was about to renew when the stretch began.
    // The last refresh that a registration allows comes early.
    const lastRefreshes = world.ssos.filter(
      (s) => s.registrationEndsAt < world.now + world.aws.tokenLife,
    ).length;
    const allowed = 1.05 * lifetimes + world.ssos.length + world.roles.length + lastRefreshes + extra;
    if (calls > allowed) {
      world.violated('few-calls', `${calls} calls in ${lifetimes.toFixed(1)} lifetimes without a fault`);
    }
  }
}
