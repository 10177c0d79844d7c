import * as z from 'zod';
import { Geography, ModelPins } from './bedrock.ts';
import { CostCap } from './cost-cap.ts';
import { ErrorView } from './errors.ts';
import { AbsolutePath, AccountId, EndpointUrl, EpochMs, ModelId, Region, SectionName } from './names.ts';
import { hotkeyNames, Settings } from './settings.ts';
import { Budget, BudgetView } from './usage.ts';

/** States of an SSO session (docs/architecture.md, keep-alive). */
export const SsoSessionState = z.enum([
  'signedOut',
  'signingIn',
  'valid',
  'refreshing',
  'degraded',
  'expired',
]);
export type SsoSessionState = z.infer<typeof SsoSessionState>;

/** States of role credentials. */
export const CredentialsState = z.enum(['absent', 'valid', 'renewing', 'stale', 'denied']);
export type CredentialsState = z.infer<typeof CredentialsState>;

/** A sign-in under way. `url` is what a browser opens; with the device code flow the person compares `userCode`. */
export const SignInView = z.object({
  id: z.string(),
  ssoSession: z.string(),
  flow: z.enum(['pkce', 'device']),
  url: z.string(),
  userCode: z.string().nullable(),
  startedAt: EpochMs,
  expiresAt: EpochMs,
});
export type SignInView = z.infer<typeof SignInView>;

export const SsoSessionView = z.object({
  /** `[sso-session NAME]`'s name, or the start URL of a legacy profile: also the key of its cache file. */
  id: z.string(),
  kind: z.enum(['sso-session', 'legacy']),
  startUrl: z.string(),
  region: z.string(),
  state: SsoSessionState,
  /** End of the access token. */
  expiresAt: EpochMs.nullable(),
  /** Whether the token can be refreshed without a person. */
  refreshable: z.boolean(),
  /** Tokens obtained since the agent started: 1 after the sign-in, raised by each refresh. */
  generation: z.number().int(),
  nextRefreshAt: EpochMs.nullable(),
  problem: ErrorView.nullable(),
  signIn: SignInView.nullable(),
  /**
   * When the SSO session itself is expected to end, whatever is refreshed: learned from earlier ends, as the interval
   * in which it lies. Null where nothing is known yet.
   */
  endsFrom: EpochMs.nullable(),
  endsTo: EpochMs.nullable(),
  /** `shared`: ~/.aws/sso/cache, seen by every AWS tool. `private`: our own encrypted store. */
  store: z.enum(['shared', 'private']),
});
export type SsoSessionView = z.infer<typeof SsoSessionView>;

/**
 * Where a profile's credentials come from. `claude-settings`: a command in the person's own Claude Code settings.
 * `none`: a section without credentials.
 */
export const ProfileKind = z.enum([
  'sso',
  'sso-legacy',
  'assume-role',
  'web-identity',
  'process',
  'login',
  'static',
  'claude-settings',
  'none',
]);
export type ProfileKind = z.infer<typeof ProfileKind>;

export const CredentialsView = z.object({
  profile: z.string(),
  kind: ProfileKind,
  /** Null where the credentials do not come from an SSO session. For a role chain: the SSO session at its root. */
  ssoSession: z.string().nullable(),
  accountId: z.string().nullable(),
  /** Permission set, or the role's name of an assumed role. */
  roleName: z.string().nullable(),
  state: CredentialsState,
  /** Null while `valid`: they do not end by themselves (static keys). */
  expiresAt: EpochMs.nullable(),
  /** Credentials obtained for this role since the agent started. */
  generation: z.number().int(),
  nextRenewalAt: EpochMs.nullable(),
  problem: ErrorView.nullable(),
});
export type CredentialsView = z.infer<typeof CredentialsView>;

export const IdentityMode = z.enum(['bedrock-only', 'whole-session']);
export type IdentityMode = z.infer<typeof IdentityMode>;

/** A named Bedrock environment: which profile, region and models a Claude session is opened with. */
export const Environment = z.object({
  name: SectionName,
  profile: SectionName,
  /** Bedrock's region: not the SSO session's. */
  region: Region,
  model: ModelId.nullable(),
  smallFastModel: ModelId.nullable(),
  identityMode: IdentityMode,
  /** ANTHROPIC_BEDROCK_BASE_URL: a VPC endpoint or gateway. */
  endpointUrl: EndpointUrl.nullable(),
  pins: ModelPins,
  /** Requests must be answered there; null: anywhere. */
  geography: Geography.nullable().default(null),
  budget: Budget.nullable().default(null),
});
export type Environment = z.infer<typeof Environment>;

