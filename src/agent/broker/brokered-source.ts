import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialsView } from '../../contract/state.ts';
import {
  absent,
  type CredentialsProblem,
  handOut,
  nextRoleCredentials,
  type RoleCredentialsEvent,
  type RoleCredentialsState,
  roleCredentialsDeadline,
  usableLife,
} from '../../domain/keep-alive/role-credentials.ts';
import { errorOf, faultOf, unitRandom } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, RoleCredentials } from '../ports.ts';
import { type BrokerableSource, describeSource, readAgainMs } from './brokerable-source.ts';

/** How long a request waits for fresher credentials while it could have usable ones: botocore gives up after 2 s. */
const PATIENCE_MS = 1_500;
/** Where there are none, a request this recent still counts as somebody who wants them. */
const RECENT_MS = 15 * 60_000;

/**
 * Why credentials are fetched: `asked` for by somebody (not by a deadline), `urgent` as there are none to hand out,
 * `forced` as AWS refused those there were.
 */
export interface FetchReason {
  asked: boolean;
  urgent: boolean;
  forced: boolean;
}

export interface BrokeredSourceParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  source: BrokerableSource;
  /** One upstream call. */
  fetch: (reason: FetchReason) => Promise<RoleCredentials>;
  changed: () => void;
}

/** Credentials of one source: in memory only, shared by every profile and chain that names it. */
export class BrokeredSource {
  readonly source: BrokerableSource;
  /** SSO session at its root, or null. */
  readonly ssoSession: string | null;
  generation = 0;
  readonly #parts: BrokeredSourceParts;
  readonly #described: ReturnType<typeof describeSource>;
  #state: RoleCredentialsState = absent;
  #secret: RoleCredentials | null = null;
  /** As the source last said. */
  #accountId: string | null = null;
  #error: BedrockTrayError | null = null;
  #busy: Promise<void> | null = null;
  /** Whether the last call was somebody's wish. */
  #asked = false;
  /** Rises when what is under way is no longer wanted. */
  #epoch = 0;
  #holds = 0;
  /** Requests under way. */
  #waiting = 0;
  #stopped = false;
  #lastWantedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: BrokeredSourceParts) {
    this.#parts = parts;
    this.source = parts.source;
    this.#described = describeSource(parts.source);
    this.ssoSession = this.#described.ssoSession;
  }

  get #now(): number {
    return this.#parts.context.clock.now();
  }

  /** Held, or asked for since the present credentials were obtained: worth renewing ahead of time. */
  get kept(): boolean {
    if (this.#holds > 0) return true;
    const life = usableLife(this.#state, this.#now);
    return this.#lastWantedAt >= (life?.obtainedAt ?? this.#now - RECENT_MS);
  }

  /** Whether there is something to forget at a sign-out. */
  get hasAny(): boolean {
    return this.#state.state !== 'absent';
  }

  /** Whether only an MFA code is missing, or a call is under way. */
  get awaitsCode(): boolean {
    const s = this.#state;
    if (usableLife(s, this.#now) !== null) return false;
    return s.state === 'renewing' || (s.state === 'absent' && s.problem?.kind === 'mfa');
  }

  get deadline(): number | null {
    return roleCredentialsDeadline(this.#state, this.kept);
  }

  /** True while only a sign-in is missing. */
  get awaitsSignIn(): boolean {
    const s = this.#state;
    return (s.state === 'absent' || s.state === 'stale') && s.problem?.kind === 'sign-in';
  }

  view(): Omit<CredentialsView, 'profile'> {
    const s = this.#state;
    const life = usableLife(s, this.#now);
    const troubled = s.state === 'stale' || s.state === 'denied' || (s.state === 'absent' && s.problem);
    const { kind, ssoSession, accountId, roleName } = this.#described;
    const next = this.kept ? (s.state === 'valid' ? s.renewAt : this.deadline) : null;
    const endless = life !== null && !Number.isFinite(life.expiresAt);
    return {
      kind,
      ssoSession,
      accountId: accountId ?? this.#accountId,
      roleName,
      state: s.state === 'stale' && life === null ? 'absent' : s.state,
      expiresAt: life === null || endless ? null : life.expiresAt,
      generation: this.generation,
      nextRenewalAt: endless ? null : next,
      problem: troubled ? (this.#error?.view() ?? null) : null,
    };
  }

  hold(): void {
    this.#holds++;
    this.dispatch({ type: 'wanted' });
  }

  release(): void {
    this.#holds--;
    this.#parts.changed();
  }

  /**
   * Credentials that are not over; see Broker.credentials. `reason`: whose wish this is; a chain's next hop passes
   * its own on.
   */
  async credentials(
    rejected?: string,
    reason: FetchReason = { asked: true, urgent: true, forced: false },
  ): Promise<RoleCredentials> {
    this.#lastWantedAt = this.#now;
    this.#waiting++;
    try {
      return await this.#answer(rejected, reason);
    } finally {
      this.#waiting--;
      this.#forgetOnce();
    }
  }

  async #answer(rejected: string | undefined, reason: FetchReason): Promise<RoleCredentials> {
    const ours = rejected !== undefined && rejected === this.#secret?.accessKeyId;
    if (ours) this.dispatch({ type: 'refused' }, { ...reason, forced: true });
    this.dispatch({ type: 'wanted' }, reason);
    let patient = true;
    let again = true;
    for (;;) {
      const what = handOut(this.#state, this.#now);
      if (this.#secret && (what === 'hand-out' || (what === 'wait-briefly' && !patient))) {
        return { ...this.#secret };
      }
      if (what === 'refuse' && again && (this.#error === null || (reason.asked && !this.#asked))) {
        // Forgotten while we waited (a sign-out): the present state of things decides. Or what we waited for was
        // nobody's wish, and so nobody was asked.
        again = false;
        this.dispatch({ type: 'wanted' }, reason);
        continue;
      }
      if (what === 'refuse' || this.#busy === null) throw this.#error ?? this.#internal();
      if (what === 'wait-briefly') {
        patient = false;
        const enough = new AbortController();
        const { clock } = this.#parts.context;
        await Promise.race([this.#busy, sleepUntil(clock, this.#now + PATIENCE_MS, enough.signal)]);
        enough.abort();
      } else await this.#busy;
    }
  }

  /** `reason` says whose wish an event is; without one it is nobody's: a deadline, a hold. */
  dispatch(
    event: RoleCredentialsEvent,
    reason: FetchReason = { asked: false, urgent: false, forced: false },
  ): void {
    const before = this.#state;
    if (event.type === 'clockSetBack' && this.#secret !== null && this.#secret.expiresAt !== null) {
      this.#secret = { ...this.#secret, expiresAt: this.#secret.expiresAt - event.byMs };
    }
    const random = unitRandom(this.#parts.context.random);
    const { state, effects } = nextRoleCredentials(before, event, this.#now, random);
    this.#state = state;
    const life = usableLife(state, this.#now);
    if (life === null) this.#secret = null;
    if (effects.length > 0) this.#renew({ ...reason, urgent: reason.urgent && life === null });
    if (state !== before) this.#parts.changed();
  }

  /** An MFA code has been given: what is under way began without it. Resolves when it has been used. */
  async answered(): Promise<void> {
    await this.#busy;
    if (this.#stopped) return;
    const reason: FetchReason = { asked: true, urgent: true, forced: false };
    this.dispatch({ type: 'answered' }, reason);
    this.dispatch({ type: 'wanted' }, reason);
    await this.#busy;
  }

  /** Signed out: what came from that SSO session is forgotten, what is under way is not taken. */
  drop(): void {
    this.#epoch++;
    this.#busy = null;
    this.#secret = null;
    this.#error = null;
    this.dispatch({ type: 'dropped' });
    // Whoever holds it waits for the next sign-in.
    if (this.#holds > 0 && !this.#stopped) this.dispatch({ type: 'wanted' });
  }

  stop(): void {
    this.#stopped = true;
    this.drop();
  }

  /** Keys that a file holds are not kept here as well. */
  #forgetOnce(): void {
    const s = this.#state;
    if (this.#waiting === 0 && s.state === 'valid' && s.once) this.#secret = null;
  }

  #renew(reason: FetchReason): void {
    const epoch = this.#epoch;
    this.#asked = reason.asked;
    const run = this.#fetch(epoch, reason).finally(() => {
      if (this.#busy === run) this.#busy = null;
    });
    this.#busy = run;
  }

  /** Never rejects. */
  async #fetch(epoch: number, reason: FetchReason): Promise<void> {
    const { log } = this.#parts.context;
    const { kind, ssoSession, accountId, roleName } = this.#described;
    try {
      const secret = await this.#parts.fetch(reason);
      if (epoch !== this.#epoch) return;
      const before = this.#secret;
      this.#secret = secret;
      this.#error = null;
      this.#accountId = secret.accountId;
      this.generation++;
      const { expiresAt } = secret;
      this.dispatch(
        expiresAt === null
          ? { type: 'obtained', expiresAt, readAgainMs: readAgainMs(this.source) }
          : { type: 'obtained', expiresAt, obtainedAt: secret.obtainedAt },
      );
      if (this.#state.state === 'valid') return this.#forgetOnce();
      // Not what the machine takes for credentials: the old ones stay what they were.
      this.generation--;
      this.#secret = usableLife(this.#state, this.#now) ? before : null;
      this.#error = this.#internal();
    } catch (e) {
      if (epoch !== this.#epoch) return;
      const problem = problemOf(e);
      const role = accountId !== null && roleName !== null ? { accountId, roleName } : undefined;
      this.#error = errorOf(e, role);
      const fields = { kind, ssoSession, accountId, roleName, problem: problem.kind, name: problem.name };
      // Asked again at each wish: only a person ends it.
      if (problem.kind === 'mfa') log.debug(fields, 'an MFA code is needed');
      else log.warn(fields, 'credentials could not be renewed');
      this.dispatch({ type: 'failed', problem });
    }
  }

  #internal(): BedrockTrayError {
    return new BedrockTrayError('ServiceFailed', {
      service: this.#described.service,
      reason: 'NoCredentials',
    });
  }
}

function problemOf(e: unknown): CredentialsProblem {
  if (!(e instanceof BedrockTrayError)) return faultOf(e);
  switch (e.code) {
    case 'SignInNeeded':
    case 'SsoSessionUnknown':
      return { kind: 'sign-in', name: 'SignInNeeded' };
    case 'MfaNeeded':
    case 'MfaRefused':
      return { kind: 'mfa', name: e.code };
    case 'CommandFailed':
    case 'SourceFailed':
    case 'CommandNotFound':
      return { kind: 'command', name: e.code };
    case 'AccessDenied':
      return { kind: 'forbidden', name: e.code };
    case 'NetworkUnavailable':
    case 'NotAws':
    case 'CertificateUntrusted':
      return { kind: 'network', name: e.code };
    case 'Throttled':
      return { kind: 'throttle', name: e.code };
    default:
      return { kind: 'server', name: e.code };
  }
}
