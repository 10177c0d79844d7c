import type { ErrorView } from '../contract/errors.ts';
import type {
  CredentialsView,
  Environment,
  MfaView,
  SignInView,
  Snapshot,
  SsoSessionView,
} from '../contract/state.ts';

/**
 * What every shell says about the moment: one state, one sentence, one thing to do. Pure, so that tray menu, tray
 * icon, page and `status` never disagree. Words are keys of the locale namespace `page`.
 */
export type OverviewState =
  /** ~/.aws/config cannot be read. */
  | 'configProblem'
  /** No SSO session is configured. */
  | 'setup'
  | 'signedOut'
  | 'expired'
  | 'signingIn'
  /** Signed in, but no account and role are chosen. */
  | 'chooseRole'
  /** The active environment's profile cannot be used. */
  | 'profileProblem'
  /** A code from an MFA device is asked for. */
  | 'mfaNeeded'
  /** First credentials under way. */
  | 'preparing'
  | 'ready'
  /** Usable, and token or credentials are being renewed right now. */
  | 'renewing'
  /** Usable, but the last renewal failed; it is tried again by itself. */
  | 'degraded'
  /** AWS refuses the role. */
  | 'denied'
  /** Credentials could not be had. */
  | 'failed';

/** Icon of a state: told apart by shape. `ready` check in a disc, `busy` open ring, `attention` triangle, `problem` octagon, `off` hollow circle. */
export type Indicator = 'ready' | 'busy' | 'attention' | 'problem' | 'off';

/** The one obvious button. `retry` asks for credentials again (models.list does); `chooseRole` and `addSsoSession` lead to Access. */
export type OverviewAction =
  | { kind: 'addSsoSession' }
  | { kind: 'chooseRole'; ssoSession: string }
  | { kind: 'signIn'; ssoSession: string }
  | { kind: 'cancelSignIn'; signIn: SignInView }
  | { kind: 'answerMfa'; mfa: MfaView }
  | { kind: 'openClaude' }
  | { kind: 'retry' }
  | { kind: 'wait' };

export type OverviewSentence = {
  key:
    | `state${Capitalize<OverviewState>}`
    | 'stateSigningInDevice'
    /** The same where no sign-in is behind the credentials: keys, a command, another tool's login. */
    | 'statePreparingSource'
    | 'stateFailedSource'
    | 'stateDeniedSource';
  params: Record<string, string>;
};

export interface Overview {
  state: OverviewState;
  indicator: Indicator;
  sentence: OverviewSentence;
  action: OverviewAction;
  /** Whether Claude Code can be opened right now with working credentials. */
  usable: boolean;
  environment: Environment | null;
  /** Null also where the active profile's credentials come from elsewhere. */
  ssoSession: SsoSessionView | null;
  credentials: CredentialsView | null;
  /** What runs out first as far as a person notices: the role credentials, else the sign-in; epoch ms. */
  timeLeft: { until: number; of: 'credentials' | 'signIn' } | null;
  /** The credentials in use do not end by themselves (static keys). */
  endless: boolean;
  /** What happens next without a person. */
  next: { kind: 'renewal' | 'retry'; at: number } | null;
  problems: ErrorView[];
}

/** Whether a sign-in through an access portal is behind these credentials. */
function signsIn(credentials: CredentialsView): boolean {
  return credentials.ssoSession !== null || credentials.kind === 'sso' || credentials.kind === 'sso-legacy';
}

/** The code that is asked for, if it is what the active environment waits for: of its profile or of one in its chain. */
function mfaOf(
  { mfa }: Snapshot,
  environment: Environment | null,
  credentials: CredentialsView | null,
): MfaView | null {
  if (mfa === null || environment === null) return null;
  const { code, params } = credentials?.problem ?? {};
  const waits = code === 'MfaNeeded' && params?.mfaSerial === mfa.mfaSerial;
  return mfa.profile === environment.profile || waits ? mfa : null;
}