/** An environment that chooses nothing. */
export const plainEnvironment = {
  model: null,
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
} as const satisfies Omit<Environment, 'name' | 'profile' | 'region'>;

/**
 * Something a person should know about a profile that works: `warning` deserves an act, `info` explains. Codes are keys
 * of the locale namespace `notes`.
 */
export const ProfileNote = z.object({
  level: z.enum(['info', 'warning']),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type ProfileNote = z.infer<typeof ProfileNote>;

export const ProfileView = z.object({
  name: z.string(),
  kind: ProfileKind,
  /** Of an assumed role or a web identity. */
  roleArn: z.string().nullable(),
  /** The profiles that its credentials come through, nearest first: [source_profile, its source_profile, ...]. */
  chain: z.array(z.string()),
  mfaSerial: z.string().nullable(),
  /** AWS partition by region, start URL or ARN. */
  partition: z.enum(['aws', 'aws-us-gov', 'aws-cn']),
  notes: z.array(ProfileNote),
  ssoSession: z.string().nullable(),
  accountId: z.string().nullable(),
  roleName: z.string().nullable(),
  region: z.string().nullable(),
  /** Why this profile cannot be used, if so. */
  problem: ErrorView.nullable(),
});
export type ProfileView = z.infer<typeof ProfileView>;

export const ImportTool = z.enum(['legacy', 'leapp', 'granted', 'aws-vault', 'aws-sso-cli']);
export type ImportTool = z.infer<typeof ImportTool>;
/** A profile (or SSO session) that another tool left and that can be taken over. */
export const ImportCandidate = z.object({
  id: z.string(),
  tool: ImportTool,
  /** `convert` changes the profile itself into the modern form; `add` stands beside it under a free name. */
  how: z.enum(['add', 'convert']),
  /** The profile that is there, or the name that the tool has for it. */
  profile: z.string(),
  /** Where it was found. */
  file: z.string(),
  /** One line: what it becomes. */
  summary: z.string(),
  /** The very text that would be added, or the changed section's lines. Never a secret. */
  writes: z.string(),
  /** Why it cannot be taken over, if so. */
  problem: ErrorView.nullable(),
});
export type ImportCandidate = z.infer<typeof ImportCandidate>;

export const AccountView = z.object({ accountId: AccountId, name: z.string(), email: z.string() });
export type AccountView = z.infer<typeof AccountView>;
export const RoleView = z.object({ accountId: AccountId, roleName: z.string() });
export type RoleView = z.infer<typeof RoleView>;

/** `waiting`: a sign-in is needed before Claude can start. `lost`: the pty-host that held it is gone. */
export const SessionState = z.enum(['waiting', 'starting', 'running', 'exited', 'lost']);
export type SessionState = z.infer<typeof SessionState>;

/** Something Claude Code asks its person. `text` is untrusted: plain, at most 2,000 characters, may have several lines. */
export const SessionRequest = z.object({
  id: z.string(),
  /** `plan`: approval of a plan (ExitPlanMode). Only a `permission` can be answered from outside. */
  kind: z.enum(['permission', 'question', 'plan']),
  /** The tool that wants to run, e.g. `Bash`; null for a question. */
  tool: z.string().nullable(),
  text: z.string(),
  sinceAt: EpochMs,
  /** Whether `sessions.answer` can decide it: a hook of ours is waiting in Claude Code, and the text is all there is to read. */
  answerable: z.boolean(),
});
export type SessionRequest = z.infer<typeof SessionRequest>;

/**
 * What Claude Code is doing, fused from its hooks, its terminal and its process (src/domain). `unknown`: the sources
 * are silent or disagree. `paused`: a sign-in is needed. `trust`: it asks whether the folder can be trusted.
 */
export const ActivityState = z.enum([
  'starting',
  'trust',
  'working',
  'needsYou',
  'done',
  'paused',
  'failed',
  'exited',
  'unknown',
]);
export type ActivityState = z.infer<typeof ActivityState>;

export const ActivityView = z.object({
  state: ActivityState,
  sinceAt: EpochMs,
  /** Only in `needsYou`; null where only the terminal shows what is asked. */
  request: SessionRequest.nullable(),
  /** `done`: whether somebody has looked at it since. True in all other states. */
  seen: z.boolean(),
  /** `failed`: Claude Code's own word (`rate_limit`, `authentication_failed`, ...) or what the API answered, one line, untrusted. */
  reason: z.string().nullable(),
  /** Background tasks that still run. */
  background: z.number().int(),
});
export type ActivityView = z.infer<typeof ActivityView>;

/** What a session has used, from Claude Code's own figures: an estimate, priced by the inference profile really used. */
export const MeterView = z.object({
  /** USD; null while a model is used that has no known price. */
  costUsd: z.number().nullable(),
  /** The model or inference profile that answered last (Bedrock's id), and its context window as used. */
  model: z.string().nullable(),
  contextTokens: z.number().int().nullable(),
  contextSize: z.number().int().nullable(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  cacheWriteTokens: z.number().int(),
  /** Epoch ms of the last message counted. */
  at: EpochMs,
});
export type MeterView = z.infer<typeof MeterView>;

export const PermissionMode = z.enum([
  'default',
  'acceptEdits',
  'plan',
  'auto',
  'dontAsk',
  'bypassPermissions',
]);
export type PermissionMode = z.infer<typeof PermissionMode>;

/** A tab of the sessions page: one session, or several side by side (`row`) or one above the other (`column`). */
export const LayoutTab = z.object({
  id: z.string().max(64),
  panes: z.array(z.uuid()).min(1).max(4),
  direction: z.enum(['row', 'column']),
  /** Share of each pane, in order; they add up to 1. */
  shares: z.array(z.number().min(0.05).max(1)).max(4),
});
export type LayoutTab = z.infer<typeof LayoutTab>;

/** One Claude Code process in a pty. */
export const SessionView = z.object({
  id: z.uuid(),
  name: z.string(),
  /** `shell` only where Claude Code is not installed and the agent serves a demo. */
  program: z.enum(['claude', 'shell']),
  cwd: AbsolutePath,
  environment: z.string().nullable(),
  profile: z.string(),
  region: z.string(),
  model: z.string().nullable(),
  identityMode: IdentityMode,
  state: SessionState,
  pid: z.number().int().nullable(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  startedAt: EpochMs,
  exitedAt: EpochMs.nullable(),
  /** The terminal's title (OSC 0/2): untrusted text, one line, at most 200 characters. */
  title: z.string(),
  cols: z.number().int(),
  rows: z.number().int(),
  attached: z.number().int(),
  problem: ErrorView.nullable(),
  activity: ActivityView,
  /** A focused screen shows it now (`sessions.look`). */
  watched: z.boolean(),
  /** Place in the list that a person arranged, from 0; pinned ones come first. */
  order: z.number().int(),
  pinned: z.boolean(),
  /** Null: Claude Code's own default or the person's settings. */
  permissionMode: PermissionMode.nullable(),
  /** Ended or lost, and can be opened again: its conversation where it has a transcript, else anew in its folder. */
  resumable: z.boolean(),
  /** Claude Code's id of the conversation that it shows: another than `id` after /clear; null while it is not known. */
  conversation: z.uuid().nullable(),
  /** Something was said in that conversation, so that it can be read and resumed. */
  hasTranscript: z.boolean(),
  /** Null before Claude Code has told any figure. */
  meter: MeterView.nullable(),
  cap: CostCap.nullable(),
});
export type SessionView = z.infer<typeof SessionView>;

/**
 * `tested`: this product was tested with that very version. `older`: too old for what sessions need, so none is opened.
 * `newer`: not tested yet. Null: between these, or it does not say its version.
 */
export const ClaudeView = z.object({
  path: AbsolutePath,
  version: z.string().nullable(),
  support: z.enum(['tested', 'older', 'newer']).nullable(),
});
export type ClaudeView = z.infer<typeof ClaudeView>;

/** A past conversation of Claude Code, ours or not, by its transcript. Texts are untrusted. */
export const ConversationView = z.object({
  id: z.uuid(),
  cwd: z.string(),
  /** What it is called, or the first words of its person. */
  title: z.string(),
  startedAt: EpochMs,
  lastAt: EpochMs,
  messages: z.number().int(),
  model: z.string().nullable(),
  /** When Claude Code will delete it (cleanupPeriodDays); null where it never does. */
  deletedAt: EpochMs.nullable(),
  /** The session of ours that has it open. */
  session: z.uuid().nullable(),
  /** Where a search found it: words around the match, and which of its characters match ([from, to) in UTF-16 units). */
  snippet: z.object({ text: z.string(), matches: z.array(z.tuple([z.number(), z.number()])) }).nullable(),
});
export type ConversationView = z.infer<typeof ConversationView>;

/** A place in a conversation's text where a search found something. */
export const ConversationMatch = z.object({
  role: z.enum(['user', 'assistant', 'tool']),
  at: EpochMs,
  text: z.string(),
  matches: z.array(z.tuple([z.number(), z.number()])),
});
export type ConversationMatch = z.infer<typeof ConversationMatch>;

/** A terminal or an editor that was found on this machine. */
export const ProgramChoice = z.object({ id: z.string(), name: z.string() });
export type ProgramChoice = z.infer<typeof ProgramChoice>;

/** One file that an integration would change or has changed. */
export const IntegrationFile = z.object({
  file: z.string(),
  /** `absent`: nothing of ours in it. `present`: as we would write it. `outdated`: ours, but not as we would write it now. */
  state: z.enum(['absent', 'present', 'outdated']),
  /** Unified diff of what `integration.apply` would do; empty where nothing. */
  diff: z.string(),
  /** Something else decides: a rival key, an administrator's file, a malformed file. */
  problem: ErrorView.nullable(),
});
export type IntegrationFile = z.infer<typeof IntegrationFile>;

export const AgentView = z.object({
  version: z.string(),
  protocol: z.number().int(),
  pid: z.number().int(),
  startedAt: EpochMs,
  home: AbsolutePath,
  /** The person's home folder, on the machine where sessions run. */
  userHome: AbsolutePath,
  logFile: AbsolutePath,
  socket: z.string(),
  /** True while it serves the loopback AWS of `bedrock-tray demo`. */
  demo: z.boolean(),
  claude: ClaudeView.nullable(),
});
export type AgentView = z.infer<typeof AgentView>;

/** The one question to a person that is open on this machine: a sign-in is needed. */
export const PromptView = z.object({
  ssoSession: z.string(),
  startUrl: z.string(),
  profile: z.string().nullable(),
  accountId: z.string().nullable(),
  roleName: z.string().nullable(),
  reason: z.enum(['expired', 'requested']),
  sinceAt: EpochMs,
  /** How often it was raised; a shell notifies once for each new number. */
  count: z.number().int(),
  /** Not raised again before this instant: a person's wish. */
  snoozedUntil: EpochMs.nullable(),
});
export type PromptView = z.infer<typeof PromptView>;

/** A code from an MFA device is asked for, once, whichever shell answers. */
export const MfaView = z.object({
  id: z.string(),
  profile: z.string(),
  roleArn: z.string(),
  mfaSerial: z.string(),
  sinceAt: EpochMs,
  /** Why the last code was not taken. */
  problem: ErrorView.nullable(),
});
export type MfaView = z.infer<typeof MfaView>;

/** An SSO session is about to end for good; a shell notifies once for each stage. */
export const EndingView = z.object({
  ssoSession: z.string(),
  startUrl: z.string(),
  /** The earliest instant it may end at. */
  endsAt: EpochMs,
  /** Minutes before the end: `10`, then `1`. */
  stage: z.union([z.literal(10), z.literal(1)]),
});
export type EndingView = z.infer<typeof EndingView>;

/** `offline`: AWS cannot be reached. `captive`: something else answers in its place. */
export const NetworkView = z.object({
  state: z.enum(['online', 'offline', 'captive']),
  sinceAt: EpochMs,
});
export type NetworkView = z.infer<typeof NetworkView>;

/** What the product has put into the person's desktop, as it is on disk now. */
export const DesktopView = z.object({
  /** Whether the tray starts when the person logs in; null where this system has no such thing. */
  startAtLogin: z.boolean().nullable(),
  command: z.object({
    /** `ours`: there, and runs what is installed. `foreign`: another program has that place. `package`: a package installed it for everybody. */
    state: z.enum(['absent', 'ours', 'foreign', 'package']),
    /** Where it is, or would be put. */
    path: AbsolutePath,
    /** Whether the login shell looks in that folder. */
    onPath: z.boolean(),
  }),
});
export type DesktopView = z.infer<typeof DesktopView>;

/** The update of the product, as the tray (which alone updates) tells it. */
export const UpdateView = z.object({
  /** `held`: ready, and waits until no Claude session works. */
  state: z.enum(['none', 'checking', 'available', 'downloading', 'ready', 'held', 'failed']),
  version: z.string().max(64).nullable(),
  /** Of the download, 0 to 1. */
  progress: z.number().min(0).max(1).nullable(),
  checkedAt: EpochMs.nullable(),
  /** What somebody asked for, which the tray has not done yet. `installNow`: even while Claude works. */
  wish: z.enum(['check', 'download', 'install', 'installNow']).nullable(),
  problem: ErrorView.nullable(),
});
export type UpdateView = z.infer<typeof UpdateView>;

/** What a first run finds on this machine. Names and facts, never a value that could be a secret. */
export const SetupFindings = z.object({
  ssoSessions: z.array(z.object({ id: z.string(), startUrl: z.string(), region: z.string() })),
  /** Profiles that can be used as they are. */
  profiles: z.array(
    z.object({
      name: z.string(),
      kind: ProfileKind,
      accountId: z.string().nullable(),
      roleName: z.string().nullable(),
    }),
  ),
  /** By tool, how many profiles `import.list` offers. */
  imports: z.array(z.object({ tool: ImportTool, count: z.number().int() })),
  claude: ClaudeView.nullable(),
  awsCli: z.object({ path: AbsolutePath, version: z.string().nullable() }).nullable(),
  /** The person's own Claude Code settings file, and the names in it that concern Bedrock or AWS; null where there is none. */
  claudeSettings: z
    .object({
      file: AbsolutePath,
      names: z.array(z.string()),
      profile: z.string().nullable(),
      region: z.string().nullable(),
    })
    .nullable(),
  /** Names of AWS variables in the login shell's environment that would matter. */
  environment: z.array(z.string()),
});
export type SetupFindings = z.infer<typeof SetupFindings>;

/** Something the product wrote outside its own folder, that an uninstall offers to take back. */
export const Trace = z.object({
  id: z.enum([
    'claude-settings',
    'aws-config',
    'start-at-login',
    'command',
    'service',
    'keyring',
    'sign-in',
    'data',
  ]),
  /** The file, or the place where it is not one. */
  where: z.string(),
  /** Taken back by default; false for what a person may want to keep (profiles, sign-in, data). */
  byDefault: z.boolean(),
});
export type Trace = z.infer<typeof Trace>;

/** Everything that a shell shows, whole: sent again at each change (coalesced), so that no shell keeps state of its own. */
export const Snapshot = z.object({
  /** The agent's clock when this was made; shells count down from it. */
  at: EpochMs,
  agent: AgentView,
  ssoSessions: z.array(SsoSessionView),
  credentials: z.array(CredentialsView),
  environments: z.array(Environment),
  activeEnvironment: z.string().nullable(),
  sessions: z.array(SessionView),
  recentFolders: z.array(AbsolutePath),
  pinnedFolders: z.array(AbsolutePath),
  /** How the sessions page is arranged; sessions that no tab names stand in a tab of their own. */
  layout: z.array(LayoutTab),
  /** Rises when past conversations changed: ask for history.list again. `pending`: bytes of transcripts not indexed yet. */
  history: z.object({ revision: z.number().int(), pending: z.number().int() }),
  prompt: PromptView.nullable(),
  mfa: MfaView.nullable(),
  ending: EndingView.nullable(),
  network: NetworkView,
  /** AWS's clock minus this machine's, as last seen in an answer's Date; null while it is right or not known. */
  clockSkewMs: z.number().int().nullable(),
  settings: Settings,
  desktop: DesktopView,
  update: UpdateView,
  /** `revision` rises when usage changed: ask for usage.query again. `pending`: bytes of transcripts not read yet. */
  usage: z.object({
    revision: z.number().int(),
    pending: z.number().int(),
    budgets: z.array(BudgetView),
  }),
  /** Global keys of the settings that the tray could not get. */
  hotkeysTaken: z.array(z.enum(hotkeyNames)).optional(),
  /** Rises when ~/.aws files changed: ask for profiles.list again. */
  profilesRevision: z.number().int(),
  /** A malformed ~/.aws file, if so. */
  configProblem: ErrorView.nullable(),
  /** Why secrets that should be kept encrypted are in memory only (KeyringUnavailable). */
  keyringProblem: ErrorView.nullable().optional(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** Whether a session still has, or is about to have, a process. */
export function sessionIsOpen(session: Pick<SessionView, 'state'>): boolean {
  return session.state === 'waiting' || session.state === 'starting' || session.state === 'running';
}
