import { z } from 'zod';
import { ErrorView } from './errors.ts';
import { AbsolutePath, AccountId, EndpointUrl, EpochMs, ModelId, Region, SectionName } from './names.ts';
import { Settings } from './settings.ts';

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
});
export type SsoSessionView = z.infer<typeof SsoSessionView>;

export const CredentialsView = z.object({
  profile: z.string(),
  ssoSession: z.string(),
  accountId: z.string(),
  roleName: z.string(),
  state: CredentialsState,
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
});
export type Environment = z.infer<typeof Environment>;

export const ProfileView = z.object({
  name: z.string(),
  kind: z.enum(['sso', 'sso-legacy', 'other']),
  ssoSession: z.string().nullable(),
  accountId: z.string().nullable(),
  roleName: z.string().nullable(),
  region: z.string().nullable(),
  /** Why this profile cannot be used, if so. */
  problem: ErrorView.nullable(),
});
export type ProfileView = z.infer<typeof ProfileView>;

export const AccountView = z.object({ accountId: AccountId, name: z.string(), email: z.string() });
export type AccountView = z.infer<typeof AccountView>;
export const RoleView = z.object({ accountId: AccountId, roleName: z.string() });
export type RoleView = z.infer<typeof RoleView>;

/** `waiting`: a sign-in is needed before Claude can start. `lost`: the pty-host that held it is gone. */
export const SessionState = z.enum(['waiting', 'starting', 'running', 'exited', 'lost']);
export type SessionState = z.infer<typeof SessionState>;

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
});
export type SessionView = z.infer<typeof SessionView>;

export const ClaudeView = z.object({ path: AbsolutePath, version: z.string().nullable() });

export const AgentView = z.object({
  version: z.string(),
  protocol: z.number().int(),
  pid: z.number().int(),
  startedAt: EpochMs,
  home: AbsolutePath,
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
});
export type PromptView = z.infer<typeof PromptView>;

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
  prompt: PromptView.nullable(),
  settings: Settings,
  /** Rises when ~/.aws files changed: ask for profiles.list again. */
  profilesRevision: z.number().int(),
  /** A malformed ~/.aws file, if so. */
  configProblem: ErrorView.nullable(),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const ModelView = z.object({
  id: ModelId,
  name: z.string(),
  kind: z.enum(['inference-profile', 'foundation-model']),
});
export type ModelView = z.infer<typeof ModelView>;

/** Whether a session still has, or is about to have, a process. */
export function sessionIsOpen(session: Pick<SessionView, 'state'>): boolean {
  return session.state === 'waiting' || session.state === 'starting' || session.state === 'running';
}
