import type { RoleCredentialsEvent } from '../../../../src/domain/keep-alive/role-credentials.ts';
import { minute } from '../history.ts';
import type { PureWorld, Role } from './world.ts';

/** How long a request waits for a renewal while it could have older credentials, as in the broker. */
const PATIENCE = 1_500;

/** The broker's part: dispatches to the machines of role credentials, performs their effects, answers requests. */
export class PureBroker {
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
  }

  deadline(): number | null {
    let at: number | null = null;
    for (const role of this.#world.roles) {
      const d = this.#world.machines.roleCredentialsDeadline(role.state, this.kept(role));
      if (d !== null && (at === null || d < at)) at = d;
    }
    return at;
  }

  holdAll(): void {
    for (const role of this.#world.roles) if (role.held) this.dispatchRole(role, { type: 'wanted' });
  }

  kept(role: Role): boolean {
    if (role.held) return true;
    const life = this.#world.machines.usableLife(role.state, this.#world.local);
    return role.lastWantedAt >= (life?.obtainedAt ?? this.#world.local - 15 * minute);
  }

  awaitsSignIn({ state }: Role): boolean {
    return (state.state === 'absent' || state.state === 'stale') && state.problem?.kind === 'sign-in';
  }

  drop(role: Role): void {
    if (role.state.state === 'absent') return;
    role.epoch++;
    role.fetching = null;
    role.secret = null;
    this.#world.watch.calm.extra += 2;
    this.dispatchRole(role, { type: 'dropped' });
    if (role.held) this.dispatchRole(role, { type: 'wanted' });
    this.answer(role, true);
  }

  dispatchRole(role: Role, event: RoleCredentialsEvent): void {
    this.#world.brokerMoved = true;
    const { state, effects } = this.#world.machines.nextRoleCredentials(
      role.state,
      event,
      this.#world.local,
      this.#world.random.next(),
    );
    role.state = state;
    if (this.#world.machines.usableLife(state, this.#world.local) === null) role.secret = null;
    if (effects.length === 0) return;
    role.fetching = { tries: 1, token: null, awaitsRefresh: false, epoch: role.epoch };
    this.stepFetch(role);
  }

  stepFetch(role: Role): void {
    const { sso, fetching } = role;
    if (fetching === null) return;
    fetching.awaitsRefresh = false;
    if (this.#world.machines.servableToken(sso.state, this.#world.local) === null)
      this.#world.keeper.dispatch(sso, { type: 'wanted' });
    if (this.#world.machines.servableToken(sso.state, this.#world.local) === null || sso.token === null) {
      if (sso.state.phase === 'refreshing') {
        fetching.awaitsRefresh = true;
        return;
      }
      return void this.fetched(role, {
        type: 'failed',
        // As the broker has it: what the SSO session was asked to wait for is the SSO session's.
        problem:
          sso.state.phase === 'degraded'
            ? { kind: sso.state.problem.kind, name: sso.state.problem.name }
            : { kind: 'sign-in', name: 'SignInNeeded' },
      });
    }
    this.#world.totals.credentialCalls++;
    this.#world.watch.hourOf.calls++;
    this.#world.watch.calm.calls++;
    fetching.token = sso.token.number;
    const trouble = this.#world.faults.of('portal', this.#world.now);
    const at = this.#world.now + this.#world.aws.latency(trouble);
    this.#world.later(at, { do: 'portal-answer', role, epoch: role.epoch, trouble, sentAt: this.#world.now });
  }

  fetched(role: Role, event: RoleCredentialsEvent & { type: 'obtained' | 'failed' }): void {
    role.fetching = null;
    if (event.type === 'failed') role.refusal = event.problem;
    this.dispatchRole(role, event);
    this.answer(role, true);
  }

  ask(role: Role): void {
    this.#world.brokerMoved = true;
    role.lastWantedAt = this.#world.local;
    this.#world.watch.hourOf.asks++;
    this.dispatchRole(role, { type: 'wanted' });
    role.waiting.push(this.#world.now);
    this.answer(role, false);
  }

  /** Answers who waits, as far as that can be done now. `renewed`: what they waited for has come or failed. */
  answer(role: Role, renewed: boolean): void {
    const waiting = role.waiting;
    role.waiting = [];
    for (const since of waiting) {
      const what = this.#world.machines.handOut(role.state, this.#world.local);
      if (what === 'wait' || (what === 'wait-briefly' && !renewed && this.#world.now < since + PATIENCE)) {
        role.waiting.push(since);
        if (what === 'wait-briefly') this.#world.later(since + PATIENCE, { do: 'patience', role });
        continue;
      }
      if (what === 'refuse') this.#refuse(role);
      else this.#handOut(role);
    }
  }

  #refuse(role: Role): void {
    this.#world.totals.refused++;
    const { sso } = role;
    const phase = sso.state.phase;
    if (this.#world.machines.servableToken(sso.state, this.#world.local) !== null || phase === 'degraded')
      return;
    if (phase === 'signedOut' || phase === 'expired') {
      this.#world.keeper.onPrompt({ type: 'need', need: this.#world.keeper.need(sso, 'requested') });
    }
  }

  #handOut(role: Role): void {
    const life = role.state.state === 'absent' || role.state.state === 'denied' ? null : role.state.life;
    if (role.secret === null && life === null) return void this.#refuse(role);
    const secret = role.secret ?? { ...life, skewed: true };
    this.#world.totals.handedOut++;
    if (this.#world.aftermath) role.handedOutAfter = true;
    this.#world.watch.judge(role, secret);
  }
}
