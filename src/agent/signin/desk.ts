import type { Oidc } from '../../aws/oidc.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { SignInView } from '../../contract/state.ts';
import type { Translator } from '../../locales/index.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type {
  AgentContext,
  Keeper,
  ProfileCatalog,
  SignInDesk,
  SsoSessionConfig,
  SsoToken,
} from '../ports.ts';
import { type AttemptParts, type SignedIn, SignInAttempt } from './attempt.ts';
import { type RegistrationCache, Registrations } from './registrations.ts';

/** How many ended sign-ins are remembered for those who ask late how they ended. */
const REMEMBERED = 50;
const alive = new Set(['valid', 'refreshing', 'degraded']);

export interface DeskParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random' | 'openBrowser'>;
  catalog: Pick<ProfileCatalog, 'ssoSessions' | 'reload'>;
  keeper: Pick<Keeper, 'views' | 'onChange'> & {
    adopt(ssoSession: string, token: SsoToken, sinceAt?: number): Promise<void>;
    signInChanged(ssoSession: string, view: SignInView | null): void;
    logOutToRenew(ssoSession: string): Promise<void>;
  };
  /** Opens a sign-in's address in the browser that was chosen for that SSO session. Default: the context's. */
  openBrowser?: (url: string, ssoSession: string) => Promise<boolean>;
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
  /** The SSO session lives: only the sign-in's own token ends it. */
  beside: boolean;
  /** The portal logout comes first. */
  renews: boolean;
}

/** What somebody asks a sign-in to be. */
type Wish = Parameters<SignInDesk['start']>[0];

/** Runs sign-ins: one at a time on this machine, shared by all who ask for the same. */
export class SignInRoom implements SignInDesk {
  readonly #parts: DeskParts;
  readonly #registrations: Registrations;
  #running: Running | null = null;
  /** SSO sessions that are to be signed in to by themselves when the one under way has ended. */
  readonly #queue = new Set<string>();
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

  async start(input: Wish): Promise<SignInView> {
    const config = await this.#config(input.ssoSession);
    const running = this.#running;
    // One that is under way can no longer begin with a logout.
    const joinable = running?.attempt.config.id === config.id && (running.renews || !input.renew);
    if (running && !joinable) {
      throw new BedrockTrayError('SignInBusy', { ssoSession: running.attempt.config.id });
    }
    if (running) {
      await running.begun;
      await running.attempt.join(input);
      return running.attempt.view();
    }
    const { attempt, begun } = this.#begin(config, input);
    await begun;
    return attempt.view();
  }

  /** A sign-in that nobody asked for in person: waits for its turn, and is left out when it is not needed any more. */
  startByItself(ssoSession: string): void {
    this.#queue.add(ssoSession);
    this.#serveQueue();
  }

  async wait(id: string): Promise<SignedIn> {
    const result = this.#results.get(id);
    if (!result) throw new BedrockTrayError('BadInput', { field: 'id', reason: 'no such sign-in' });
    return result;
  }

  cancel(id: string): void {
    if (this.#running?.attempt.id === id) this.#running.attempt.cancel();
  }

  current(ssoSession: string): SignInView | null {
    const attempt = this.#running?.attempt;
    if (attempt?.config.id !== ssoSession || attempt.over) return null;
    // Before it has an address there is nothing to show.
    return attempt.view().url !== '' ? attempt.view() : null;
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#queue.clear();
    this.#running?.attempt.cancel();
  }

  #begin(config: SsoSessionConfig, wish: Wish): Running {
    const { context, keeper, oidc, translator } = this.#parts;
    const open = this.#parts.openBrowser ?? ((url: string) => context.openBrowser(url));
    const startedAt = context.clock.now();
    const attempt: SignInAttempt = new SignInAttempt(config, {
      context,
      oidc,
      registrations: this.#registrations,
      translator,
      listen: this.#parts.listen,
      adopt: (token) => keeper.adopt(config.id, token, startedAt),
      openBrowser: (url) => open(url, config.id),
      changed: () => this.#changed(attempt),
    });
    const state = keeper.views().find((v) => v.id === config.id)?.state;
    const running: Running = {
      attempt,
      begun: Promise.resolve(),
      beside: state !== undefined && alive.has(state),
      renews: wish.renew === true,
    };
    this.#running = running;
    running.begun = attempt.begin(wish, async () => {
      if (!wish.renew) return;
      await keeper.logOutToRenew(config.id);
      running.beside = false;
      // Given up meanwhile: the keeper learns that nobody is signing in any more.
      if (attempt.over) keeper.signInChanged(config.id, null);
    });
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
    if (attempt.over && this.#running?.attempt === attempt) {
      this.#running = null;
      attempt.result.then(
        () => this.#parts.context.log.info({ ssoSession: id }, 'sign-in completed'),
        (e: BedrockTrayError) =>
          this.#parts.context.log.info({ ssoSession: id, code: e.code }, 'sign-in ended'),
      );
    }
    this.#parts.keeper.signInChanged(id, this.current(id));
    this.#emitter.emit();
    if (attempt.over) this.#serveQueue();
  }

  #serveQueue(): void {
    if (this.#running) return;
    for (const ssoSession of this.#queue) {
      this.#queue.delete(ssoSession);
      const state = this.#parts.keeper.views().find((v) => v.id === ssoSession)?.state;
      if (state === undefined || alive.has(state)) continue;
      this.start({ ssoSession, flow: 'auto', openBrowser: true }).catch((e: unknown) => {
        // Somebody was quicker: it waits again.
        if (e instanceof BedrockTrayError && e.code === 'SignInBusy') this.#queue.add(ssoSession);
        else this.#parts.context.log.warn({ ssoSession, err: e }, 'a sign-in could not be started');
      });
      return;
    }
  }

  /** Another tool signed in meanwhile: that is what everybody waits for. */
  #followKeeper(): void {
    if (this.#running === null || this.#running.beside) return;
    const { attempt } = this.#running;
    const view = this.#parts.keeper.views().find((v) => v.id === attempt.config.id);
    if (view?.state === 'valid') attempt.succeedOtherwise(view.expiresAt ?? 0);
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
