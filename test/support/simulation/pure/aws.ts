import type { Trouble } from '../faults.ts';
import { day, minute, second } from '../history.ts';
import type { Job, PureWorld, Sso } from './world.ts';

/** AWS: sign-ins, refreshes and role credentials, and what goes wrong with them. */
export class PureAws {
  numbers = 0;
  sessionLength: number;
  tokenLife: number;
  credentialLife: number;
  noRefreshToken = false;
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
    this.sessionLength = world.circumstances.sessionMinutes * minute;
    this.tokenLife = world.circumstances.tokenMinutes * minute;
    this.credentialLife = world.circumstances.credentialMinutes * minute;
  }

  /** A sign-in, here or by another tool: a living session goes on with its old end. */
  signedIn(sso: Sso, by: 'signIn' | 'file'): void {
    if (sso.endsAt <= this.#world.now) sso.endsAt = this.#world.now + this.sessionLength;
    if (sso.registrationEndsAt - this.#world.now < 15 * minute) {
      sso.registrationEndsAt = this.#world.now + this.#world.circumstances.registrationDays * day;
    }
    this.#world.watch.calm.extra += 4;
    this.newToken(sso, by, this.#world.now);
  }

  newToken(sso: Sso, by: 'signIn' | 'refresh' | 'file', askedAt: number): void {
    const given = this.#world.circumstances.refreshTokens && !(by === 'refresh' && this.noRefreshToken);
    if (by === 'refresh') this.noRefreshToken = false;
    const number = ++this.numbers;
    sso.refreshTaken = number;
    sso.token = {
      number,
      endsAt: askedAt + this.tokenLife,
      sessionEndsAt: sso.endsAt,
      refresh: given ? number : null,
    };
    if (by === 'file') this.#world.watch.calm.extra += 2;
    const token = {
      obtainedAt: this.#world.local,
      expiresAt: askedAt + this.#world.offset + this.tokenLife,
      refreshableUntil: given ? sso.registrationEndsAt + this.#world.offset : null,
    };
    this.#world.keeper.dispatch(sso, { type: 'token', token, by });
  }

  refreshable(sso: Sso): boolean {
    const { token } = sso;
    if (token === null || token.refresh === null) return false;
    if (this.#world.now >= sso.registrationEndsAt || this.#world.now >= sso.endsAt) return false;
    return !this.#world.circumstances.strictRotation || token.refresh === sso.refreshTaken;
  }

  startRefresh(sso: Sso): void {
    if (sso.token === null) return;
    this.#world.totals.refreshes++;
    this.#world.watch.hourOf.calls++;
    this.#world.watch.calm.calls++;
    const trouble = this.#world.faults.of('oidc', this.#world.now);
    const { number } = sso.token;
    sso.asking = number;
    const at = this.#world.now + this.latency(trouble);
    this.#world.later(at, { do: 'refresh-answer', sso, token: number, trouble, sentAt: this.#world.now });
  }

  latency(trouble: Trouble | null): number {
    return trouble?.how === 'slow'
      ? this.#world.random.between(2, 40) * second
      : this.#world.random.between(20, 600);
  }

  refreshAnswered(job: Job & { do: 'refresh-answer' }): void {
    const { sso, trouble } = job;
    // Somebody signed in or out meanwhile, or the agent is another.
    if (sso.asking !== job.token || sso.token?.number !== job.token) return;
    sso.asking = null;
    if (trouble !== null && trouble.how !== 'slow') {
      if (trouble.how === 'lost-answers' && this.refreshable(sso)) sso.refreshTaken = ++this.numbers;
      this.#world.keeper.dispatch(sso, {
        type: 'refreshFailed',
        fault: this.#world.faults.fault(trouble, this.#world.now),
      });
    } else if (this.#world.asleepUntil > job.sentAt) {
      this.#world.keeper.dispatch(sso, {
        type: 'refreshFailed',
        fault: { kind: 'network', name: 'ECONNRESET' },
      });
    } else if (this.refreshable(sso)) {
      this.newToken(sso, 'refresh', job.sentAt);
    } else {
      const name = this.#world.now >= sso.registrationEndsAt ? 'InvalidClient' : 'InvalidGrant';
      this.#world.keeper.dispatch(sso, { type: 'refreshFailed', fault: { kind: 'client', name } });
    }
    for (const role of this.#world.roles) {
      if (role.sso === sso && role.fetching?.awaitsRefresh) this.#world.broker.stepFetch(role);
    }
  }

  portalAnswered(job: Job & { do: 'portal-answer' }): void {
    const { role, trouble } = job;
    const { sso, fetching } = role;
    if (fetching === null || fetching.epoch !== job.epoch || role.epoch !== job.epoch) return;
    if (trouble !== null && trouble.how !== 'slow') {
      return void this.#world.broker.fetched(role, {
        type: 'failed',
        problem: this.#world.faults.fault(trouble, this.#world.now),
      });
    }
    if (this.#world.asleepUntil > job.sentAt) {
      return void this.#world.broker.fetched(role, {
        type: 'failed',
        problem: { kind: 'network', name: 'ECONNRESET' },
      });
    }
    if (this.#world.faults.roleRemoved(this.#world.now)) {
      return void this.#world.broker.fetched(role, {
        type: 'failed',
        problem: { kind: 'forbidden', name: 'Forbidden' },
      });
    }
    const { token } = sso;
    const sameToken = token !== null && token.number === fetching.token;
    const lives = sameToken && this.#world.now < token.endsAt && this.#world.now < sso.endsAt;
    if (lives || (!sameToken && this.#world.now < sso.endsAt)) {
      role.secret = {
        obtainedAt: this.#world.local,
        expiresAt: job.sentAt + this.credentialLife,
        skewed: this.#world.offset !== 0,
      };
      return void this.#world.broker.fetched(role, {
        type: 'obtained',
        expiresAt: job.sentAt + this.credentialLife,
      });
    }
    if (fetching.tries++ >= 3) {
      return void this.#world.broker.fetched(role, {
        type: 'failed',
        problem: { kind: 'unauthorized', name: 'Unauthorized' },
      });
    }
    this.#world.watch.calm.extra++;
    if (sameToken) this.#world.keeper.dispatch(sso, { type: 'rejected' });
    if (role.fetching !== fetching) return;
    if (sso.state.phase === 'refreshing' && sso.asking !== null) fetching.awaitsRefresh = true;
    else this.#world.broker.stepFetch(role);
  }
}
