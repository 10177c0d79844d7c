import type { EndingView, PromptView } from '../../contract/state.ts';
import { type EndingSubject, endingDeadline, nextEnding, noEnding } from '../../domain/keep-alive/ending.ts';
import {
  nextPrompt,
  noPrompt,
  type PromptCircumstances,
  type PromptEvent,
  promptDeadline,
  shownPrompt,
} from '../../domain/keep-alive/prompt.ts';
import { nearest } from '../../domain/keep-alive/schedule.ts';
import type { AgentContext, SettingsStore } from '../ports.ts';
import type { PresenceWatch } from '../presence/presence-room.ts';

export interface PrompterParts {
  context: Pick<AgentContext, 'clock' | 'log'>;
  settings: Pick<SettingsStore, 'get'>;
  presence: PresenceWatch;
  /** Starts a sign-in that opens the browser: called once per prompt, only where settings say so. */
  autoSignIn: (ssoSession: string) => void;
  /** SSO sessions that a person is signing in to, or that may turn out to live. */
  signingIn: () => ReadonlySet<string>;
  /** Living SSO sessions with an end to come. */
  endings: () => readonly EndingSubject[];
  changed: () => void;
}

/** What a person is asked (a sign-in is needed) and told (an SSO session is about to end): one of each, when they are there. */
export class Prompter {
  readonly #parts: PrompterParts;
  #prompt = noPrompt;
  #ending = noEnding;
  /** The prompt that the browser was opened for by itself, by the instant it was first raised. */
  #openedFor: number | null = null;

  constructor(parts: PrompterParts) {
    this.#parts = parts;
  }

  get snoozedUntil(): number | null {
    return this.#prompt.snoozedUntil;
  }

  prompt(): PromptView | null {
    return shownPrompt(this.#prompt);
  }

  ending(): EndingView | null {
    return this.#ending.shown;
  }

  /** When `event({ type: 'tick' })` is due. */
  get deadline(): number | null {
    const now = this.#parts.context.clock.now();
    return nearest([
      promptDeadline(this.#prompt, now, this.#circumstances()),
      endingDeadline(this.#parts.endings(), now),
    ]);
  }

  event(event: PromptEvent): void {
    const { context, settings, autoSignIn, changed, presence, endings } = this.#parts;
    const now = context.clock.now();
    const before = { prompt: this.#prompt, ending: this.#ending };
    const { state, raise } = nextPrompt(before.prompt, event, now, this.#circumstances());
    this.#prompt = state;
    this.#ending = nextEnding(before.ending, endings(), now, presence.now());
    if (this.#prompt !== before.prompt || this.#ending !== before.ending) changed();
    if (!raise) return;
    const prompt = this.prompt();
    if (prompt === null) return;
    context.log.info({ ssoSession: prompt.ssoSession, count: prompt.count }, 'a sign-in is needed');
    // Only by the person's wish, once for each need, and never where nobody may be.
    if (!settings.get().openBrowserAutomatically || presence.now() !== 'there') return;
    if (this.#openedFor === prompt.sinceAt) return;
    this.#openedFor = prompt.sinceAt;
    autoSignIn(prompt.ssoSession);
  }

  #circumstances(): PromptCircumstances {
    return { presence: this.#parts.presence.now(), signingIn: this.#parts.signingIn() };
  }
}
