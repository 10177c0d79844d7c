import type {
  CredentialsProblem,
  RoleCredentialsState,
} from '../../../../src/domain/keep-alive/role-credentials.ts';
import type { SsoSession } from '../../../../src/domain/keep-alive/sso-session.ts';
import { Faults, type Trouble } from '../faults.ts';
import { type Act, type History, minute, second } from '../history.ts';
import { noTotals, type Totals, Violation } from '../invariants.ts';
import type { Machines } from '../machines.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { PureActs } from './acts.ts';
import type { PureAws } from './aws.ts';
import type { PureBroker } from './broker.ts';
import type { PureKeeper } from './keeper.ts';
import type { PurePerson } from './person.ts';
import type { PureWatch } from './watch.ts';

export const start = Date.UTC(2030, 0, 1);
/** A timer is this late at most after a sleep or a jump of the clock (SystemClock looks again every 15 s). */
export const LAG = 15 * second;

/** One SSO session: the machine, and the truth at AWS. */
export interface Sso {
  state: SsoSession;
  id: string;
  /** AWS's end of the person's session; past: there is none. */
  endsAt: number;
  registrationEndsAt: number;
  /** The token held here: its number, and its end at AWS. */
  token: { number: number; endsAt: number; sessionEndsAt: number; refresh: number | null } | null;
  /** The one refresh token that AWS takes (strict rotation). */
  refreshTaken: number;
  /** The refresh under way was asked with this token. */
  asking: number | null;
}

export interface Role {
  state: RoleCredentialsState;
  sso: Sso;
  held: boolean;
  secret: { obtainedAt: number; expiresAt: number; skewed: boolean } | null;
  lastWantedAt: number;
  /** Rises when what is under way is no longer wanted. */
  epoch: number;
  fetching: { tries: number; token: number | null; awaitsRefresh: boolean; epoch: number } | null;
  /** Requests that wait; those that wait briefly only have an end. */
  waiting: number[];
  refusal: CredentialsProblem | null;
  handedOutAfter: boolean;
}

export type Job =
  | { do: 'act'; act: Act }
  | { do: 'ask'; role: Role }
  | { do: 'patience'; role: Role }
  | { do: 'refresh-answer'; sso: Sso; token: number; trouble: Trouble | null; sentAt: number }
  | { do: 'portal-answer'; role: Role; epoch: number; trouble: Trouble | null; sentAt: number }
  | { do: 'sign-in'; sso: Sso }
  | { do: 'signed-in'; sso: Sso }
  | { do: 'tick-prompt' }
  | { do: 'lifetimes' }
  /** Where the computer cannot tell who is there, one reminder stands until a person sees it. */
  | { do: 'glance' }
  | { do: 'clock-noticed'; byMs: number }
  | { do: 'look' };

/** What all parts of the simulation share: time, chance, the SSO sessions and roles, what is going to happen. */
export class PureWorld {
  readonly totals: Totals = noTotals();
  readonly machines: Machines;
  readonly circumstances: History['circumstances'];
  readonly random: SeededRandom;
  readonly faults = new Faults();
  readonly ssos: Sso[] = [];
  readonly roles: Role[] = [];
  /** True time. */
  now = start;
  /** The computer's clock minus the true time. */
  offset = 0;
  asleepUntil = 0;
  aftermath = false;
  /** The clock was set, or the computer woke up: deadlines are met a little late from here. */
  disturbedAt = start;
  /** The rooms' deadlines, reckoned again when something has moved. */
  keeperMoved = true;
  brokerMoved = true;
  /** What is going to happen; the next one last. */
  jobs: { at: number; job: Job }[] = [];
  // The simulation puts them in.
  acts!: PureActs;
  aws!: PureAws;
  broker!: PureBroker;
  keeper!: PureKeeper;
  person!: PurePerson;
  watch!: PureWatch;

  constructor(circumstances: History['circumstances'], machines: Machines) {
    this.machines = machines;
    this.circumstances = circumstances;
    this.random = new SeededRandom(circumstances.seed);
    for (let n = 0; n < circumstances.ssoSessions; n++) this.#addSession(n);
  }

  sight(role: Role): string {
    return `SSO session ${role.sso.state.phase}, credentials ${role.state.state}`;
  }

  violated(invariant: Violation['invariant'], what: string): never {
    throw new Violation(invariant, this.now, start, what);
  }

  /** By the computer's clock. */
  get local(): number {
    return this.now + this.offset;
  }

  later(at: number, job: Job): void {
    const jobs = this.jobs;
    // Most of what is added comes soon: kept in falling order, the next one last.
    let n = jobs.length;
    jobs.push({ at, job });
    while (n > 0 && (jobs[n - 1] as { at: number }).at <= at) {
      jobs[n] = jobs[n - 1] as { at: number; job: Job };
      n--;
    }
    jobs[n] = { at, job };
  }

  askPause(): number {
    return this.random.between(0.2, 1.8) * this.circumstances.askEveryMinutes * minute;
  }

  get asleep(): boolean {
    return this.now < this.asleepUntil;
  }

  #addSession(n: number): void {
    const sso: Sso = {
      state: this.machines.signedOut,
      id: `sso-${n}`,
      endsAt: 0,
      registrationEndsAt: 0,
      token: null,
      refreshTaken: 0,
      asking: null,
    };
    this.ssos.push(sso);
    for (let r = 0; r < (n === 0 ? 2 : 1); r++) {
      this.roles.push({
        state: this.machines.absent,
        sso,
        held: this.circumstances.held && r === 0,
        secret: null,
        lastWantedAt: Number.NEGATIVE_INFINITY,
        epoch: 0,
        fetching: null,
        waiting: [],
        refusal: null,
        handedOutAfter: false,
      });
    }
  }
}
