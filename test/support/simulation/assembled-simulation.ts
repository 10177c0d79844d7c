import type { Keeper, SsoSessionConfig } from '../../../src/agent/ports.ts';
import type { DeskParts } from '../../../src/agent/signin/desk.ts';
import type { CredentialsView, SsoSessionView } from '../../../src/contract/state.ts';
import { MemoryCatalog } from '../keep-alive-rooms.ts';
import { type Act, day, HISTORY_DAYS, type History, hour, minute, second } from './history.ts';
import { noTotals, type Totals, Violation } from './invariants.ts';
import type { Rooms } from './rooms.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimulatedAws } from './simulated-aws.ts';
import { LAG, SimulatedClock } from './simulated-clock.ts';
import { memoryRegistrations, SimulatedFiles } from './simulated-files.ts';
import { SimulatedPerson } from './simulated-person.ts';

export const simulationStart = Date.UTC(2030, 0, 1);
/** Given after the history, without faults, for everything to be well again. */
const AFTERMATH = 4 * hour;
/** Longest pause that a machine may keep after the last fault (back-off 5 min), with some room. */
const CALM = 7 * minute;
const WINDOW = 15 * minute;

type Listen = NonNullable<DeskParts['listen']>;

/** Keeper, desk, broker and hand-out, put together as in src/agent/composition.ts. */
interface Agent {
  keeper: InstanceType<Rooms['SsoKeeper']>;
  desk: InstanceType<Rooms['SignInRoom']>;
  broker: InstanceType<Rooms['RoleBroker']>;
  handOut: InstanceType<Rooms['CredentialHandOut']>;
}

/** Plays one history on the assembled agent. */
export class AssembledSimulation {
  readonly totals: Totals = noTotals();
  readonly clock: SimulatedClock;
  readonly aws: SimulatedAws;
  readonly #c: History['circumstances'];
  readonly #rooms: Rooms;
  readonly #days: number;
  readonly #afterwards: boolean;
  readonly #random: SeededRandom;
  readonly #files: SimulatedFiles;
  readonly #registrations = memoryRegistrations();
  readonly #catalog = new MemoryCatalog();
  readonly #profiles: string[] = [];
  readonly #person: SimulatedPerson;
  readonly #handedAfter = new Set<string>();
  readonly #lastKey = new Map<string, string>();
  readonly #first = new Map<string, Parameters<SimulatedFiles['put']>[1]>();
  #agent!: Agent;
  #violation: Violation | null = null;
  #aftermath = false;
  #ending = false;
  /** The shortest that anything seemed to live in this hour. */
  #shortestLife = Number.POSITIVE_INFINITY;
  #disturbedAt = simulationStart;
  #fullUntil = 0;
  #hour = { at: simulationStart, wakeUps: 0, calls: 0, asks: 0 };
  #calm = { since: simulationStart, calls: 0, extra: 0 };

  constructor(
    history: History,
    rooms: Rooms,
    options: { days?: number; roles?: 1 | 2; aftermath?: boolean } = {},
  ) {
    const c = history.circumstances;
    this.#c = c;
    this.#rooms = rooms;
    this.#days = options.days ?? HISTORY_DAYS;
    this.#afterwards = options.aftermath ?? true;
    this.#random = new SeededRandom(c.seed);
    this.clock = new SimulatedClock(simulationStart);
    this.clock.onHotLoop = (what) => this.#violated('no-hot-loop', what);
    const { clock } = this;
    this.#files = new SimulatedFiles((tell) => clock.later(clock.true + 50, tell));
    const configs: SsoSessionConfig[] = Array.from({ length: c.ssoSessions }, (_, n) => ({
      id: `sso-${n}`,
      kind: 'sso-session',
      startUrl: `https://sso-${n}.awsapps.com/start`,
      region: 'us-east-1',
      scopes: ['sso:account:access'],
    }));
    this.#catalog.sessions = configs;
    this.#catalog.profiles = configs.flatMap(({ id }, n) =>
      (n === 0 && options.roles !== 1 ? ['Dev', 'Admin'] : ['Dev']).map((roleName) => ({
        name: `${id}-${roleName}`,
        ssoSession: id,
        accountId: '111122223333',
        roleName,
        region: null,
      })),
    );
    this.#profiles = this.#catalog.profiles.map((p) => p.name);
    this.aws = new SimulatedAws({ circumstances: c, rooms, clock, random: this.#random, configs });
    this.#person = new SimulatedPerson({
      circumstances: c,
      clock,
      random: this.#random,
      agent: () => this.#agent,
      totals: this.totals,
      violated: (invariant, what) => this.#violated(invariant, what),
      needless: (ssoSession) => this.#needless(ssoSession),
    });
    for (const { at, act } of history.events) {
      clock.later(simulationStart + at * minute, () => this.#act(act));
    }
  }

