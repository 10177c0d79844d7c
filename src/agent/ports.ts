import type { SsoToken } from '../aws/sso-cache.ts';
import type { BedrockTrayError } from '../contract/errors.ts';
import type {
  ActivityView,
  AgentView,
  CostCap,
  CredentialsView,
  DesktopView,
  EndingView,
  Environment,
  ErrorView,
  LayoutTab,
  MeterView,
  MfaView,
  PermissionMode,
  ProcedureArguments,
  ProcedureOutput,
  ProfileView,
  PromptView,
  SessionView,
  Settings,
  SettingsPatch,
  SignInView,
  SsoSessionView,
  Trace,
  UpdateView,
} from '../contract/index.ts';
import type { TypedKey } from '../contract/pty-protocol.ts';
import type { HotkeyName } from '../contract/settings.ts';
import type { CredentialSource } from '../domain/credentials/credential-source.ts';

/**
 * The interfaces by which the agent's rooms know each other. Each room is a class of its own that implements one
 * of them; composition.ts is the only file that names the classes.
 */

/** Time as an argument. `at` and `now` are epoch ms; a timer fires once, at or after `at`, also after a clock jump. */
export interface Clock {
  now(): number;
  /** Calls `fire` when the clock has reached `at`; the returned function cancels. Long waits are re-evaluated, so sleep and clock jumps are noticed within seconds. */
  wakeAt(at: number, fire: () => void): () => void;
  /** Tells when the clock was found set back; the function ends that. */
  onSetBack?(listener: (byMs: number) => void): () => void;
}

/** What an event source offers: `subscribe` returns the function that unsubscribes. */
export interface Observable {
  onChange(listener: () => void): () => void;
}

/** Structured log without secrets (redacted again at the sink). */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
  debug(fields: Record<string, unknown>, message: string): void;
}

/** Process-wide things that come in as arguments so that tests can replace them. */
export interface AgentContext {
  clock: Clock;
  log: Log;
  /** The agent's own environment variables (AWS_CONFIG_FILE, AWS_ENDPOINT_URL_*, BROWSER, …). */
  env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder (~/.aws, ~/.claude). */
  userHome: string;
  /** State folder (BEDROCK_TRAY_HOME or the platform's), 0700. */
  home: string;
  /** Cryptographically strong random bytes. */
  random(bytes: number): Uint8Array;
  /** Opens a URL in the person's browser ($BROWSER or the platform's opener). False when there is none. */
  openBrowser(url: string): Promise<boolean>;
}

/** An SSO session as configured. `id`: section name, or start URL for legacy profiles (key of its cache file). */
export interface SsoSessionConfig {
  id: string;
  kind: 'sso-session' | 'legacy';
  startUrl: string;
  region: string;
  /** sso_registration_scopes; default `sso:account:access`. */
  scopes: readonly string[];
}

/** What ~/.aws/config and ~/.aws/credentials say, re-read when they change. */
export interface ProfileCatalog extends Observable {
  list(): ProfileView[];
  ssoSessions(): SsoSessionConfig[];
  /**
   * Where a profile's credentials come from, as the AWS CLI would find them; the same value until the files change.
   * Errors: ProfileUnknown, ProfileUnsupported, ConfigMalformed.
   */
  source(name: string): CredentialSource;
  /** Rises with each change. */
  revision(): number;
  problem(): ErrorView | null;
  /** Reads the files again now (after our own writes, or before refusing a name that is not known). */
  reload(): Promise<void>;
}

/** Edits ~/.aws/config on a person's wish: one write each, all or nothing, and it can be taken back. */
export interface ConfigWriter {
  /** The change's id for `undo`; null where that very section is there already. Errors: SsoSessionExists, ConfigMalformed, StorageFailed. */
  createSsoSession(input: ProcedureArguments<'ssoSessions.create'>): Promise<{ change: string | null }>;
  /** Errors: ProfileExists, SsoSessionUnknown, ConfigMalformed, StorageFailed. */
  createProfile(input: ProcedureArguments<'profiles.create'>): Promise<ProfileView>;
  /** Errors: TemplateInvalid, SsoSessionUnknown, ConfigMalformed, StorageFailed. */
  createProfiles(input: ProcedureArguments<'profiles.createMany'>): Promise<ProfileView[]>;
  /** Takes back the last change, or (with an id) only if that is the last. Errors: NothingToUndo, ConfigChanged, StorageFailed. */
  undo(change?: string): Promise<{ file: string }>;
}

/** What other tools left in the person's files, and its modern form. */
export interface Importer {
  list(): Promise<ProcedureOutput<'import.list'>['candidates']>;
  /** Writes the chosen ones; names of the profiles. Errors: ImportUnknown, the candidate's problem, as ConfigWriter. */
  apply(ids: readonly string[]): Promise<string[]>;
}

