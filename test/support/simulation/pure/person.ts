import { minute } from '../history.ts';
import type { PureWorld, Sso } from './world.ts';

/** Who sees prompts and signs in, or not. */
export class PurePerson {
  awayUntil = 0;
  ignoringUntil = 0;
  diligence: number;
  readonly #world: PureWorld;

  constructor(world: PureWorld) {
    this.#world = world;
    this.diligence = world.circumstances.diligence;
  }

  get someoneThere(): boolean {
    return !this.#world.asleep && this.#world.now >= this.awayUntil;
  }

  /** Somebody sees the prompt. */
  consider(): void {
    const shown = this.#world.machines.shownPrompt(this.#world.keeper.prompt);
    if (shown === null || this.#world.now < this.ignoringUntil || !this.#world.random.chance(this.diligence))
      return;
    const sso = this.#world.ssos.find((s) => s.id === shown.ssoSession);
    if (sso)
      this.#world.later(this.#world.now + this.#world.random.between(0.2, 4) * minute, {
        do: 'sign-in',
        sso,
      });
  }

  signIn(sso: Sso): void {
    if (this.#world.asleep || !this.someoneThere || this.#world.keeper.signingIn.size > 0) return;
    this.#world.keeper.signingIn.add(sso.id);
    this.#world.keeperMoved = true;
    this.#world.keeper.dispatch(sso, { type: 'signInStarted' });
    this.#world.later(this.#world.now + this.#world.random.between(0.1, 3) * minute, {
      do: 'signed-in',
      sso,
    });
  }

  /** The sign-in comes to its end: well, unless AWS is away or the computer sleeps. */
  signInEnds(sso: Sso): void {
    if (!this.#world.keeper.signingIn.delete(sso.id)) return;
    if (this.#world.asleep || this.#world.faults.of('oidc', this.#world.now) !== null) {
      this.#world.keeper.dispatch(sso, { type: 'signInEnded' });
      return void this.#world.keeper.onPrompt({ type: 'declined', ssoSession: sso.id });
    }
    this.#world.aws.signedIn(sso, 'signIn');
    this.#world.totals.signIns++;
    this.#world.keeper.dispatch(sso, { type: 'signInEnded' });
    this.#world.keeper.onPrompt({ type: 'tick' });
  }
}
