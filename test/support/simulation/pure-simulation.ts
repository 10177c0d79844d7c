import type { PromptState } from '../../../src/domain/prompt.ts';
import type {
  CredentialsProblem,
  RoleCredentialsEvent,
  RoleCredentialsState,
} from '../../../src/domain/role-credentials.ts';
import type { SsoSession, SsoSessionEvent } from '../../../src/domain/sso-session.ts';
import { Faults, type Trouble } from './faults.ts';
import { type Act, day, HISTORY_DAYS, type History, hour, minute, second } from './history.ts';
import { noTotals, type Totals, Violation } from './invariants.ts';
import type { Machines } from './machines.ts';
import { SeededRandom } from './seeded-random.ts';

const start = Date.UTC(2030, 0, 1);
/** Given after the 90 days, without faults, for everything to be well again. */
const AFTERMATH = 4 * hour;
/** Longest pause that a machine may keep after the last fault (back-off 5 min), with some room. */
const CALM = 7 * minute;
/** How long a request waits for a renewal while it could have older credentials, as in the broker. */
const PATIENCE = 1_500;
/** A timer is this late at most after a sleep or a jump of the clock (SystemClock looks again every 15 s). */
const LAG = 15 * second;
const WINDOW = 15 * minute;

/** One SSO session: the machine, and the truth at AWS. */
interface Sso {
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

interface Role {
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

type Job =
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

/** Plays one history on the pure machines: their effects are answered by a model of AWS, of the file and of the person. */
export class PureSimulation {
  readonly totals: Totals = noTotals();
  readonly #m: Machines;
  readonly #c: History['circumstances'];
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #ssos: Sso[] = [];
  readonly #roles: Role[] = [];
  #prompt: PromptState;
  readonly #signingIn = new Set<string>();
  #jobs: { at: number; job: Job }[] = [];
  #now = start;
  #offset = 0;
  #asleepUntil = 0;
  #awayUntil = 0;
  #ignoringUntil = 0;
  #numbers = 0;
  #diligence: number;
  #sessionLength: number;
  #tokenLife: number;
  #credentialLife: number;
  #noRefreshToken = false;
  #aftermath = false;
  /** The clock was set, or the computer woke up: deadlines are met a little late from here. */
  #disturbedAt = start;
  /** Wake-ups in a row that left a deadline that is not ahead. */
  #inVain = 0;
  /** The shortest that anything seemed to live in this hour. */
  #shortestLife = Number.POSITIVE_INFINITY;
  /** The rooms' deadlines, reckoned again when something has moved. */
  #keeperMoved = true;
  #brokerMoved = true;
  #keeperAt: number | null = null;
  #brokerAt: number | null = null;
  #hourOf = { at: start, wakeUps: 0, calls: 0, asks: 0, fires: 0 };
  #calm = { since: start, calls: 0, extra: 0 };

  constructor(history: History, machines: Machines) {
    this.#m = machines;
    this.#c = history.circumstances;
    this.#random = new SeededRandom(this.#c.seed);
    this.#faults = new Faults();
    this.#prompt = machines.noPrompt;
    this.#diligence = this.#c.diligence;
    this.#sessionLength = this.#c.sessionMinutes * minute;
    this.#tokenLife = this.#c.tokenMinutes * minute;
    this.#credentialLife = this.#c.credentialMinutes * minute;
    for (let n = 0; n < this.#c.ssoSessions; n++) this.#addSession(n);
    for (const { at, act } of history.events) this.#later(start + at * minute, { do: 'act', act });
    for (const role of this.#roles) this.#later(start + this.#askPause(), { do: 'ask', role });
    this.#later(start + 6 * hour, { do: 'look' });
    if (!this.#c.presenceKnown) this.#later(start + hour, { do: 'glance' });
  }

  #addSession(n: number): void {
    const sso: Sso = {
      state: this.#m.signedOut,
      id: `sso-${n}`,
      endsAt: 0,
      registrationEndsAt: 0,
      token: null,
      refreshTaken: 0,
      asking: null,
    };
    this.#ssos.push(sso);
    for (let r = 0; r < (n === 0 ? 2 : 1); r++) {
      this.#roles.push({
        state: this.#m.absent,
        sso,
        held: this.#c.held && r === 0,
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

  /** Throws a Violation. */
  run(): Totals {
    for (const sso of this.#ssos) this.#signedIn(sso, 'signIn');
    this.#holdAll();
    this.#until(start + HISTORY_DAYS * day);
    this.#endFaults();
    this.#until(start + HISTORY_DAYS * day + AFTERMATH);
    for (const role of this.#roles) {
      if (!role.handedOutAfter) {
        this.#violated(
          'recovers',
          `nothing handed out in ${AFTERMATH / hour} h without faults: ${this.#sight(role)}`,
        );
      }
    }
    this.totals.days = HISTORY_DAYS;
    return this.totals;
  }

  #sight(role: Role): string {
    return `SSO session ${role.sso.state.phase}, credentials ${role.state.state}`;
  }

  #violated(invariant: Violation['invariant'], what: string): never {
    throw new Violation(invariant, this.#now, start, what);
  }

  get #local(): number {
    return this.#now + this.#offset;
  }

  #later(at: number, job: Job): void {
    const jobs = this.#jobs;
    // Most of what is added comes soon: kept in falling order, the next one last.
    let n = jobs.length;
    jobs.push({ at, job });
    while (n > 0 && (jobs[n - 1] as { at: number }).at <= at) {
      jobs[n] = jobs[n - 1] as { at: number; job: Job };
      n--;
    }
    jobs[n] = { at, job };
  }

  #askPause(): number {
    return this.#random.between(0.2, 1.8) * this.#c.askEveryMinutes * minute;
  }