export interface SettingsStore extends Observable {
  get(): Settings;
  set(patch: SettingsPatch): Promise<Settings>;
}

export interface EnvironmentStore extends Observable {
  list(): Environment[];
  active(): Environment | null;
  /** Errors: EnvironmentUnknown. */
  get(name: string): Environment;
  create(e: Environment): Promise<Environment>;
  update(e: Environment): Promise<Environment>;
  use(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Resolves when what follows from earlier changes (the first environment, made by itself) has been done. */
  settled(): Promise<void>;
}

/** Credentials of a profile: secrets, never logged. */
export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Null: keys of an IAM user. */
  sessionToken: string | null;
  /** Epoch ms; null: they do not end by themselves. */
  expiresAt: number | null;
  /** Null where the source does not say. */
  accountId: string | null;
  /** Epoch ms, where that is not just now: kept from before the agent's restart. */
  obtainedAt?: number | undefined;
}

/** Credentials that end and have a session token: what every consumer takes. */
export interface TemporaryCredentials extends RoleCredentials {
  sessionToken: string;
  expiresAt: number;
}

export type { SsoToken };

/** Keeps the SSO sessions' tokens alive (domain/keep-alive/sso-session decides, this performs). */
export interface Keeper extends Observable {
  /** Loads cache files, watches them, arms the timer. */
  start(): Promise<void>;
  stop(): Promise<void>;
  views(): SsoSessionView[];
  prompt(): PromptView | null;
  /** An SSO session is about to end for good. */
  ending(): EndingView | null;
  /** Nobody is to be asked before so many minutes have passed. */
  snooze(minutes: number): void;
  /** AWS can be reached again: what failed for want of a network is tried now. */
  reachable(): void;
  /** A valid access token. Errors: SignInNeeded, SsoSessionUnknown, NetworkUnavailable. */
  accessToken(ssoSession: string): Promise<string>;
  /** The portal answered 401 with this token: one forced refresh decides whether a person is needed. Resolves when decided. */
  rejected(ssoSession: string, accessToken: string): Promise<void>;
  /** Resolves when that SSO session has a valid token (a person signed in, here or by another tool). Rejects only by `signal`. */
  untilValid(ssoSession: string, signal: AbortSignal): Promise<void>;
  /** A consumer cannot go on without a sign-in: raises the prompt (once). */
  need(ssoSession: string, who: { profile: string; accountId: string; roleName: string }): void;
  /** A sign-in made here has ended well: adopt its token and write it to the cache. */
  adopt(ssoSession: string, token: SsoToken): Promise<void>;
  /** Portal logout, cache files, memory; all or one. Answers the ids signed out. */
  signOut(ssoSession?: string): Promise<string[]>;
}

/** Runs sign-ins, one at a time on a machine; all who ask for the same share it. */
export interface SignInDesk extends Observable {
  /** `renew`: portal logout first. Errors: SignInBusy, SsoSessionUnknown, NetworkUnavailable, SignInFailed, … */
  start(input: {
    ssoSession: string;
    flow: 'auto' | 'pkce' | 'device';
    openBrowser: boolean;
    renew?: boolean;
  }): Promise<SignInView>;
  /** Errors: SignInDenied, SignInTimedOut, SignInCancelled, SignInFailed. */
  wait(id: string): Promise<{ ssoSession: string; expiresAt: number }>;
  cancel(id: string): void;
  /** The sign-in under way for that SSO session. */
  current(ssoSession: string): SignInView | null;
  stop(): Promise<void>;
}

/** Holds credentials of every kind of source, renews them ahead of time. */
export interface Broker extends Observable {
  views(): CredentialsView[];
  /**
   * Credentials of a profile, with more than 15 min left where those can be had. Concurrent requests share one
   * upstream call. `rejected` names an access key id that AWS refused: fresh ones are fetched if it is ours.
   * Errors: SignInNeeded, MfaNeeded, MfaRefused, AccessDenied, CommandFailed, SourceFailed, NetworkUnavailable,
   * Throttled, ServiceFailed, ProfileUnknown, ProfileUnsupported.
   */
  credentials(profile: string, options?: { rejected?: string }): Promise<RoleCredentials>;
  /**
   * The same, always with an end and a session token: keys of an IAM user are exchanged for a session's
   * (sts:GetSessionToken), since Claude Code takes no others from an export.
   */
  temporary(profile: string, options?: { rejected?: string }): Promise<TemporaryCredentials>;
  /**
   * Resolves when whatever a person has to do for this profile's credentials may have been done: a sign-in, an MFA
   * code, or simply credentials that are there. Rejects only by `signal`.
   */
  untilUsable(profile: string, signal: AbortSignal): Promise<void>;
  /** Keeps a profile's credentials fresh from now on (an environment or an open session uses it); the function lets go. */
  hold(profile: string): () => void;
  /** AWS can be reached again: what somebody uses and what failed for want of a network is tried now. */
  reachable(): void;
  /** SSO session signed out: drop what came from it. */
  drop(ssoSession: string): void;
  /** Accounts and roles that the SSO session's person may use (portal). */
  accounts(ssoSession: string): Promise<ProcedureOutput<'accounts.list'>['accounts']>;
  roles(ssoSession: string, accountId: string): Promise<ProcedureOutput<'roles.list'>['roles']>;
  stop(): Promise<void>;
}