  /** Throws a Violation. */
  async run(): Promise<Totals> {
    // Thousands of errors are made and caught: where they were made is of no interest.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return await this.#play();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  async #play(): Promise<Totals> {
    const { clock } = this;
    for (const session of this.aws.sessions) {
      const token = this.aws.toolSignsIn(session);
      this.#first.set(session.config.id, token);
      this.#files.put(session.config.id, token);
    }
    await this.#start();
    for (const profile of this.#profiles) this.#askLater(profile);
    this.#lookLater();
    this.#person.glanceLater();
    const end = simulationStart + this.#days * day;
    await this.#until(end);
    if (this.#afterwards) await this.#isWellAfter(end);
    await this.#stop();
    if (this.#violation) throw this.#violation;
    const { totals } = this;
    totals.days = this.#days;
    totals.refreshes = this.aws.refreshes;
    totals.credentialCalls = this.aws.credentialCalls;
    totals.wakeUps = clock.wakeUps;
    return totals;
  }

  /** Without faults everything is valid again, or somebody was asked and has signed in. */
  async #isWellAfter(end: number): Promise<void> {
    this.#endFaults();
    await this.#until(end + AFTERMATH);
    for (const profile of this.#profiles) {
      if (!this.#handedAfter.has(profile)) {
        this.#violated(
          'recovers',
          `nothing handed out in ${AFTERMATH / hour} h without faults: ${this.#sight(profile)}`,
        );
      }
    }
  }

  async #until(end: number): Promise<void> {
    // Piece by piece: what is violated in a callback of the agent's ends the history soon.
    for (let at = this.clock.true; at < end && !this.#violation; ) {
      at = Math.min(end, at + hour);
      await this.clock.until(at);
      this.#checkHour();
    }
    if (this.#violation) {
      await this.#stop();
      throw this.#violation;
    }
  }

