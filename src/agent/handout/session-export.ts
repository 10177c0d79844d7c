import { type BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { CredentialFormat } from '../../contract/routes.ts';
import { formatCredentials, uselessKeys } from '../../domain/credentials/credential-formats.ts';
import { ssoRootOf } from '../../domain/credentials/credential-source.ts';
import type {
  AgentContext,
  Broker,
  Keeper,
  ProfileCatalog,
  SessionIdentity,
  TemporaryCredentials,
} from '../ports.ts';

/** How long an export waits for a person to sign in. */
const patienceMs = 10 * 60_000;
/** A session that is not known (yet: the agent may just be adopting it) is waited for this long. */
const adoptionMs = 10_000;
/** End of the useless keys: near, so that claude asks again. */
const uselessMs = 60_000;
/** claude believes in exported credentials until this long before their end; asked earlier, AWS refused them. */
const claudeAheadMs = 5 * 60_000;
/** Two exports closer than this are one start; AWS was not asked in between. */
const sameStartMs = 1_000;
/** Refused again so soon after fresh ones were fetched, it is not the keys' fault. */
const freshAgainMs = 30_000;
/** Between tries while AWS cannot be reached. */
const retryMs = 2_000;

interface Handed {
  accessKeyId: string;
  at: number;
  expiresAt: number;
  /** When fresh ones were last fetched because AWS refused these. */
  renewedAt: number;
}

interface Parts {
  context: Pick<AgentContext, 'clock' | 'log'>;
  broker: Pick<Broker, 'temporary' | 'untilUsable'>;
  keeper: Pick<Keeper, 'need' | 'untilValid'>;
  profiles: Pick<ProfileCatalog, 'source'>;
  identity: (session: string) => SessionIdentity | undefined;
  /** Told when a session's export begins to wait for a person, and when none of its exports waits any more. */
  waiting?: (session: string, waits: boolean) => void;
}

/**
 * Credentials for a Claude session's awsCredentialExport. It never fails, since a failing export makes claude sign
 * with whatever AWS identity lies around: it waits for the sign-in and, at the end of its patience, answers keys
 * that AWS cannot have issued.
 */
export class SessionExport {
  readonly #parts: Parts;
  readonly #handed = new Map<string, Handed>();
  /** Claude Codes that are none of ours and were told to begin without a sign-in, and when. */
  readonly #begun = new Map<string, number>();
  /** How many exports of a session wait for a person. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Text in `format`; always. */
  export(session: string, format: CredentialFormat, signal: AbortSignal): Promise<string> {
    return this.#never(session, format, signal, async (ended) => {
      const identity = await this.#identity(session, ended);
      return identity ? this.#credentials(identity, ended) : null;
    });
  }

  /** What `find` finds in time, else keys that AWS cannot have issued. */
  async #never(
    session: string,
    format: CredentialFormat,
    signal: AbortSignal,
    find: (ended: AbortSignal) => Promise<TemporaryCredentials | null>,
  ): Promise<string> {
    const { clock, log } = this.#parts.context;
    const giveUp = new AbortController();
    const cancel = clock.wakeAt(clock.now() + patienceMs, () => giveUp.abort());
    const ended = AbortSignal.any([signal, giveUp.signal]);
    try {
      const credentials = await find(ended);
      if (credentials) return formatCredentials(credentials, format);
    } catch (e) {
      log.error({ session, reason: e instanceof Error ? e.name : 'unknown' }, 'a credential export failed');
    } finally {
      cancel();
    }
    log.warn({ session }, 'a Claude session was given no credentials');
    const expiresAt = clock.now() + uselessMs;
    return formatCredentials({ ...uselessKeys, expiresAt, accountId: '' }, format);
  }

  /**
   * The same for a Claude Code that is none of ours (its settings.json names us), by its process id. Nobody could ask
   * for the sign-in before it was started, and its screen stays blank for as long as its first export takes: the first
   * time it gets useless keys at once, shows itself, and asks again when AWS has refused them; from then on it waits.
   * (Seen with Claude Code 2.1.330: docs/decisions/0028-integration-into-settings.md.)
   */
  async exportToClaude(
    profile: string,
    pid: string,
    format: CredentialFormat,
    signal: AbortSignal,
  ): Promise<string> {
    const id = `claude ${pid} ${profile}`;
    return this.#never(id, format, signal, (ended) =>
      this.#credentials({ id, profile }, ended, () => this.#begins(id)),
    );
  }

  /** Whether that Claude Code is to begin without credentials, now: one that had some runs already. */
  #begins(id: string): boolean {
    if (this.#handed.has(id)) return false;
    const now = this.#parts.context.clock.now();
    for (const [each, at] of this.#begun) if (at < now - patienceMs) this.#begun.delete(each);
    if (this.#begun.has(id)) return false;
    this.#begun.set(id, now);
    return true;
  }

  async #identity(session: string, ended: AbortSignal): Promise<SessionIdentity | undefined> {
    const { clock } = this.#parts.context;
    const until = clock.now() + adoptionMs;
    for (;;) {
      const identity = this.#parts.identity(session);
      if (identity || ended.aborted || clock.now() >= until) return identity;
      await this.#pause(250, ended);
    }
  }

  /** `leave`: asked before a person is waited for; true: they are not. Null where there are none. */
  async #credentials(
    identity: SessionIdentity,
    ended: AbortSignal,
    leave: () => boolean = () => false,
  ): Promise<TemporaryCredentials | null> {
    const { broker, keeper, profiles } = this.#parts;
    const rejected = this.#refused(identity.id);
    for (let tries = 0; !ended.aborted; tries++) {
      // Signed in, yet no credentials: not to be asked for in a hot loop.
      if (tries > 1 && !ended.aborted) await this.#pause(retryMs, ended);
      try {
        const credentials = await broker.temporary(
          identity.profile,
          rejected === undefined ? {} : { rejected },
        );
        this.#remember(identity.id, credentials, rejected !== undefined);
        return credentials;
      } catch (e) {
        if (!isBedrockTrayError(e)) throw e;
        if (!this.#mayPass(e, identity)) return null;
        const waited = (reason: unknown) => {
          if (!ended.aborted) throw reason;
        };
        const root = ssoRootOf(profiles.source(identity.profile));
        if (e.code === 'SignInNeeded' && root) {
          const { ssoSession, accountId, roleName } = root;
          keeper.need(ssoSession, { profile: identity.profile, accountId, roleName });
          if (leave()) return null;
          await this.#waits(identity.id, keeper.untilValid(ssoSession, ended)).catch(waited);
        }
        // The broker has raised the question.
        if (isMfa(e)) {
          if (leave()) return null;
          await this.#waits(identity.id, broker.untilUsable(identity.profile, ended)).catch(waited);
        }
      }
    }
    return null;
  }

  /** Waits for a person's act, and tells so. */
  async #waits(session: string, act: Promise<void>): Promise<void> {
    const change = (by: 1 | -1) => {
      const before = this.#waiting.get(session) ?? 0;
      if (before + by > 0) this.#waiting.set(session, before + by);
      else this.#waiting.delete(session);
      if (before === 0 || before + by === 0) this.#parts.waiting?.(session, by > 0);
    };
    change(1);
    try {
      await act;
    } finally {
      change(-1);
    }
  }

  /** Whether waiting can help. */
  #mayPass(e: BedrockTrayError, identity: SessionIdentity): boolean {
    switch (e.code) {
      case 'SignInNeeded':
      case 'MfaNeeded':
      case 'MfaRefused':
        return true;
      case 'NetworkUnavailable':
      case 'NotAws':
      case 'Throttled':
      case 'ServiceFailed':
      case 'StorageFailed':
        return true;
      default:
        this.#parts.context.log.warn({ session: identity.id, code: e.code }, 'no credentials can be had');
        return false;
    }
  }

  /** The key id that AWS seems to have refused: claude asks again though it still believed in these. */
  #refused(session: string): string | undefined {
    const last = this.#handed.get(session);
    const now = this.#parts.context.clock.now();
    if (!last || now - last.at < sameStartMs || now - last.renewedAt < freshAgainMs) return undefined;
    const believedUntil = last.expiresAt - Math.min(claudeAheadMs, (last.expiresAt - last.at) / 4);
    return now < believedUntil ? last.accessKeyId : undefined;
  }

  #remember(session: string, credentials: TemporaryCredentials, wasRefused: boolean): void {
    const now = this.#parts.context.clock.now();
    const last = this.#handed.get(session);
    const { accessKeyId, expiresAt } = credentials;
    const renewedAt = wasRefused ? now : (last?.renewedAt ?? Number.NEGATIVE_INFINITY);
    this.#handed.set(session, { accessKeyId, at: now, expiresAt, renewedAt });
    // Sessions that ended are forgotten with the credentials they had.
    for (const [id, h] of this.#handed) if (h.expiresAt < now - 24 * 3_600_000) this.#handed.delete(id);
  }

  #pause(ms: number, ended: AbortSignal): Promise<void> {
    const { clock } = this.#parts.context;
    return new Promise((resolve) => {
      if (ended.aborted) return resolve();
      const done = () => {
        cancel();
        ended.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.wakeAt(clock.now() + ms, done);
      ended.addEventListener('abort', done);
    });
  }
}

/** Whether a person has to give an MFA code. */
function isMfa(e: BedrockTrayError): boolean {
  return e.code === 'MfaNeeded' || e.code === 'MfaRefused';
}
