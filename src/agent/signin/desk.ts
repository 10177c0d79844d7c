import type { Oidc } from '../../aws/oidc.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { SignInView } from '../../contract/state.ts';
import type { Translator } from '../../locales/index.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, Keeper, ProfileCatalog, SignInDesk, SsoSessionConfig } from '../ports.ts';
import { type AttemptParts, type SignedIn, SignInAttempt } from './attempt.ts';
import { type RegistrationCache, Registrations } from './registrations.ts';

/** How many ended sign-ins are remembered for those who ask late how they ended. */
const REMEMBERED = 50;
const alive = new Set(['valid', 'refreshing', 'degraded']);

export interface DeskParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random' | 'openBrowser'>;
  catalog: Pick<ProfileCatalog, 'ssoSessions' | 'reload'>;
  keeper: Pick<Keeper, 'adopt' | 'views' | 'onChange'> & {
    signInChanged(ssoSession: string, view: SignInView | null): void;
  };
  oidc: (region: string) => Omit<Oidc, 'refresh'>;
  registrations: RegistrationCache;
  /** Words of the callback page, in the language that is set now. */
  translator: () => Translator;
  listen?: AttemptParts['listen'];
}

interface Running {
  attempt: SignInAttempt;
  /** Resolves when a person can act; rejects when it cannot begin. */
  begun: Promise<void>;
  /** The SSO session lived when it began: only its own token ends it. */
  renewal: boolean;
}

/** Runs sign-ins: one at a time for each SSO session, shared by all who ask. */
export class SignInRoom implements SignInDesk {
  readonly #parts: DeskParts;
  readonly #registrations: Registrations;
  readonly #running = new Map<string, Running>();
  readonly #results = new Map<string, Promise<SignedIn>>();
  readonly #emitter = new ChangeEmitter();
  readonly #unsubscribe: () => void;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#registrations = new Registrations(parts.registrations, () => parts.context.clock.now());
    this.#unsubscribe = parts.keeper.onChange(() => this.#followKeeper());
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  async start(input: {
    ssoSession: string;
    flow: 'auto' | 'pkce' | 'device';
    openBrowser: boolean;
  }): Promise<SignInView> {
    const config = await this.#config(input.ssoSession);
    const running = this.#running.get(config.id);
    if (running) {
      await running.begun;
      await running.attempt.join(input);
      return running.attempt.view();
    }
    const { attempt, begun } = this.#begin(config, input);
    await begun;
    return attempt.view();
  }

  async wait(id: string): Promise<SignedIn> {
    const result = this.#results.get(id);
    if (!result) throw new BedrockTrayError('BadInput', { field: 'id', reason: 'no such sign-in' });
    return result;
  }

  cancel(id: string): void {
    for (const { attempt } of this.#running.values()) if (attempt.id === id) attempt.cancel();
  }

  current(ssoSession: string): SignInView | null {
    const attempt = this.#running.get(ssoSession)?.attempt;
    // Before it has an address there is nothing to show.
    return attempt && !attempt.over && attempt.view().url !== '' ? attempt.view() : null;
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    for (const { attempt } of [...this.#running.values()]) attempt.cancel();
  }

  #begin(
    config: SsoSessionConfig,
    wish: { flow: 'auto' | 'pkce' | 'device'; openBrowser: boolean },
  ): Running {
    const { context, keeper, oidc, translator } = this.#parts;
    const attempt: SignInAttempt = new SignInAttempt(config, {
      context,
      oidc,
      registrations: this.#registrations,
      translator,
      listen: this.#parts.listen,
      adopt: (token) => keeper.adopt(config.id, token),
      changed: () => this.#changed(attempt),
    });
    const state = keeper.views().find((v) => v.id === config.id)?.state;
    const begun = attempt.begin(wish);
    const running: Running = { attempt, begun, renewal: state !== undefined && alive.has(state) };
    this.#running.set(config.id, running);
    this.#results.set(attempt.id, attempt.result);
    for (const id of this.#results.keys()) {
      if (this.#results.size <= REMEMBERED) break;
      this.#results.delete(id);
    }
    context.log.info({ ssoSession: config.id, flow: wish.flow }, 'sign-in started');
    return running;
  }

  #changed(attempt: SignInAttempt): void {
    const { id } = attempt.config;
    if (attempt.over && this.#running.get(id)?.attempt === attempt) {
      this.#running.delete(id);
      attempt.result.then(
        () => this.#parts.context.log.info({ ssoSession: id }, 'sign-in completed'),
        (e: BedrockTrayError) =>
          this.#parts.context.log.info({ ssoSession: id, code: e.code }, 'sign-in ended'),
      );
    }
    this.#parts.keeper.signInChanged(id, this.current(id));
    this.#emitter.emit();
  }

  /** Another tool signed in meanwhile: that is what everybody waits for. */
  #followKeeper(): void {
    if (this.#running.size === 0) return;
    const views = this.#parts.keeper.views();
    for (const [id, { attempt, renewal }] of [...this.#running]) {
      const view = views.find((v) => v.id === id);
      if (!renewal && view?.state === 'valid') attempt.succeedOtherwise(view.expiresAt ?? 0);
    }
  }

  async #config(ssoSession: string): Promise<SsoSessionConfig> {
    const find = () => this.#parts.catalog.ssoSessions().find((s) => s.id === ssoSession);
    const known = find();
    if (known) return known;
    await this.#parts.catalog.reload();
    const added = find();
    if (!added) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession });
    return added;
  }
}