/** What an MFA code is asked for. `key` names the source whose credentials hang on it. */
export interface MfaQuestion {
  key: string;
  profile: string;
  roleArn: string;
  mfaSerial: string;
}

/** Asks people for MFA codes: one question for each cause, one shown at a time, whichever shell answers. */
export interface MfaDesk extends Observable {
  /** The question that shells show now. */
  view(): MfaView | null;
  /** Raises the question, or joins it. Where it is not `urgent`, one that was cancelled or ran out stays so. */
  ask(question: MfaQuestion, urgent: boolean): void;
  /** The code that was given for it, once. */
  take(key: string): string | null;
  /** AWS's word on the code that was taken: null, or why it was not accepted; `again`: another code may be. */
  verdict(key: string, error: BedrockTrayError | null, again?: boolean): void;
  /** Nobody wants it any more. */
  forget(key: string): void;
  /** Called when a code for `key` has been given. */
  onCode(listener: (key: string) => void): () => void;
  /** Answers when AWS has accepted the code. Errors: MfaRefused, BadInput, and whatever the call met. */
  answer(id: string, code: string): Promise<void>;
  cancel(id: string): void;
  stop(): void;
}

/** What a Claude session's own credential export asks. */
export interface SessionIdentity {
  id: string;
  profile: string;
}

/** Hands credentials out: the plain route on the socket and the 127.0.0.1 container endpoint. */
export interface HandOut {
  /** Answers GET routes.credentials. `language`: what the caller accepts (Accept-Language), for a refusal's words. */
  handleCredentials(
    url: URL,
    signal: AbortSignal,
    language?: string,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }>;
  /** Opens the container endpoint for one consumer; `close` revokes its token. */
  open(profile: string): Promise<{ url: string; token: string; close: () => void }>;
  stop(): Promise<void>;
}

/** What Claude Code is doing in each session (domain/activity decides; this room gathers). Others tell it what they see. */
export interface SessionActivity extends Observable {
  /** A session of ours is opened, adopted, waits, runs or ended, or has another title. `configFolder`: Claude Code's; null: ~/.claude. `shown`: whether anything stands on its screen; null where that is not known. */
  session(
    view: Pick<SessionView, 'id' | 'program' | 'state' | 'pid' | 'cwd' | 'title' | 'startedAt'>,
    about: { configFolder: string | null; shown: boolean | null },
  ): void;
  /** A terminal of ours typed it into the session. */
  typed(id: string, key: TypedKey): void;
  /** The session's credentials wait for a person (a sign-in, an MFA code), or no longer do. */
  credentialsWait(id: string, waiting: boolean): void;
  forget(id: string): void;
  view(id: string): ActivityView;
  /** Whether a focused screen shows it. */
  watched(id: string): boolean;
  /** The sessions that a connection's focused screen shows now; none: it is gone. */
  look(connection: object, ids: readonly string[]): void;
  /** Errors: RequestUnknown. */
  answer(id: string, request: string, decision: 'allow' | 'deny'): void;
}

/** What each session has used, from Claude Code's own figures, and its cap. */
export interface SessionMeter extends Observable {
  view(id: string): MeterView | null;
  /** A session as its record has it: told at start, adoption and each change. `configFolder`: Claude Code's; null: ~/.claude. */
  session(view: MeteredSession, configFolder: string | null): void;
  forget(id: string): void;
}
export type MeteredSession = Pick<
  SessionView,
  'id' | 'state' | 'cwd' | 'profile' | 'conversation' | 'hasTranscript' | 'cap'
>;

/** Past conversations of Claude Code, indexed off this thread. */
export interface ConversationHistory extends Observable {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rises when there is something new; bytes that are not indexed yet. */
  status(): { revision: number; pending: number };
  list(wish: ProcedureArguments<'history.list'>): Promise<ProcedureOutput<'history.list'>>;
  find(wish: ProcedureArguments<'history.find'>): Promise<ProcedureOutput<'history.find'>>;
  read(wish: ProcedureArguments<'history.read'>): Promise<ProcedureOutput<'history.read'>>;
  /** Where a conversation was held. Errors: ConversationUnknown. */
  folder(conversation: string): Promise<string>;
}