  /** May be called from within the agent, which would catch what is thrown. */
  #violated(invariant: Violation['invariant'], what: string): void {
    this.#violation ??= new Violation(invariant, this.clock.true, simulationStart, what);
    this.clock.halted = true;
  }

  // --- the agent ----------------------------------------------------------------------------------------------------

  async #start(): Promise<void> {
    const { clock, aws } = this;
    const catalog = this.#catalog;
    const rooms = this.#rooms;
    const quiet = () => {};
    const context = {
      clock,
      log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
      env: {},
      userHome: '/nowhere',
      home: '/nowhere',
      random: (bytes: number) => this.#random.bytes(bytes),
      openBrowser: (url: string) => this.#person.browserOpens(url),
    };
    const set = { ...rooms.Settings.parse({}), openBrowserAutomatically: this.#c.automatic };
    const settings = { get: () => set };
    let translator: ReturnType<Rooms['createTranslator']> | undefined;
    const keeper = new rooms.SsoKeeper({
      context,
      catalog,
      cache: this.#files,
      oidc: aws.oidc,
      portal: aws.portal,
      settings,
      autoSignIn: (ssoSession) => desk.startByItself(ssoSession),
      presence: this.#person.watch,
    });
    const listen: Listen = async ({ state, answer }) => {
      const close = this.#person.listenerOpens(state, answer);
      return { redirectUri: 'http://127.0.0.1:1/oauth/callback', close };
    };
    const desk = new rooms.SignInRoom({
      context,
      catalog,
      keeper,
      oidc: aws.oidc,
      registrations: this.#registrations,
      openBrowser: (url, ssoSession) => this.#person.browserOpens(url, ssoSession),
      translator: () => {
        translator ??= rooms.createTranslator('en');
        return translator;
      },
      listen,
    });
    const broker = new rooms.RoleBroker({
      context,
      catalog,
      keeper,
      portal: aws.portal,
      mfa: new rooms.MfaRoom(context),
      fetch: (source) => Promise.reject(new Error(`no ${source.kind} here`)),
    });
    const handOut = new rooms.CredentialHandOut({
      context,
      broker,
      keeper,
      profiles: catalog,
      settings,
      identity: () => undefined,
    });
    this.#agent = { keeper, desk, broker, handOut };
    this.#person.meets(aws);
    this.#ending = false;
    keeper.onChange(() => {
      // What an agent shows while it ends is seen by nobody.
      if (!this.#ending) this.#person.looksAtPrompt();
    });
    await keeper.start();
    const [first] = this.#profiles;
    if (this.#c.held && first !== undefined) broker.hold(first);
  }

  async #stop(): Promise<void> {
    this.#ending = true;
    const { keeper, desk, broker, handOut } = this.#agent;
    await Promise.all([desk.stop(), handOut.stop(), broker.stop(), keeper.stop()]);
    this.clock.forgetWakes();
  }

  #view(ssoSession: string): SsoSessionView | undefined {
    return this.#agent.keeper.views().find((v) => v.id === ssoSession);
  }

  #credentialsView(profile: string): CredentialsView | undefined {
    return this.#agent.broker.views().find((v) => v.profile === profile);
  }

  #sight(profile: string): string {
    const session = this.#view(this.#catalog.ssoProfile(profile).ssoSession);
    return `SSO session ${session?.state}, credentials ${this.#credentialsView(profile)?.state}`;
  }

  // --- consumers ----------------------------------------------------------------------------------------------------

  #askLater(profile: string): void {
    const pause = this.#random.between(0.2, 1.8) * this.#c.askEveryMinutes * minute;
    this.clock.later(this.clock.true + pause, () => {
      this.#askLater(profile);
      if (!this.clock.asleep) void this.#ask(profile);
    });
  }

  async #ask(profile: string): Promise<void> {
    this.#hour.asks++;
    const { handOut } = this.#agent;
    const url = new URL(`http://agent/credentials?profile=${profile}&format=process`);
    const { status, body } = await handOut.handleCredentials(url, new AbortController().signal);
    if (status !== 200) {
      this.totals.refused++;
      return;
    }
    this.totals.handedOut++;
    const { AccessKeyId, Expiration } = JSON.parse(body) as { AccessKeyId: string; Expiration: string };
    this.#lastKey.set(profile, AccessKeyId);
    if (this.#aftermath) this.#handedAfter.add(profile);
    this.#judge(profile, AccessKeyId, Date.parse(Expiration));
  }

  /** Looks at what was handed out. */
  #judge(profile: string, accessKeyId: string, saidEnd: number): void {
    const { clock } = this;
    const key = this.aws.keys.get(accessKeyId);
    if (!key) {
      this.#violated('never-expired', 'a key that AWS did not issue');
      return;
    }
    if (saidEnd <= clock.now()) this.#violated('never-expired', "over by the computer's clock");
    if (clock.offset !== 0) return;
    const left = key.expiresAt - clock.true;
    if (left <= 0)
      this.#violated('never-expired', `handed out ${Math.round(-left / second)} s after the end`);
    if (!key.clockRight || this.#disturbedAt > key.issuedAt) return;
    const wanted = Math.min(WINDOW, (key.expiresAt - key.issuedAt) / 2);
    if (left >= wanted * 0.89 || this.#fineSince(profile) + CALM > clock.true) return;
    this.#violated('fresh-enough', `${Math.round(left / second)} s left; ${this.#sight(profile)}`);
  }

  /** Since when a fresh credential could be had; Infinity: it cannot. */
  #fineSince(profile: string): number {
    const { ssoSession } = this.#catalog.ssoProfile(profile);
    const session = this.aws.sessions.find((s) => s.config.id === ssoSession);
    const now = this.clock.true;
    if (!session || session.endsAt <= now || this.aws.faults.roleRemoved(now))
      return Number.POSITIVE_INFINITY;
    const state = this.#view(ssoSession)?.state;
    if (state !== 'valid' && state !== 'refreshing' && state !== 'degraded') return Number.POSITIVE_INFINITY;
    return Math.max(this.aws.faults.endsAt, this.#disturbedAt + LAG, this.#fullUntil + minute);
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  #act(act: Act): void {
    const { clock, aws } = this;
    if (this.#aftermath) return;
    this.#endCalm();
    const until = 'minutes' in act ? clock.true + act.minutes * minute : 0;
    switch (act.do) {
      case 'outage':
        aws.faults.add(act.of, act.how, until, act.retryAfterSeconds);
        return;
      case 'remove-role':
        aws.faults.removeRole(until);
        return;
      case 'sleep':
        this.#sleep(until);
        return;
      case 'clock':
        this.#setClock(act.byMinutes * minute);
        clock.later(until, () => {
          if (!this.#aftermath) this.#setClock(-act.byMinutes * minute);
        });
        return;
      case 'away':
        this.#person.leaves(until);
        return;
      case 'ignore':
        this.#person.ignores(until);
        return;
      case 'session-length':
        aws.sessionLength = act.minutes * minute;
        return;
      case 'lifetimes':
        aws.tokenLife = act.tokenMinutes * minute;
        aws.credentialLife = act.credentialMinutes * minute;
        clock.later(until, () => {
          this.#endCalm();
          aws.tokenLife = this.#c.tokenMinutes * minute;
          aws.credentialLife = this.#c.credentialMinutes * minute;
        });
        return;
      case 'end-sessions':
        for (const session of aws.sessions) aws.endSession(session);
        return;
      case 'forget-clients':
        aws.forgetClients();
        return;
      case 'no-refresh-token':
        aws.noRefreshToken = true;
        return;
      case 'disk-full':
        this.#files.full = true;
        this.#fullUntil = Math.max(this.#fullUntil, until);
        clock.later(until, () => {
          if (clock.true >= this.#fullUntil) this.#files.full = false;
        });
        return;
      default:
        if (!clock.asleep) this.#actHere(act);
    }
  }

  /** What happens on this computer. */
  #actHere(act: Act): void {
    const { clock, aws } = this;
    const files = this.#files;
    const session = 'which' in act ? aws.sessions[act.which % aws.sessions.length] : undefined;
    const id = session?.config.id ?? '';
    switch (act.do) {
      case 'sign-in':
        this.#person.signsIn(id);
        return;
      case 'sign-out':
        void this.#agent.keeper.signOut(id).catch(() => {});
        return;
      case 'tool-sign-out':
        if (session) aws.endSession(session);
        files.put(id, null);
        return;
      case 'tool-sign-in':
        if (!session || aws.faults.of('oidc', clock.true) !== null) return;
        session.robbed = false;
        files.put(id, aws.toolSignsIn(session));
        return;
      case 'tool-refresh': {
        const file = files.files.get(id);
        if (file === undefined || file === 'torn') return;
        const fresh = aws.toolRefreshes(file);
        if (fresh) clock.later(clock.true + act.lagSeconds * second, () => files.put(id, fresh));
        return;
      }
      case 'tool-race':
        aws.rival = {
          ssoSession: id,
          write: (fresh) =>
            clock.later(clock.true + act.lagSeconds * second, () => {
              // Signed out meanwhile: the tool would put a dead token there.
              if (files.files.has(id)) files.put(id, fresh);
            }),
        };
        return;
      case 'torn-file': {
        const file = files.files.get(id);
        if (file === undefined || file === 'torn') return;
        files.put(id, 'torn');
        clock.later(clock.true + act.minutes * minute, () => {
          if (files.files.get(id) === 'torn') files.put(id, file);
        });
        // Whoever restarts meanwhile finds nothing.
        if (session) session.robbed = true;
        return;
      }
      case 'old-file':
        if (session) session.robbed = true;
        files.put(id, this.#first.get(id) ?? null);
        return;
      case 'refused-key':
        for (const profile of this.#profiles) {
          const rejected = this.#lastKey.get(profile);
          if (rejected === undefined || this.#catalog.ssoProfile(profile).ssoSession !== id) continue;
          this.#agent.broker.credentials(profile, { rejected }).catch(() => {});
        }
        return;
      case 'rush':
        for (let n = 0; n < act.requests; n++)
          void this.#ask(this.#profiles[n % this.#profiles.length] ?? '');
        return;
      case 'restart':
        if (this.#files.full) for (const each of aws.sessions) each.robbed = true;
        this.#person.agentEnds();
        void this.#stop().then(() => this.#start());
        return;
      default:
        return;
    }
  }

  #sleep(until: number): void {
    const { clock } = this;
    clock.sleepUntil(until + this.#random.between(0, LAG));
    this.#disturbedAt = Math.max(this.#disturbedAt, clock.asleepUntil);
    this.#person.changed();
    clock.later(clock.asleepUntil, () => this.#person.changed());
  }

  /** By a clock that is ahead, what AWS gives seems to live shorter; renewals follow what they see. */
  #apparentLife(): number {
    const { tokenLife, credentialLife } = this.aws;
    return Math.max(minute, Math.min(tokenLife, credentialLife - Math.max(0, this.clock.offset)));
  }

  #setClock(byMs: number): void {
    this.#shortestLife = Math.min(this.#shortestLife, this.#apparentLife());
    this.clock.set(byMs, this.#random.between(0, LAG));
    this.#shortestLife = Math.min(this.#shortestLife, this.#apparentLife());
    this.#disturbedAt = Math.max(this.#disturbedAt, this.clock.true);
    this.#endCalm();
    if (byMs < 0 && this.clock.offset === 0) this.#checkTakenBack();
  }

  /** What a clock that was ahead took for over lives again soon after it was set right, and nobody is asked any more. */
  #checkTakenBack(): void {
    const { clock, aws } = this;
    const setAt = this.#disturbedAt;
    clock.later(Math.max(clock.true, clock.asleepUntil) + LAG + 2 * minute, () => {
      if (this.#disturbedAt > setAt || clock.asleep || aws.faults.endsAt > setAt) return;
      const prompt = this.#agent.keeper.prompt();
      if (prompt && this.#needless(prompt.ssoSession)) {
        this.#violated('recovers', 'a person is still asked although the clock is right again');
      }
    });
  }

  #endFaults(): void {
    const { clock, aws } = this;
    this.#aftermath = true;
    aws.faults.end();
    this.#files.full = false;
    this.#endCalm();
    clock.wake();
    aws.sessionLength = Math.max(aws.sessionLength, 12 * hour);
    aws.tokenLife = this.#c.tokenMinutes * minute;
    aws.credentialLife = this.#c.credentialMinutes * minute;
    if (clock.offset !== 0) this.#setClock(-clock.offset);
    this.#person.turnsDiligent();
    // Somebody who is refused asks again: the person needs a while to sign in.
    for (const after of [90, 95, 100, 110, 130, 230]) {
      for (const profile of this.#profiles)
        clock.later(clock.true + after * minute, () => void this.#ask(profile));
    }
  }

  // --- looking on ---------------------------------------------------------------------------------------------------

  #lookLater(): void {
    this.clock.later(this.clock.true + this.#random.between(4, 8) * hour, () => {
      this.#lookLater();
      this.#look();
    });
  }

  #look(): void {
    const { clock, aws } = this;
    if (clock.asleep || clock.offset !== 0) return;
    if (Math.max(aws.faults.endsAt, this.#disturbedAt + LAG, this.#fullUntil) + 20 * minute > clock.true)
      return;
    for (const { config, robbed } of aws.sessions) {
      const state = this.#view(config.id)?.state;
      // Where the registration is over or forgotten there is nothing to try: the token serves to its end.
      const file = this.#files.files.get(config.id);
      const hopeless = file === undefined || file === 'torn' || !aws.knowsClient(file.clientId) || robbed;
      if (state === 'degraded' && !hopeless)
        this.#violated('recovers', 'degraded 20 min after the last fault');
      if (state === 'refreshing') this.#confirm(config.id, this.#view(config.id)?.generation ?? 0);
    }
    const [held] = this.#profiles;
    if (!this.#c.held || held === undefined || this.#view('sso-0')?.state !== 'valid') return;
    const state = this.#credentialsView(held)?.state;
    if (state === 'valid' || (state === 'renewing' && aws.inFlight > 0)) return;
    this.#violated('recovers', `no fault for 20 min: ${this.#sight(held)}`);
  }

  /** A refresh may be waiting for another tool's file, but not for long. */
  #confirm(ssoSession: string, generation: number): void {
    const { clock, aws } = this;
    const calls = aws.refreshes;
    clock.later(clock.true + minute, () => {
      const view = this.#view(ssoSession);
      const stands =
        view?.state === 'refreshing' && view.generation === generation && aws.refreshes === calls;
      if (stands && aws.inFlight === 0 && !clock.asleep) this.#violated('recovers', 'refreshing for ever');
    });
  }

  /** Whether a sign-in is asked for although the SSO session lives and its token in the file could be refreshed. */
  #needless(ssoSession: string): boolean {
    const session = this.aws.sessions.find((s) => s.config.id === ssoSession);
    const file = this.#files.files.get(ssoSession);
    // By a clock that is far ahead every registration is over; #checkTakenBack looks when it is right again.
    if (
      this.clock.offset !== 0 ||
      !session ||
      session.robbed ||
      this.#files.full ||
      file === undefined ||
      file === 'torn'
    )
      return false;
    return session.endsAt > this.clock.true && this.aws.wouldRefresh(file);
  }

  /** An hour has only as many wake-ups and calls as its requests, reminders and lifetimes ask for. */
  #checkHour(): void {
    const { aws, clock } = this;
    const calls = aws.refreshes + aws.credentialCalls;
    const h = this.#hour;
    if (clock.true - h.at < hour) return;
    const wakeUps = clock.wakeUps - h.wakeUps;
    const called = calls - h.calls;
    // What could not be written is written again every 30 s.
    const writes = this.#fullUntil > h.at ? 130 * aws.sessions.length : 0;
    if (wakeUps > 120 + 6 * called + 4 * h.asks + writes) {
      this.#violated(
        'no-hot-loop',
        `${wakeUps} wake-ups in an hour with ${called} calls, ${h.asks} requests`,
      );
    }
    const shortest = Math.min(this.#shortestLife, this.#apparentLife());
    this.#shortestLife = this.#apparentLife();
    if (called > 120 + 5 * h.asks + (200 * 30 * minute) / shortest) {
      this.#violated('no-hot-loop', `${called} calls in an hour with ${h.asks} requests`);
    }
    this.#hour = { at: clock.true, wakeUps: clock.wakeUps, calls, asks: 0 };
  }

  /** A stretch without faults and acts ends: its calls are held against the lifetimes that passed in it. */
  #endCalm(): void {
    const { aws, clock } = this;
    const calls = aws.refreshes + aws.credentialCalls;
    const extra = this.#person.signInsBegun + this.#person.prompts;
    const { since, calls: before, extra: extraBefore } = this.#calm;
    this.#calm = { since: clock.true, calls, extra };
    const span = clock.true - since;
    if (Math.max(aws.faults.endsAt, this.#disturbedAt) > since || span < 2 * hour) return;
    if (clock.offset !== 0 || clock.asleep || this.#fullUntil > since) return;
    const perLifetime = (life: number) => span / (life - Math.min(20 * minute, life / 2));
    const sessions = aws.sessions.length;
    const lifetimes =
      sessions * perLifetime(aws.tokenLife) + this.#profiles.length * perLifetime(aws.credentialLife);
    this.totals.calmCalls += calls - before;
    this.totals.calmLifetimes += lifetimes;
    // One for each that was about to renew when the stretch began, one for a last or telling refresh of each SSO
    // session, and what a sign-in brings with it.
    const allowed = 1.05 * lifetimes + 2 * sessions + this.#profiles.length + 4 * (extra - extraBefore);
    if (calls - before > allowed) {
      this.#violated(
        'few-calls',
        `${calls - before} calls in ${lifetimes.toFixed(1)} lifetimes without a fault`,
      );
    }
  }
}

/** What the person sees of the agent. */
export interface AgentOfPerson {
  keeper: Pick<Keeper, 'prompt' | 'views'>;
  desk: Agent['desk'];
}
