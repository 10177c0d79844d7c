import type { PresenceWatch } from '../../../src/agent/presence/presence-room.ts';
import type { CallbackAnswer } from '../../../src/agent/signin/callback-listener.ts';
import type { Presence } from '../../../src/domain/keep-alive/presence.ts';
import type { AgentOfPerson } from './assembled-simulation.ts';
import { type Circumstances, minute, second } from './history.ts';
import type { Invariant, Totals } from './invariants.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedAws } from './simulated-aws.ts';
import type { SimulatedClock } from './simulated-clock.ts';

interface PersonParts {
  circumstances: Circumstances;
  clock: SimulatedClock;
  random: SeededRandom;
  agent: () => AgentOfPerson;
  totals: Totals;
  violated: (invariant: Invariant, what: string) => void;
  /** Whether that SSO session lives and could be refreshed. */
  needless: (ssoSession: string) => boolean;
}

/** Who comes and goes, sees prompts, answers them or not, and acts in the browser; and who watches that they are not bothered. */
export class SimulatedPerson {
  prompts = 0;
  signInsBegun = 0;
  readonly #parts: PersonParts;
  readonly #presenceListeners = new Set<() => void>();
  /** The listeners of sign-ins under way, by their state. */
  readonly #listeners = new Map<string, (answer: CallbackAnswer) => Promise<unknown>>();
  #aws: SimulatedAws | undefined;
  #awayUntil = 0;
  #ignoringUntil = 0;
  #diligence: number;
  #seen = '';
  #known: Presence = 'unknown';
  /** Begins a sign-in by hand just now: the browser is theirs. */
  #asked = new Set<string>();
  /** The one browser page that waits for an answer. */
  #page: string | null = null;

  constructor(parts: PersonParts) {
    this.#parts = parts;
    this.#diligence = parts.circumstances.diligence;
  }

  meets(aws: SimulatedAws): void {
    this.#aws = aws;
  }

  get there(): boolean {
    return !this.#parts.clock.asleep && this.#parts.clock.true >= this.#awayUntil;
  }

  /** What the agent is told of them. */
  readonly watch: PresenceWatch = {
    now: () => (!this.#parts.circumstances.presenceKnown ? 'unknown' : this.there ? 'there' : 'away'),
    onChange: (listener) => {
      this.#presenceListeners.add(listener);
      return () => this.#presenceListeners.delete(listener);
    },
  };

  changed(): void {
    if (this.watch.now() === this.#known && this.#parts.clock.asleep) return;
    this.#known = this.watch.now();
    for (const tell of [...this.#presenceListeners]) tell();
  }

  leaves(until: number): void {
    this.#awayUntil = Math.max(this.#awayUntil, until);
    this.changed();
    this.#parts.clock.later(until, () => this.changed());
  }

  ignores(until: number): void {
    this.#ignoringUntil = Math.max(this.#ignoringUntil, until);
  }

  turnsDiligent(): void {
    this.#awayUntil = 0;
    this.#ignoringUntil = 0;
    this.#diligence = 1;
    this.changed();
  }

  agentEnds(): void {
    this.#seen = '';
    this.#page = null;
    this.#listeners.clear();
  }

  // --- prompts ------------------------------------------------------------------------------------------------------

  /** Something has changed in the agent. */
  looksAtPrompt(): void {
    const { agent, totals, violated } = this.#parts;
    const prompt = agent().keeper.prompt();
    const raised = prompt === null ? '' : `${prompt.ssoSession} ${prompt.count}`;
    if (raised === this.#seen) return;
    this.#seen = raised;
    if (prompt === null) return;
    totals.prompts++;
    this.prompts++;
    if (this.watch.now() === 'away') violated('one-prompt', 'a prompt while nobody is there');
    const signingIn = agent()
      .keeper.views()
      .find((v) => v.signIn !== null);
    if (signingIn) violated('one-prompt', 'a prompt beside a sign-in');
    if (prompt.reason === 'expired' && prompt.count === 1) this.#checkNeed(prompt.ssoSession);
    if (this.there) this.#consider();
  }

  /** Another tool that has just refreshed may be about to write its file: that SSO session lived all the time. */
  #checkNeed(ssoSession: string): void {
    const { clock, violated, needless } = this.#parts;
    const session = this.#aws?.sessions.find((s) => s.config.id === ssoSession);
    if (!session || session.endsAt <= clock.true || session.robbed) return;
    const { endsAt } = session;
    clock.later(clock.true + 2 * second, () => {
      if (session.endsAt === endsAt && needless(ssoSession)) {
        violated('recovers', 'a person is asked although the SSO session lives');
      }
    });
  }

  /** Where the computer cannot tell who is there, one reminder stands until a person sees it. */
  glanceLater(): void {
    const { clock, random, circumstances } = this.#parts;
    if (circumstances.presenceKnown) return;
    clock.later(clock.true + random.between(20, 70) * minute, () => {
      this.glanceLater();
      if (this.there) this.#consider();
    });
  }

  #consider(): void {
    const { agent, clock, random } = this.#parts;
    const prompt = agent().keeper.prompt();
    if (prompt === null || clock.true < this.#ignoringUntil || !random.chance(this.#diligence)) return;
    clock.later(clock.true + random.between(0.2, 4) * minute, () => this.signsIn(prompt.ssoSession));
  }

  // --- signing in ---------------------------------------------------------------------------------------------------

  signsIn(ssoSession: string): void {
    if (!this.there) return;
    this.#asked.add(ssoSession);
    this.signInsBegun++;
    this.#parts
      .agent()
      .desk.start({ ssoSession, flow: 'auto', openBrowser: true, renew: false })
      .catch(() => {})
      .finally(() => this.#asked.delete(ssoSession));
  }

  listenerOpens(state: string, answer: (answer: CallbackAnswer) => Promise<unknown>): () => void {
    this.#listeners.set(state, answer);
    return () => {
      this.#listeners.delete(state);
      if (this.#page === state) this.#page = null;
    };
  }

  async browserOpens(url: string, ssoSession = ''): Promise<boolean> {
    const { clock, random, violated, totals } = this.#parts;
    totals.browsers++;
    const state = new URL(url).searchParams.get('state') ?? url;
    if (this.#page !== null && this.#page !== state) violated('one-prompt', 'two browsers at once');
    if (!this.#asked.has(ssoSession) && this.watch.now() !== 'there') {
      violated('one-prompt', 'a browser opens by itself while nobody is there');
    }
    this.#page = state;
    clock.later(clock.true + random.between(0.3, 3) * minute, () => this.#answers(url, state, ssoSession));
    return true;
  }

  #answers(url: string, state: string, ssoSession: string): void {
    const { random, totals } = this.#parts;
    const aws = this.#aws;
    const listener = this.#listeners.get(state);
    const session = aws?.sessions.find((s) => s.config.id === ssoSession);
    // Left, or the page tells of an unknown client: nobody comes back from it.
    const known = aws?.knowsClient(new URL(url).searchParams.get('client_id') ?? undefined);
    if (!listener || !aws || !session || !this.there || !known) return;
    if (this.#diligence < 1 && random.chance(0.1)) {
      if (random.chance(0.5)) void listener({ kind: 'error', error: 'access_denied' });
      return;
    }
    totals.signIns++;
    session.robbed = false;
    void listener({ kind: 'code', code: aws.allow(session) });
  }
}