/** Opens things with the person's own programs. */
export interface Openers {
  terminals(): Promise<ProcedureOutput<'terminals.list'>['terminals']>;
  editors(): Promise<ProcedureOutput<'editors.list'>['editors']>;
  /** Errors: TerminalMissing. */
  attachInTerminal(session: string, terminal?: string): Promise<void>;
  /** For each path, the file that is there. `cwd`: what relative paths start from. */
  resolve(cwd: string, paths: readonly string[]): Promise<(string | null)[]>;
  /** Errors: FileMissing, EditorMissing. */
  openFile(cwd: string, path: string, line?: number, column?: number): Promise<void>;
}

/** Bedrock for plain `claude`, editors and other terminals, written into the person's own files with their consent. */
export interface Integration {
  preview(environment?: string): Promise<ProcedureOutput<'integration.preview'>>;
  apply(digest: string, environment?: string): Promise<ProcedureOutput<'integration.apply'>>;
  undo(): Promise<ProcedureOutput<'integration.undo'>>;
}

/** What a first run needs to know: what is there, where the portal is. */
export interface Setup {
  find(): Promise<ProcedureOutput<'setup.find'>>;
  region(startUrl: string): Promise<ProcedureOutput<'setup.region'>>;
}

/** The product's entries in the person's desktop: start at login, the command on the PATH. */
export interface Desktop extends Observable {
  start(): Promise<void>;
  view(): DesktopView;
  set(wish: ProcedureArguments<'desktop.set'>): Promise<DesktopView>;
  show(folder: 'data' | 'logs'): Promise<void>;
}

/** What the tray tells of the product's update, and what others wish of it. */
export interface Updates extends Observable {
  view(): UpdateView;
  report(told: ProcedureArguments<'update.report'>, connection: object): void;
  /** The tray that told has gone. */
  gone(connection: object): void;
  wish(wish: ProcedureArguments<'update.wish'>): void;
}

/** Global keys that the tray could not get. */
export interface HotkeyReports extends Observable {
  taken(): readonly HotkeyName[];
  report(taken: readonly HotkeyName[], connection: object): void;
  /** The tray that told has gone. */
  gone(connection: object): void;
}

/** Bundles for tickets, without secrets. */
export interface Support {
  bundle(maskAccounts: boolean): Promise<ProcedureOutput<'support.bundle'>>;
}

/** What the product wrote outside its own folder, and taking it back. */
export interface Traces {
  list(): Promise<Trace[]>;
  remove(ids: readonly Trace['id'][]): Promise<ProcedureOutput<'traces.remove'>>;
}

export interface ClaudeSessions extends Observable {
  /** Connects to the pty-host if one runs and adopts its sessions. */
  start(): Promise<void>;
  views(): SessionView[];
  recentFolders(): string[];
  open(wish: {
    environment?: string | undefined;
    profile?: string | undefined;
    cwd: string;
    region?: string | undefined;
    model?: string | undefined;
    permissionMode?: PermissionMode | undefined;
    name?: string | undefined;
    addDirs?: readonly string[] | undefined;
    cap?: CostCap | null | undefined;
    cols: number;
    rows: number;
    args?: readonly string[] | undefined;
    env?: Readonly<Record<string, string>> | undefined;
  }): Promise<SessionView>;
  attach(id: string): Promise<{ ticket: string; socket: string }>;
  kill(id: string): Promise<void>;
  resume(id: string, cols: number, rows: number): Promise<SessionView>;
  remove(id: string): Promise<void>;
  /** One of its hooks says which conversation a session shows (after /clear it is another). */
  conversationIs(id: string, conversation: string): void;
  /** Who asks when the credential export of session `id` calls. Undefined when the session is not known. */
  identity(id: string): SessionIdentity | undefined;
  /**
   * `keep`: leave the pty-host running; `end`: end every session and it; `shutdown`: the same, but nobody wanted these
   * ends, so the sessions are lost ones and offered again.
   */
  stop(sessions: 'keep' | 'end' | 'shutdown'): Promise<void>;
  /** Executable and version of Claude Code, as last looked up. */
  claude(): AgentView['claude'];
  update(change: {
    id: string;
    name?: string | undefined;
    pinned?: boolean | undefined;
    cap?: CostCap | null | undefined;
  }): SessionView;
  reorder(ids: readonly string[]): void;
  pinnedFolders(): string[];
  pinFolder(folder: string, pinned: boolean): void;
  layout(): LayoutTab[];
  setLayout(tabs: readonly LayoutTab[]): void;
  /** Opens a conversation that is not one of ours yet. Errors: as `open`, ConversationOpen. */
  openConversation(wish: {
    conversation: string;
    cwd: string;
    environment?: string | undefined;
    cols: number;
    rows: number;
  }): Promise<SessionView>;
}
