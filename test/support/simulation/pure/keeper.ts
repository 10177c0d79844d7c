import type { PromptState } from '../../../../src/domain/keep-alive/prompt.ts';
import type { SsoSessionEvent } from '../../../../src/domain/keep-alive/sso-session.ts';
import type { Machines } from '../machines.ts';
import type { PureWorld, Sso } from './world.ts';

/** The keeper's part: dispatches to the machines of SSO sessions and of the prompt, performs their effects. */
export class PureKeeper {
  prompt: PromptState;
  readonly signingIn = new Set<string>();
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
    this.prompt = world.machines.noPrompt;
  }

  deadline(): number | null {
    let at = this.#world.machines.promptDeadline(this.prompt, this.#world.local, this.#promptCircumstances());
    for (const sso of this.#world.ssos) {
      const d = this.#world.machines.ssoSessionDeadline(sso.state);
      if (d !== null && (at === null || d < at)) at = d;
    }
    return at;
  }

  dispatch(sso: Sso, event: SsoSessionEvent): void {
    this.#world.keeperMoved = true;
    const before = sso.state.phase;
    const { state, effects } = this.#world.machines.nextSsoSession(
      sso.state,
      event,
      this.#world.local,
      this.#world.random.next(),
    );
    sso.state = state;
    if (state.phase === 'signedOut' || (state.phase === 'expired' && state.token === null)) sso.token = null;
    for (const effect of effects) {
      if (effect === 'refresh') this.#world.aws.startRefresh(sso);
      else if (effect === 'alive') this.onPrompt({ type: 'met', ssoSession: sso.id });
      else if (effect === 'ended') {
        this.#world.watch.calm.extra += 4;
        this.onPrompt({ type: 'need', need: this.need(sso, 'expired') });
      }
    }
    if (state.phase === before && effects.length === 0) return;
    for (const role of this.#world.roles) {
      if (role.sso !== sso) continue;
      if (state.phase === 'signedOut') this.#world.broker.drop(role);
      else if (
        state.phase !== 'expired' &&
        this.#world.broker.awaitsSignIn(role) &&
        this.#world.broker.kept(role)
      ) {
        this.#world.broker.dispatchRole(role, { type: 'signedIn' });
      }
    }
  }

  need(sso: Sso, reason: 'expired' | 'requested') {
    return {
      ssoSession: sso.id,
      startUrl: `https://${sso.id}.awsapps.com/start`,
      profile: null,
      accountId: null,
      roleName: null,
      reason,
    };
  }

  #promptCircumstances() {
    if (!this.#world.circumstances.presenceKnown)
      return { presence: 'unknown' as const, signingIn: this.signingIn };
    return {
      presence: this.#world.person.someoneThere ? ('there' as const) : ('away' as const),
      signingIn: this.signingIn,
    };
  }

  onPrompt(event: Parameters<Machines['nextPrompt']>[1]): void {
    this.#world.keeperMoved = true;
    const before = this.prompt;
    const circumstances = this.#promptCircumstances();
    const { signingIn } = circumstances;
    const { state, raise } = this.#world.machines.nextPrompt(before, event, this.#world.local, circumstances);
    this.prompt = state;
    if (!raise) return;
    this.#world.totals.prompts++;
    const shown = this.#world.machines.shownPrompt(state);
    if (circumstances.presence === 'away')
      this.#world.violated('one-prompt', 'a prompt while nobody is there');
    if (shown === null) return void this.#world.violated('one-prompt', 'raised, and nothing to show');
    if (signingIn.has(shown.ssoSession))
      this.#world.violated('one-prompt', 'a prompt beside the sign-in itself');
    const earlier = this.#world.machines.shownPrompt(before);
    if (
      earlier !== null &&
      earlier.ssoSession !== shown.ssoSession &&
      state.needs.some((n) => n.ssoSession === earlier.ssoSession)
    ) {
      this.#world.violated('one-prompt', 'a second prompt while the first stands');
    }
    if (this.#world.person.someoneThere) this.#world.person.consider();
  }
}
