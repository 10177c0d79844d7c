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
} from '../../domain/role-credentials.ts';
import { errorOf, faultOf, unitRandom } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, RoleCredentials } from '../ports.ts';

/** How long a request waits for fresher credentials while it could have usable ones: botocore gives up after 2 s. */
const PATIENCE_MS = 1_500;
/** Where there are none, a request this recent still counts as somebody who wants them. */
const RECENT_MS = 15 * 60_000;

export interface BrokeredRoleParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  role: { ssoSession: string; accountId: string; roleName: string };
  /** One upstream call. */
  fetch: () => Promise<RoleCredentials>;
  changed: () => void;
}

/** Credentials of one role of one SSO session: in memory only, shared by every profile that names it. */
export class BrokeredRole {
  readonly role: BrokeredRoleParts['role'];
  generation = 0;
  readonly #parts: BrokeredRoleParts;
  #state: RoleCredentialsState = absent;
  #secret: RoleCredentials | null = null;
  #error: BedrockTrayError | null = null;
  #busy: Promise<void> | null = null;
  /** Rises when what is under way is no longer wanted. */
  #epoch = 0;
  #holds = 0;
  #stopped = false;
  #lastWantedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: BrokeredRoleParts) {
    this.#parts = parts;
    this.role = parts.role;
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
    return {
      kind: 'sso',
      ...this.role,
      state: s.state === 'stale' && life === null ? 'absent' : s.state,
      expiresAt: life?.expiresAt ?? null,
      generation: this.generation,
      nextRenewalAt: this.kept ? (s.state === 'valid' ? s.renewAt : this.deadline) : null,
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

  /** Credentials that are not over; see Broker.credentials. */
  async credentials(rejected?: string): Promise<RoleCredentials> {
    this.#lastWantedAt = this.#now;
    const ours = rejected !== undefined && rejected === this.#secret?.accessKeyId;
    if (ours) this.dispatch({ type: 'refused' });
    this.dispatch({ type: 'wanted' });
    let patient = true;
    let again = true;
    for (;;) {
      const what = handOut(this.#state, this.#now);
      if (this.#secret && (what === 'hand-out' || (what === 'wait-briefly' && !patient))) {
        return { ...this.#secret };
      }
      if (what === 'refuse' && this.#error === null && again) {
        // Forgotten while we waited (a sign-out): the present state of things decides.
        again = false;
        this.dispatch({ type: 'wanted' });
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

  dispatch(event: RoleCredentialsEvent): void {
    const before = this.#state;
    const random = unitRandom(this.#parts.context.random);
    const { state, effects } = nextRoleCredentials(before, event, this.#now, random);
    this.#state = state;
    if (usableLife(state, this.#now) === null) this.#secret = null;
    if (effects.length > 0) this.#renew();
    if (state !== before) this.#parts.changed();
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

  #renew(): void {
    const epoch = this.#epoch;
    const run = this.#fetch(epoch).finally(() => {
      if (this.#busy === run) this.#busy = null;
    });
    this.#busy = run;
  }

  /** Never rejects. */
  async #fetch(epoch: number): Promise<void> {
    const { log } = this.#parts.context;
    try {
      const secret = await this.#parts.fetch();
      if (epoch !== this.#epoch) return;
      const before = this.#secret;
      this.#secret = secret;
      this.#error = null;
      this.generation++;
      this.dispatch({ type: 'obtained', expiresAt: secret.expiresAt });
      if (this.#state.state === 'valid') return;
      // Not what the machine takes for credentials: the old ones stay what they were.
      this.generation--;
      this.#secret = usableLife(this.#state, this.#now) ? before : null;
      this.#error = this.#internal();
    } catch (e) {
      if (epoch !== this.#epoch) return;
      const problem = problemOf(e);
      this.#error = errorOf(e, this.role);
      log.warn({ ...this.role, kind: problem.kind, name: problem.name }, 'credentials could not be renewed');
      this.dispatch({ type: 'failed', problem });
    }
  }

  #internal(): BedrockTrayError {
    return new BedrockTrayError('ServiceFailed', { service: 'AWS access portal', reason: 'NoCredentials' });
  }
}

function problemOf(e: unknown): CredentialsProblem {
  if (!(e instanceof BedrockTrayError)) return faultOf(e);
  switch (e.code) {
    case 'SignInNeeded':
    case 'SsoSessionUnknown':
      return { kind: 'sign-in', name: 'SignInNeeded' };
    case 'NetworkUnavailable':
      return { kind: 'network', name: e.code };
    case 'Throttled':
      return { kind: 'throttle', name: e.code };
    default:
      return { kind: 'server', name: e.code };
  }
}
