import { type Act, hour, minute } from '../history.ts';
import { LAG, type PureWorld, type Role, type Sso } from './world.ts';

/** What the world does to the agent: the acts of a history, and their end. */
export class PureActs {
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
  }

  /** One act of the history. */
  act(act: Act): void {
    if (this.#world.aftermath) {
      // What was wrong for a time only may end now; nothing new begins.
      if (act.do === 'clock') this.#setClock(act.byMinutes);
      return;
    }
    this.#world.watch.endCalm();
    const sso = 'which' in act ? (this.#world.ssos[act.which % this.#world.ssos.length] as Sso) : undefined;
    const until = 'minutes' in act ? this.#world.now + act.minutes * minute : 0;
    switch (act.do) {
      case 'outage':
        this.#world.faults.add(act.of, act.how, until, act.retryAfterSeconds);
        return;
      case 'remove-role':
        this.#world.faults.removeRole(until);
        return;
      case 'sleep':
        this.#world.asleepUntil = Math.max(
          this.#world.asleepUntil,
          until + this.#world.random.between(0, LAG),
        );
        this.#world.disturbedAt = Math.max(this.#world.disturbedAt, this.#world.asleepUntil);
        return;
      case 'clock':
        this.#setClock(act.byMinutes);
        if (act.minutes > 0) {
          this.#world.later(until, {
            do: 'act',
            act: { do: 'clock', byMinutes: -act.byMinutes, minutes: 0 },
          });
        }
        return;
      case 'away':
        this.#world.person.awayUntil = Math.max(this.#world.person.awayUntil, until);
        this.#world.later(until, { do: 'tick-prompt' });
        return;
      case 'ignore':
        this.#world.person.ignoringUntil = Math.max(this.#world.person.ignoringUntil, until);
        return;
      case 'session-length':
        this.#world.aws.sessionLength = act.minutes * minute;
        return;
      case 'lifetimes':
        this.#world.aws.tokenLife = act.tokenMinutes * minute;
        this.#world.aws.credentialLife = act.credentialMinutes * minute;
        this.#world.later(until, { do: 'lifetimes' });
        return;
      case 'end-sessions':
        for (const each of this.#world.ssos) each.endsAt = Math.min(each.endsAt, this.#world.now);
        return;
      case 'forget-clients':
        for (const each of this.#world.ssos)
          each.registrationEndsAt = Math.min(each.registrationEndsAt, this.#world.now);
        return;
      case 'no-refresh-token':
        this.#world.aws.noRefreshToken = true;
        return;
      default:
        if (!this.#world.asleep) this.#actHere(act, sso);
    }
  }

  /** What happens on this computer. */
  #actHere(act: Act, sso: Sso | undefined): void {
    switch (act.do) {
      case 'sign-in':
        if (sso && this.#world.person.someoneThere) this.#world.person.signIn(sso);
        return;
      case 'sign-out':
      case 'tool-sign-out':
        if (!sso) return;
        sso.endsAt = Math.min(sso.endsAt, this.#world.now);
        sso.token = null;
        this.#world.keeper.dispatch(sso, { type: 'gone' });
        this.#world.keeper.onPrompt({ type: 'met', ssoSession: sso.id });
        return;
      case 'tool-sign-in':
        if (sso && this.#world.faults.of('oidc', this.#world.now) === null)
          this.#world.aws.signedIn(sso, 'file');
        return;
      case 'tool-refresh':
        if (
          sso &&
          this.#world.aws.refreshable(sso) &&
          this.#world.faults.of('oidc', this.#world.now) === null
        ) {
          this.#world.aws.newToken(sso, 'file', this.#world.now);
        }
        return;
      case 'old-file':
        if (sso && this.#world.machines.servableToken(sso.state, this.#world.local) === null) {
          sso.token = { number: ++this.#world.aws.numbers, endsAt: 0, sessionEndsAt: 0, refresh: -1 };
          const token = {
            obtainedAt: this.#world.local,
            expiresAt: this.#world.local - hour,
            refreshableUntil: this.#world.local + hour,
          };
          this.#world.keeper.dispatch(sso, { type: 'token', token, by: 'file' });
        }
        return;
      case 'refused-key':
        for (const role of this.#world.roles) {
          if (role.sso !== sso || role.secret === null) continue;
          this.#world.broker.dispatchRole(role, { type: 'refused' });
          this.#world.broker.ask(role);
        }
        return;
      case 'rush':
        for (let n = 0; n < act.requests; n++) {
          this.#world.broker.ask(this.#world.roles[n % this.#world.roles.length] as Role);
        }
        return;
      case 'restart':
        this.#restart();
        return;
      default:
        // About files: the machines know nothing of them.
        return;
    }
  }

  lifetimesAsBefore(): void {
    const { aws, circumstances, watch } = this.#world;
    watch.endCalm();
    aws.tokenLife = circumstances.tokenMinutes * minute;
    aws.credentialLife = circumstances.credentialMinutes * minute;
  }

  #setClock(byMinutes: number): void {
    this.#world.watch.shortestLife = Math.min(
      this.#world.watch.shortestLife,
      this.#world.watch.apparentLife(),
    );
    this.#world.offset += byMinutes * minute;
    this.#world.watch.shortestLife = Math.min(
      this.#world.watch.shortestLife,
      this.#world.watch.apparentLife(),
    );
    this.#world.disturbedAt = Math.max(this.#world.disturbedAt, this.#world.now);
    this.#world.watch.endCalm();
    for (const role of this.#world.roles) if (role.secret) role.secret.skewed = true;
    if (byMinutes >= 0) return;
    const at = Math.max(this.#world.now, this.#world.asleepUntil) + this.#world.random.between(0, LAG);
    this.#world.later(at, { do: 'clock-noticed', byMs: -byMinutes * minute });
  }

  /** What the agent's clock finds out within LAG. */
  clockSetBack(byMs: number): void {
    for (const sso of this.#world.ssos) this.#world.keeper.dispatch(sso, { type: 'clockSetBack', byMs });
    for (const role of this.#world.roles)
      this.#world.broker.dispatchRole(role, { type: 'clockSetBack', byMs });
    this.#world.keeper.onPrompt({ type: 'clockSetBack', byMs });
  }

  #restart(): void {
    this.#world.keeper.prompt = this.#world.machines.noPrompt;
    this.#world.keeper.signingIn.clear();
    for (const role of this.#world.roles) {
      role.epoch++;
      role.state = this.#world.machines.absent;
      role.secret = null;
      role.fetching = null;
      role.waiting = [];
      role.refusal = null;
    }
    for (const sso of this.#world.ssos) {
      const before = sso.state.phase === 'signedOut' ? null : sso.state.token;
      sso.state = this.#world.machines.signedOut;
      sso.asking = null;
      if (sso.token === null || before === null) continue;
      this.#world.keeper.dispatch(sso, { type: 'token', token: { ...before, obtainedAt: null }, by: 'file' });
    }
    this.#world.broker.holdAll();
  }

  endFaults(): void {
    this.#world.aftermath = true;
    this.#world.faults.end();
    this.#world.watch.endCalm();
    this.#world.asleepUntil = Math.min(this.#world.asleepUntil, this.#world.now);
    this.#world.person.awayUntil = 0;
    this.#world.person.ignoringUntil = 0;
    this.#world.person.diligence = 1;
    this.#world.aws.sessionLength = Math.max(this.#world.aws.sessionLength, 12 * hour);
    if (this.#world.offset !== 0) this.#setClock(-this.#world.offset / minute);
    this.#world.jobs = this.#world.jobs.filter(({ job }) => job.do !== 'act');
    this.lifetimesAsBefore();
    // Somebody who is refused asks again: the person needs a while to sign in.
    for (const after of [90, 95, 100, 110, 130, 230])
      for (const role of this.#world.roles)
        this.#world.later(this.#world.now + after * minute, { do: 'ask', role });
  }
}