/** The SSO session that matters now: the active environment's; without one, a signed-in one, else the first. */
function relevantSsoSession(
  snapshot: Snapshot,
  credentials: CredentialsView | null,
  profileSsoSession: string | null,
): SsoSessionView | null {
  if (credentials !== null && !signsIn(credentials)) return null;
  const id = credentials?.ssoSession ?? profileSsoSession;
  const known = id === null ? undefined : snapshot.ssoSessions.find((s) => s.id === id);
  if (known) return known;
  const all = snapshot.ssoSessions;
  return (
    all.find((s) => s.signIn !== null) ??
    all.find((s) => s.state === 'valid' || s.state === 'refreshing' || s.state === 'degraded') ??
    all[0] ??
    null
  );
}

const indicators: Record<OverviewState, Indicator> = {
  configProblem: 'problem',
  setup: 'off',
  signedOut: 'off',
  expired: 'attention',
  signingIn: 'busy',
  chooseRole: 'attention',
  profileProblem: 'problem',
  mfaNeeded: 'attention',
  preparing: 'busy',
  ready: 'ready',
  renewing: 'ready',
  degraded: 'attention',
  denied: 'problem',
  failed: 'problem',
};

/** Problems that ask for another profile or role; trying again would not help. */
const profileProblems: readonly ErrorView['code'][] = [
  'ProfileUnknown',
  'ProfileUnsupported',
  'SsoSessionUnknown',
];

/**
 * The overview of a snapshot. `now` is the agent's time (epoch ms); it decides only what has run out.
 * `profileSsoSession`: the SSO session of the active environment's profile where the shell knows it (profiles.list);
 * needed only while the agent has no credentials entry for it.
 */
export function overview(snapshot: Snapshot, now: number, profileSsoSession: string | null = null): Overview {
  const environment = snapshot.environments.find((e) => e.name === snapshot.activeEnvironment) ?? null;
  const credentials =
    environment === null
      ? null
      : (snapshot.credentials.find((c) => c.profile === environment.profile) ?? null);
  const ssoSession = relevantSsoSession(snapshot, credentials, profileSsoSession);
  const mfa = mfaOf(snapshot, environment, credentials);
  const live = credentials !== null && isLive(credentials, now) ? credentials : null;
  const state = stateOf(snapshot, environment, ssoSession, credentials, mfa, live !== null);
  const usable = live !== null && state !== 'configProblem' && state !== 'denied';
  return {
    state,
    indicator: indicators[state],
    sentence: sentenceOf(state, ssoSession, credentials, environment),
    action: actionOf(state, ssoSession, mfa),
    usable,
    environment,
    ssoSession,
    credentials,
    timeLeft: timeLeftOf(now, state, live, ssoSession),
    endless: usable && live.expiresAt === null,
    next: nextOf(now, state, live, ssoSession),
    problems: problemsOf(snapshot, state, ssoSession, credentials, mfa),
  };
}

/** Whether credentials can be used at `now`: they live, or have no end. */
function isLive({ state, expiresAt }: CredentialsView, now: number): boolean {
  return expiresAt === null ? state === 'valid' : expiresAt > now;
}

function stateOf(
  snapshot: Snapshot,
  environment: Environment | null,
  ssoSession: SsoSessionView | null,
  credentials: CredentialsView | null,
  mfa: MfaView | null,
  usable: boolean,
): OverviewState {
  if (snapshot.configProblem !== null) return 'configProblem';
  if (ssoSession === null && environment === null) return 'setup';
  if (ssoSession !== null) {
    if (ssoSession.signIn !== null || ssoSession.state === 'signingIn') return 'signingIn';
    if (ssoSession.state === 'signedOut') return 'signedOut';
    if (ssoSession.state === 'expired') return 'expired';
  }
  if (environment === null) return 'chooseRole';
  const problem = credentials?.problem?.code;
  if (problem !== undefined && profileProblems.includes(problem)) return 'profileProblem';
  if (credentials?.state === 'denied') return 'denied';
  if (mfa !== null) return 'mfaNeeded';
  if (!usable) {
    return problem === undefined || credentials?.state === 'renewing' ? 'preparing' : 'failed';
  }
  if (credentials?.state === 'stale' || ssoSession?.state === 'degraded') return 'degraded';
  if (credentials?.state === 'renewing' || ssoSession?.state === 'refreshing') return 'renewing';
  return 'ready';
}