  /** When a room's timer fires, in true time. */
  #fires(deadline: number | null): number {
    if (deadline === null) return Number.POSITIVE_INFINITY;
    const at = Math.max(deadline - this.#offset, this.#now);
    return this.#asleepUntil > at ? this.#asleepUntil : at;
  }

  #keeperDeadline(): number | null {
    let at = this.#m.promptDeadline(this.#prompt, this.#local, this.#promptCircumstances());
    for (const sso of this.#ssos) {
      const d = this.#m.ssoSessionDeadline(sso.state);
      if (d !== null && (at === null || d < at)) at = d;
    }
    return at;
  }

  #brokerDeadline(): number | null {
    let at: number | null = null;
    for (const role of this.#roles) {
      const d = this.#m.roleCredentialsDeadline(role.state, this.#kept(role));
      if (d !== null && (at === null || d < at)) at = d;
    }
    return at;
  }

  #until(end: number): void {
    for (;;) {
      if (this.#keeperMoved) this.#keeperAt = this.#keeperDeadline();
      if (this.#brokerMoved) this.#brokerAt = this.#brokerDeadline();
      this.#keeperMoved = false;
      this.#brokerMoved = false;
      const keeper = this.#fires(this.#keeperAt);
      const broker = this.#fires(this.#brokerAt);
      const next = this.#jobs.at(-1);
      const job = next?.at ?? Number.POSITIVE_INFINITY;
      const at = Math.min(keeper, broker, job);
      if (at > end) break;
      this.#now = Math.max(this.#now, at);
      if (job <= at && next) {
        this.#jobs.pop();
        // Whatever else moves a deadline says so itself.
        if (next.job.do === 'act') this.#keeperMoved = this.#brokerMoved = true;
        this.#do(next.job);
        this.#inVain = 0;
      } else if (keeper <= broker) {
        this.#wokeUp();
        for (const sso of this.#ssos) this.#dispatch(sso, { type: 'tick' });
        this.#onPrompt({ type: 'tick' });
        this.#keeperMoved = true;
        this.#checkWake(this.#fires(this.#keeperDeadline()));
      } else {
        this.#wokeUp();
        for (const role of this.#roles) this.#dispatchRole(role, { type: 'tick', kept: this.#kept(role) });
        this.#brokerMoved = true;
        this.#checkWake(this.#fires(this.#brokerDeadline()));
      }
    }
    this.#now = end;
  }

  #wokeUp(): void {
    this.totals.wakeUps++;
    const h = this.#hourOf;
    if (this.#now - h.at >= hour) {
      this.#hourOf = { at: this.#now, wakeUps: 0, calls: 0, asks: 0, fires: 0 };
      this.#shortestLife = this.#apparentLife();
    }
    this.#hourOf.wakeUps++;
  }

  /** A wake-up moves its deadline on; and an hour has only as many as its calls, requests and reminders ask for. */
  #checkWake(next: number): void {
    if (next > this.#now) this.#inVain = 0;
    else if (++this.#inVain > 5)
      this.#violated('no-hot-loop', 'a deadline that has passed stays where it is');
    const { wakeUps, calls, asks } = this.#hourOf;
    // Each machine: its deadline before and its end; the prompt: a look a minute.
    if (wakeUps > 100 + 4 * calls + 2 * asks) {
      this.#violated('no-hot-loop', `${wakeUps} wake-ups in an hour with ${calls} calls`);
    }
    const shortest = Math.min(this.#shortestLife, this.#apparentLife());
    if (calls > 100 + 5 * asks + (200 * 30 * minute) / shortest) {
      this.#violated('no-hot-loop', `${calls} calls in an hour with ${asks} requests`);
    }
  }

  /** By a clock that is ahead, what AWS gives seems to live shorter; renewals follow what they see. */
  #apparentLife(): number {
    return Math.max(minute, Math.min(this.#tokenLife, this.#credentialLife - Math.max(0, this.#offset)));
  }

  #do(job: Job): void {
    switch (job.do) {
      case 'act':
        return void this.#act(job.act);
      case 'ask':
        this.#later(this.#now + this.#askPause(), job);
        if (!this.#asleep) this.#ask(job.role);
        return;
      case 'patience':
        return void this.#answer(job.role, false);
      case 'refresh-answer':
        return void this.#refreshAnswered(job);
      case 'portal-answer':
        return void this.#portalAnswered(job);
      case 'sign-in':
        return void this.#signIn(job.sso);
      case 'signed-in': {
        const { sso } = job;
        if (!this.#signingIn.delete(sso.id)) return;
        if (this.#asleep || this.#faults.of('oidc', this.#now) !== null) {
          this.#dispatch(sso, { type: 'signInEnded' });
          return void this.#onPrompt({ type: 'declined', ssoSession: sso.id });
        }
        this.#signedIn(sso, 'signIn');
        this.totals.signIns++;
        this.#dispatch(sso, { type: 'signInEnded' });
        return void this.#onPrompt({ type: 'tick' });
      }
      case 'tick-prompt':
        return void this.#onPrompt({ type: 'tick' });
      case 'lifetimes':
        this.#endCalm();
        this.#tokenLife = this.#c.tokenMinutes * minute;
        this.#credentialLife = this.#c.credentialMinutes * minute;
        return;
      case 'glance':
        this.#later(this.#now + this.#random.between(20, 70) * minute, job);
        if (this.#someoneThere) this.#consider();
        return;
      case 'clock-noticed':
        return void this.#clockSetBack(job.byMs);
      case 'look':
        this.#later(this.#now + this.#random.between(4, 8) * hour, job);
        return void this.#look();
    }
  }

  get #asleep(): boolean {
    return this.#now < this.#asleepUntil;
  }
  get #someoneThere(): boolean {
    return !this.#asleep && this.#now >= this.#awayUntil;
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  #act(act: Act): void {
    if (this.#aftermath) {
      // What was wrong for a time only may end now; nothing new begins.
      if (act.do === 'clock') this.#setClock(act.byMinutes);
      return;
    }
    this.#endCalm();
    const sso = 'which' in act ? (this.#ssos[act.which % this.#ssos.length] as Sso) : undefined;
    const until = 'minutes' in act ? this.#now + act.minutes * minute : 0;
    switch (act.do) {
      case 'outage':
        this.#faults.add(act.of, act.how, until, act.retryAfterSeconds);
        return;
      case 'remove-role':
        this.#faults.removeRole(until);
        return;
      case 'sleep':
        this.#asleepUntil = Math.max(this.#asleepUntil, until + this.#random.between(0, LAG));
        this.#disturbedAt = Math.max(this.#disturbedAt, this.#asleepUntil);
        return;
      case 'clock':
        this.#setClock(act.byMinutes);
        if (act.minutes > 0) {
          this.#later(until, { do: 'act', act: { do: 'clock', byMinutes: -act.byMinutes, minutes: 0 } });
        }
        return;
      case 'away':
        this.#awayUntil = Math.max(this.#awayUntil, until);
        this.#later(until, { do: 'tick-prompt' });
        return;
      case 'ignore':
        this.#ignoringUntil = Math.max(this.#ignoringUntil, until);
        return;
      case 'session-length':
        this.#sessionLength = act.minutes * minute;
        return;
      case 'lifetimes':
        this.#tokenLife = act.tokenMinutes * minute;
        this.#credentialLife = act.credentialMinutes * minute;
        this.#later(until, { do: 'lifetimes' });
        return;
      case 'end-sessions':
        for (const each of this.#ssos) each.endsAt = Math.min(each.endsAt, this.#now);
        return;
      case 'forget-clients':
        for (const each of this.#ssos) each.registrationEndsAt = Math.min(each.registrationEndsAt, this.#now);
        return;
      case 'no-refresh-token':
        this.#noRefreshToken = true;
        return;
      default:
        if (!this.#asleep) this.#actHere(act, sso);
    }
  }

  /** What happens on this computer. */
  #actHere(act: Act, sso: Sso | undefined): void {
    switch (act.do) {
      case 'sign-in':
        if (sso && this.#someoneThere) this.#signIn(sso);
        return;
      case 'sign-out':
      case 'tool-sign-out':
        if (!sso) return;
        sso.endsAt = Math.min(sso.endsAt, this.#now);
        sso.token = null;
        this.#dispatch(sso, { type: 'gone' });
        this.#onPrompt({ type: 'met', ssoSession: sso.id });
        return;
      case 'tool-sign-in':
        if (sso && this.#faults.of('oidc', this.#now) === null) this.#signedIn(sso, 'file');
        return;
      case 'tool-refresh':
        if (sso && this.#refreshable(sso) && this.#faults.of('oidc', this.#now) === null) {
          this.#newToken(sso, 'file', this.#now);
        }
        return;
      case 'old-file':
        if (sso && this.#m.servableToken(sso.state, this.#local) === null) {
          sso.token = { number: ++this.#numbers, endsAt: 0, sessionEndsAt: 0, refresh: -1 };
          const token = {
            obtainedAt: this.#local,
            expiresAt: this.#local - hour,
            refreshableUntil: this.#local + hour,
          };
          this.#dispatch(sso, { type: 'token', token, by: 'file' });
        }
        return;
      case 'refused-key':
        for (const role of this.#roles) {
          if (role.sso !== sso || role.secret === null) continue;
          this.#dispatchRole(role, { type: 'refused' });
          this.#ask(role);
        }
        return;
      case 'rush':
        for (let n = 0; n < act.requests; n++) {
          this.#ask(this.#roles[n % this.#roles.length] as Role);
        }
        return;
      case 'restart':
        this.#restart();
        return;
      default:
        // About files: the machines know nothing of them.
        return;
    }
  }

  #setClock(byMinutes: number): void {
    this.#shortestLife = Math.min(this.#shortestLife, this.#apparentLife());
    this.#offset += byMinutes * minute;
    this.#shortestLife = Math.min(this.#shortestLife, this.#apparentLife());
    this.#disturbedAt = Math.max(this.#disturbedAt, this.#now);
    this.#endCalm();
    for (const role of this.#roles) if (role.secret) role.secret.skewed = true;
    if (byMinutes >= 0) return;
    const at = Math.max(this.#now, this.#asleepUntil) + this.#random.between(0, LAG);
    this.#later(at, { do: 'clock-noticed', byMs: -byMinutes * minute });
  }

  /** What the agent's clock finds out within LAG. */
  #clockSetBack(byMs: number): void {
    for (const sso of this.#ssos) this.#dispatch(sso, { type: 'clockSetBack', byMs });
    for (const role of this.#roles) this.#dispatchRole(role, { type: 'clockSetBack', byMs });
    this.#onPrompt({ type: 'clockSetBack', byMs });
  }

  #restart(): void {
    this.#prompt = this.#m.noPrompt;
    this.#signingIn.clear();
    for (const role of this.#roles) {
      role.epoch++;
      role.state = this.#m.absent;
      role.secret = null;
      role.fetching = null;
      role.waiting = [];
      role.refusal = null;
    }
    for (const sso of this.#ssos) {
      const before = sso.state.phase === 'signedOut' ? null : sso.state.token;
      sso.state = this.#m.signedOut;
      sso.asking = null;
      if (sso.token === null || before === null) continue;
      this.#dispatch(sso, { type: 'token', token: { ...before, obtainedAt: null }, by: 'file' });
    }
    this.#holdAll();
  }

  #holdAll(): void {
    for (const role of this.#roles) if (role.held) this.#dispatchRole(role, { type: 'wanted' });
  }

  #endFaults(): void {
    this.#aftermath = true;
    this.#faults.end();
    this.#endCalm();
    this.#asleepUntil = Math.min(this.#asleepUntil, this.#now);
    this.#awayUntil = 0;
    this.#ignoringUntil = 0;
    this.#diligence = 1;
    this.#sessionLength = Math.max(this.#sessionLength, 12 * hour);
    if (this.#offset !== 0) this.#setClock(-this.#offset / minute);
    this.#jobs = this.#jobs.filter(({ job }) => job.do !== 'act');
    for (const role of this.#roles) this.#later(this.#now + 90 * minute, { do: 'ask', role });
    for (const role of this.#roles) this.#later(this.#now + 230 * minute, { do: 'ask', role });
  }

  // --- AWS ----------------------------------------------------------------------------------------------------------

  /** A sign-in, here or by another tool: a living session goes on with its old end. */
  #signedIn(sso: Sso, by: 'signIn' | 'file'): void {
    if (sso.endsAt <= this.#now) sso.endsAt = this.#now + this.#sessionLength;
    if (sso.registrationEndsAt - this.#now < 15 * minute) {
      sso.registrationEndsAt = this.#now + this.#c.registrationDays * day;
    }
    this.#calm.extra += 4;
    this.#newToken(sso, by, this.#now);
  }

  #newToken(sso: Sso, by: 'signIn' | 'refresh' | 'file', askedAt: number): void {
    const given = this.#c.refreshTokens && !(by === 'refresh' && this.#noRefreshToken);
    if (by === 'refresh') this.#noRefreshToken = false;
    const number = ++this.#numbers;
    sso.refreshTaken = number;
    sso.token = {
      number,
      endsAt: askedAt + this.#tokenLife,
      sessionEndsAt: sso.endsAt,
      refresh: given ? number : null,
    };
    if (by === 'file') this.#calm.extra += 2;
    const token = {
      obtainedAt: this.#local,
      expiresAt: askedAt + this.#offset + this.#tokenLife,
      refreshableUntil: given ? sso.registrationEndsAt + this.#offset : null,
    };
    this.#dispatch(sso, { type: 'token', token, by });
  }

  #refreshable(sso: Sso): boolean {
    const { token } = sso;
    if (token === null || token.refresh === null) return false;
    if (this.#now >= sso.registrationEndsAt || this.#now >= sso.endsAt) return false;
    return !this.#c.strictRotation || token.refresh === sso.refreshTaken;
  }

  #startRefresh(sso: Sso): void {
    if (sso.token === null) return;
    this.totals.refreshes++;
    this.#hourOf.calls++;
    this.#calm.calls++;
    const trouble = this.#faults.of('oidc', this.#now);
    const { number } = sso.token;
    sso.asking = number;
    const at = this.#now + this.#latency(trouble);
    this.#later(at, { do: 'refresh-answer', sso, token: number, trouble, sentAt: this.#now });
  }

  #latency(trouble: Trouble | null): number {
    return trouble?.how === 'slow' ? this.#random.between(2, 40) * second : this.#random.between(20, 600);
  }

  #refreshAnswered(job: Job & { do: 'refresh-answer' }): void {
    const { sso, trouble } = job;
    // Somebody signed in or out meanwhile, or the agent is another.
    if (sso.asking !== job.token || sso.token?.number !== job.token) return;
    sso.asking = null;
    if (trouble !== null && trouble.how !== 'slow') {
      if (trouble.how === 'lost-answers' && this.#refreshable(sso)) sso.refreshTaken = ++this.#numbers;
      this.#dispatch(sso, { type: 'refreshFailed', fault: this.#faults.fault(trouble, this.#now) });
    } else if (this.#asleepUntil > job.sentAt) {
      this.#dispatch(sso, { type: 'refreshFailed', fault: { kind: 'network', name: 'ECONNRESET' } });
    } else if (this.#refreshable(sso)) {
      this.#newToken(sso, 'refresh', job.sentAt);
    } else {
      const name = this.#now >= sso.registrationEndsAt ? 'InvalidClient' : 'InvalidGrant';
      this.#dispatch(sso, { type: 'refreshFailed', fault: { kind: 'client', name } });
    }
    for (const role of this.#roles) {
      if (role.sso === sso && role.fetching?.awaitsRefresh) this.#stepFetch(role);
    }
  }

  // --- the keeper's part --------------------------------------------------------------------------------------------

  #dispatch(sso: Sso, event: SsoSessionEvent): void {
    this.#keeperMoved = true;
    const before = sso.state.phase;
    const { state, effects } = this.#m.nextSsoSession(sso.state, event, this.#local, this.#random.next());
    sso.state = state;
    if (state.phase === 'signedOut' || (state.phase === 'expired' && state.token === null)) sso.token = null;
    for (const effect of effects) {
      if (effect === 'refresh') this.#startRefresh(sso);
      else if (effect === 'alive') this.#onPrompt({ type: 'met', ssoSession: sso.id });
      else if (effect === 'ended') {
        this.#calm.extra += 4;
        this.#onPrompt({ type: 'need', need: this.#need(sso, 'expired') });
      }
    }
    if (state.phase === before && effects.length === 0) return;
    for (const role of this.#roles) {
      if (role.sso !== sso) continue;
      if (state.phase === 'signedOut') this.#drop(role);
      else if (state.phase !== 'expired' && this.#awaitsSignIn(role) && this.#kept(role)) {
        this.#dispatchRole(role, { type: 'signedIn' });
      }
    }
  }

  #need(sso: Sso, reason: 'expired' | 'requested') {
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
    if (!this.#c.presenceKnown) return { presence: 'unknown' as const, signingIn: this.#signingIn };
    return {
      presence: this.#someoneThere ? ('there' as const) : ('away' as const),
      signingIn: this.#signingIn,
    };
  }

  #onPrompt(event: Parameters<Machines['nextPrompt']>[1]): void {
    this.#keeperMoved = true;
    const before = this.#prompt;
    const circumstances = this.#promptCircumstances();
    const { signingIn } = circumstances;
    const { state, raise } = this.#m.nextPrompt(before, event, this.#local, circumstances);
    this.#prompt = state;
    if (!raise) return;
    this.totals.prompts++;
    const shown = this.#m.shownPrompt(state);
    if (circumstances.presence === 'away') this.#violated('one-prompt', 'a prompt while nobody is there');
    if (shown === null) return void this.#violated('one-prompt', 'raised, and nothing to show');
    if (signingIn.has(shown.ssoSession)) this.#violated('one-prompt', 'a prompt beside the sign-in itself');
    const earlier = this.#m.shownPrompt(before);
    if (
      earlier !== null &&
      earlier.ssoSession !== shown.ssoSession &&
      state.needs.some((n) => n.ssoSession === earlier.ssoSession)
    ) {
      this.#violated('one-prompt', 'a second prompt while the first stands');
    }
    if (this.#someoneThere) this.#consider();
  }

  /** Somebody sees the prompt. */
  #consider(): void {
    const shown = this.#m.shownPrompt(this.#prompt);
    if (shown === null || this.#now < this.#ignoringUntil || !this.#random.chance(this.#diligence)) return;
    const sso = this.#ssos.find((s) => s.id === shown.ssoSession);
    if (sso) this.#later(this.#now + this.#random.between(0.2, 4) * minute, { do: 'sign-in', sso });
  }

  #signIn(sso: Sso): void {
    if (this.#asleep || !this.#someoneThere || this.#signingIn.size > 0) return;
    this.#signingIn.add(sso.id);
    this.#keeperMoved = true;
    this.#dispatch(sso, { type: 'signInStarted' });
    this.#later(this.#now + this.#random.between(0.1, 3) * minute, { do: 'signed-in', sso });
  }

  // --- the broker's part --------------------------------------------------------------------------------------------

  #kept(role: Role): boolean {
    if (role.held) return true;
    const life = this.#m.usableLife(role.state, this.#local);
    return role.lastWantedAt >= (life?.obtainedAt ?? this.#local - 15 * minute);
  }

  #awaitsSignIn({ state }: Role): boolean {
    return (state.state === 'absent' || state.state === 'stale') && state.problem?.kind === 'sign-in';
  }

  #drop(role: Role): void {
    if (role.state.state === 'absent') return;
    role.epoch++;
    role.fetching = null;
    role.secret = null;
    this.#calm.extra += 2;
    this.#dispatchRole(role, { type: 'dropped' });
    if (role.held) this.#dispatchRole(role, { type: 'wanted' });
    this.#answer(role, true);
  }

  #dispatchRole(role: Role, event: RoleCredentialsEvent): void {
    this.#brokerMoved = true;
    const { state, effects } = this.#m.nextRoleCredentials(
      role.state,
      event,
      this.#local,
      this.#random.next(),
    );
    role.state = state;
    if (this.#m.usableLife(state, this.#local) === null) role.secret = null;
    if (effects.length === 0) return;
    role.fetching = { tries: 1, token: null, awaitsRefresh: false, epoch: role.epoch };
    this.#stepFetch(role);
  }

  #stepFetch(role: Role): void {
    const { sso, fetching } = role;
    if (fetching === null) return;
    fetching.awaitsRefresh = false;
    if (this.#m.servableToken(sso.state, this.#local) === null) this.#dispatch(sso, { type: 'wanted' });
    if (this.#m.servableToken(sso.state, this.#local) === null || sso.token === null) {
      if (sso.state.phase === 'refreshing') {
        fetching.awaitsRefresh = true;
        return;
      }
      return void this.#fetched(role, {
        type: 'failed',
        // As the broker has it: what the SSO session was asked to wait for is the SSO session's.
        problem:
          sso.state.phase === 'degraded'
            ? { kind: sso.state.problem.kind, name: sso.state.problem.name }
            : { kind: 'sign-in', name: 'SignInNeeded' },
      });
    }
    this.totals.credentialCalls++;
    this.#hourOf.calls++;
    this.#calm.calls++;
    fetching.token = sso.token.number;
    const trouble = this.#faults.of('portal', this.#now);
    const at = this.#now + this.#latency(trouble);
    this.#later(at, { do: 'portal-answer', role, epoch: role.epoch, trouble, sentAt: this.#now });
  }

  #portalAnswered(job: Job & { do: 'portal-answer' }): void {
    const { role, trouble } = job;
    const { sso, fetching } = role;
    if (fetching === null || fetching.epoch !== job.epoch || role.epoch !== job.epoch) return;
    if (trouble !== null && trouble.how !== 'slow') {
      return void this.#fetched(role, { type: 'failed', problem: this.#faults.fault(trouble, this.#now) });
    }
    if (this.#asleepUntil > job.sentAt) {
      return void this.#fetched(role, { type: 'failed', problem: { kind: 'network', name: 'ECONNRESET' } });
    }
    if (this.#faults.roleRemoved(this.#now)) {
      return void this.#fetched(role, { type: 'failed', problem: { kind: 'forbidden', name: 'Forbidden' } });
    }
    const { token } = sso;
    const sameToken = token !== null && token.number === fetching.token;
    const lives = sameToken && this.#now < token.endsAt && this.#now < sso.endsAt;
    if (lives || (!sameToken && this.#now < sso.endsAt)) {
      role.secret = {
        obtainedAt: this.#local,
        expiresAt: job.sentAt + this.#credentialLife,
        skewed: this.#offset !== 0,
      };
      return void this.#fetched(role, { type: 'obtained', expiresAt: job.sentAt + this.#credentialLife });
    }
    if (fetching.tries++ >= 3) {
      return void this.#fetched(role, {
        type: 'failed',
        problem: { kind: 'unauthorized', name: 'Unauthorized' },
      });
    }
    this.#calm.extra++;
    if (sameToken) this.#dispatch(sso, { type: 'rejected' });
    if (role.fetching !== fetching) return;
    if (sso.state.phase === 'refreshing' && sso.asking !== null) fetching.awaitsRefresh = true;
    else this.#stepFetch(role);
  }

  #fetched(role: Role, event: RoleCredentialsEvent & { type: 'obtained' | 'failed' }): void {
    role.fetching = null;
    if (event.type === 'failed') role.refusal = event.problem;
    this.#dispatchRole(role, event);
    this.#answer(role, true);
  }

  #ask(role: Role): void {
    this.#brokerMoved = true;
    role.lastWantedAt = this.#local;
    this.#hourOf.asks++;
    this.#dispatchRole(role, { type: 'wanted' });
    role.waiting.push(this.#now);
    this.#answer(role, false);
  }

  /** Answers who waits, as far as that can be done now. `renewed`: what they waited for has come or failed. */
  #answer(role: Role, renewed: boolean): void {
    const waiting = role.waiting;
    role.waiting = [];
    for (const since of waiting) {
      const what = this.#m.handOut(role.state, this.#local);
      if (what === 'wait' || (what === 'wait-briefly' && !renewed && this.#now < since + PATIENCE)) {
        role.waiting.push(since);
        if (what === 'wait-briefly') this.#later(since + PATIENCE, { do: 'patience', role });
        continue;
      }
      if (what === 'refuse') this.#refuse(role);
      else this.#handOut(role);
    }
  }

  #refuse(role: Role): void {
    this.totals.refused++;
    const { sso } = role;
    const phase = sso.state.phase;
    if (this.#m.servableToken(sso.state, this.#local) !== null || phase === 'degraded') return;
    if (phase === 'signedOut' || phase === 'expired') {
      this.#onPrompt({ type: 'need', need: this.#need(sso, 'requested') });
    }
  }

  #handOut(role: Role): void {
    const life = role.state.state === 'absent' || role.state.state === 'denied' ? null : role.state.life;
    if (role.secret === null && life === null) return void this.#refuse(role);
    const secret = role.secret ?? { ...life, skewed: true };
    this.totals.handedOut++;
    if (this.#aftermath) role.handedOutAfter = true;
    const expiresAt = secret.expiresAt ?? 0;
    const left = expiresAt - this.#local;
    if (left <= 0)
      this.#violated('never-expired', `handed out ${Math.round(-left / second)} s after the end`);
    // By a clock that is right, AWS's own time decides.
    if (this.#offset === 0 && expiresAt <= this.#now) this.#violated('never-expired', 'over at AWS');
    if (secret.skewed || this.#offset !== 0) return;
    const wanted = Math.min(WINDOW, (expiresAt - (secret.obtainedAt ?? 0)) / 2);
    if (left >= wanted * 0.89) return;
    if (this.#fineSince(role) + CALM > this.#now) return;
    this.#violated('fresh-enough', `${Math.round(left / second)} s left; ${this.#sight(role)}`);
  }

  // --- looking on ---------------------------------------------------------------------------------------------------

  /** Since when a fresh credential could be had; Infinity: it cannot. */
  #fineSince(role: Role): number {
    const { sso } = role;
    if (this.#now >= sso.endsAt || this.#faults.roleRemoved(this.#now)) return Number.POSITIVE_INFINITY;
    const { phase } = sso.state;
    if (phase === 'signedOut' || phase === 'expired') return Number.POSITIVE_INFINITY;
    return Math.max(this.#faults.endsAt, this.#disturbedAt + LAG);
  }

  /** From time to time: whatever is wrong must have a reason, or somebody is being asked. */
  #look(): void {
    if (this.#asleep || this.#offset !== 0) return;
    if (Math.max(this.#faults.endsAt, this.#disturbedAt + LAG) + 20 * minute > this.#now) return;
    for (const sso of this.#ssos) {
      const { phase } = sso.state;
      // Where the registration is over there is nothing to try: the token serves to its end.
      const hopeless = this.#now >= sso.registrationEndsAt;
      if (phase === 'degraded' && !hopeless)
        this.#violated('recovers', 'degraded 20 min after the last fault');
      if (phase === 'refreshing' && sso.asking === null) this.#violated('recovers', 'refreshing for ever');
    }
    for (const role of this.#roles) {
      if (role.sso.state.phase !== 'valid' || !role.held) continue;
      const { state } = role.state;
      if (state === 'valid' || (state === 'renewing' && role.fetching !== null)) continue;
      this.#violated('recovers', `no fault for 20 min: ${this.#sight(role)}`);
    }
  }

  /** A stretch without faults and acts ends: its calls are held against the lifetimes that passed in it. */
  #endCalm(): void {
    const { since, calls, extra } = this.#calm;
    const from = Math.max(since, this.#faults.endsAt, this.#disturbedAt);
    this.#calm = { since: this.#now, calls: 0, extra: 0 };
    const span = this.#now - since;
    if (from > since || span < 2 * hour || this.#offset !== 0 || this.#asleep) return;
    const perLifetime = (life: number) => span / (life - Math.min(20 * minute, life / 2));
    const lifetimes =
      this.#ssos.length * perLifetime(this.#tokenLife) +
      this.#roles.length * perLifetime(this.#credentialLife);
    this.totals.calmCalls += calls;
    this.totals.calmLifetimes += lifetimes;
    // One for each machine that was about to renew when the stretch began.
    // The last refresh that a registration allows comes early.
    const lastRefreshes = this.#ssos.filter((s) => s.registrationEndsAt < this.#now + this.#tokenLife).length;
    const allowed = 1.05 * lifetimes + this.#ssos.length + this.#roles.length + lastRefreshes + extra;
    if (calls > allowed) {
      this.#violated('few-calls', `${calls} calls in ${lifetimes.toFixed(1)} lifetimes without a fault`);
    }
  }
}