function sentenceOf(
  state: OverviewState,
  ssoSession: SsoSessionView | null,
  credentials: CredentialsView | null,
  environment: Environment | null,
): OverviewSentence {
  const params = {
    ssoSession: ssoSession?.id ?? '',
    accountId: credentials?.accountId ?? '',
    roleName: credentials?.roleName ?? '',
    profile: environment?.profile ?? '',
  };
  if (state === 'signingIn' && ssoSession?.signIn?.userCode) return { key: 'stateSigningInDevice', params };
  if (ssoSession === null && (state === 'preparing' || state === 'failed'))
    return { key: state === 'preparing' ? 'statePreparingSource' : 'stateFailedSource', params };
  if (state === 'denied' && params.roleName === '') return { key: 'stateDeniedSource', params };
  const key = `state${state[0]?.toUpperCase()}${state.slice(1)}` as OverviewSentence['key'];
  return { key, params };
}

function actionOf(
  state: OverviewState,
  ssoSession: SsoSessionView | null,
  mfa: MfaView | null,
): OverviewAction {
  const id = ssoSession?.id ?? '';
  switch (state) {
    case 'setup':
      return { kind: 'addSsoSession' };
    case 'signedOut':
    case 'expired':
      return { kind: 'signIn', ssoSession: id };
    case 'signingIn':
      return ssoSession?.signIn ? { kind: 'cancelSignIn', signIn: ssoSession.signIn } : { kind: 'wait' };
    case 'chooseRole':
    case 'profileProblem':
    case 'denied':
      return { kind: 'chooseRole', ssoSession: id };
    case 'mfaNeeded':
      return mfa ? { kind: 'answerMfa', mfa } : { kind: 'wait' };
    case 'configProblem':
    case 'failed':
      return { kind: 'retry' };
    case 'preparing':
      return { kind: 'wait' };
    case 'ready':
    case 'renewing':
    case 'degraded':
      return { kind: 'openClaude' };
  }
}

function timeLeftOf(
  now: number,
  state: OverviewState,
  live: CredentialsView | null,
  ssoSession: SsoSessionView | null,
): Overview['timeLeft'] {
  if (live?.expiresAt != null && state !== 'denied') return { until: live.expiresAt, of: 'credentials' };
  const signedIn =
    ssoSession !== null && ['valid', 'refreshing', 'degraded'].includes(ssoSession.state) ? ssoSession : null;
  if (signedIn?.expiresAt != null && signedIn.expiresAt > now)
    return { until: signedIn.expiresAt, of: 'signIn' };
  return null;
}

/** Nothing is promised in states in which only a person can help. */
function nextOf(
  now: number,
  state: OverviewState,
  live: CredentialsView | null,
  ssoSession: SsoSessionView | null,
): Overview['next'] {
  const helpless: readonly OverviewState[] = [
    'signedOut',
    'expired',
    'signingIn',
    'denied',
    'profileProblem',
    'mfaNeeded',
  ];
  if (helpless.includes(state)) return null;
  const at = live?.nextRenewalAt ?? ssoSession?.nextRefreshAt ?? null;
  if (at === null || at <= now) return null;
  return { kind: state === 'degraded' || state === 'failed' ? 'retry' : 'renewal', at };
}

/**
 * Problems that concern the overview, each once. What the state itself asks for is no problem beside it: a sign-in
 * while signed out or signing in, a code that is asked for.
 */
function problemsOf(
  snapshot: Snapshot,
  state: OverviewState,
  ssoSession: SsoSessionView | null,
  credentials: CredentialsView | null,
  mfa: MfaView | null,
): ErrorView[] {
  const asksForSignIn = state === 'signedOut' || state === 'expired' || state === 'signingIn';
  const byText = new Map<string, ErrorView>();
  for (const p of [snapshot.configProblem, ssoSession?.problem, credentials?.problem]) {
    if (mfa !== null && (p?.code === 'MfaNeeded' || p?.code === 'MfaRefused')) continue;
    if (asksForSignIn && p?.code === 'SignInNeeded') continue;
    if (p) byText.set(JSON.stringify([p.code, p.params]), p);
  }
  return [...byText.values()];
}
