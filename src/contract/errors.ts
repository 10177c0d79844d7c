import * as z from 'zod';

/**
 * Every way in which a request can be refused. An error crosses a process as its code and parameters only;
 * words are chosen where it is shown (src/locales, namespace `errors`). Parameters never hold a secret.
 */
export const errorParams = {
  BadInput: z.object({ field: z.string(), reason: z.string() }),
  ProtocolMismatch: z.object({
    agentVersion: z.string(),
    agentProtocol: z.number(),
    clientProtocol: z.number(),
  }),
  AgentUnavailable: z.object({ reason: z.string() }),
  Forbidden: z.object({ procedure: z.string(), role: z.string() }),
  SignInNeeded: z.object({ ssoSession: z.string(), startUrl: z.string() }),
  SignInDenied: z.object({ ssoSession: z.string() }),
  SignInTimedOut: z.object({ ssoSession: z.string() }),
  SignInCancelled: z.object({ ssoSession: z.string() }),
  SignInFailed: z.object({ ssoSession: z.string(), reason: z.string() }),
  /** Another SSO session's sign-in is under way: there is one at a time on a machine. */
  SignInBusy: z.object({ ssoSession: z.string() }),
  /** A role asks for an MFA code, and nobody has given it yet. */
  MfaNeeded: z.object({ profile: z.string(), mfaSerial: z.string() }),
  MfaRefused: z.object({ mfaSerial: z.string(), reason: z.string() }),
  /** `reason`: what the command said on stderr, redacted, one line. */
  CommandFailed: z.object({ command: z.string(), reason: z.string() }),
  /** A source of credentials (not a sign-in of ours) gave none: what it is, and why. */
  SourceFailed: z.object({ profile: z.string(), source: z.string(), reason: z.string() }),
  /** Something answers in AWS's place: a captive portal or a proxy's page. */
  NotAws: z.object({ host: z.string() }),
  /** The other side's certificate proves nothing: `reason` is the code (an unknown authority, over, an unreadable AWS_CA_BUNDLE). */
  CertificateUntrusted: z.object({ host: z.string(), reason: z.string() }),
  StartUrlInvalid: z.object({ startUrl: z.string() }),
  /** AWS knows no access portal of that address. */
  StartUrlUnknown: z.object({ startUrl: z.string() }),
  RegionInvalid: z.object({ region: z.string() }),
  SsoSessionUnknown: z.object({ ssoSession: z.string() }),
  SsoSessionExists: z.object({ ssoSession: z.string() }),
  ProfileUnknown: z.object({ profile: z.string() }),
  ProfileExists: z.object({ profile: z.string() }),
  ProfileUnsupported: z.object({ profile: z.string(), reason: z.string() }),
  TemplateInvalid: z.object({ template: z.string(), reason: z.string() }),
  NothingToUndo: z.object({}),
  /** The file was changed by somebody else since: nothing is overwritten. */
  ConfigChanged: z.object({ file: z.string() }),
  ImportUnknown: z.object({ candidate: z.string() }),
  KeyringUnavailable: z.object({ reason: z.string() }),
  ConfigMalformed: z.object({ file: z.string(), line: z.number(), reason: z.string() }),
  EnvironmentUnknown: z.object({ environment: z.string() }),
  EnvironmentExists: z.object({ environment: z.string() }),
  EnvironmentMissing: z.object({}),
  AccessDenied: z.object({ accountId: z.string(), roleName: z.string() }),
  NetworkUnavailable: z.object({ host: z.string(), reason: z.string() }),
  Throttled: z.object({ service: z.string() }),
  ServiceFailed: z.object({ service: z.string(), reason: z.string() }),
  ClaudeNotInstalled: z.object({ searched: z.string() }),
  /** Older than sessions need (domain/sessions/claude-version): it would sign with other AWS identities than ours. */
  ClaudeTooOld: z.object({ path: z.string(), version: z.string(), needed: z.string() }),
  FolderMissing: z.object({ folder: z.string() }),
  /** It is there but is no folder, or may not be read: `reason` is the system's code. */
  FolderUnusable: z.object({ folder: z.string(), reason: z.string() }),
  SessionUnknown: z.object({ session: z.string() }),
  SessionEnded: z.object({ session: z.string() }),
  SessionNotResumable: z.object({ session: z.string(), reason: z.string() }),
  /** A permission question that was answered meanwhile, or that only the terminal can answer. */
  RequestUnknown: z.object({ session: z.string() }),
  ArgumentRefused: z.object({ argument: z.string() }),
  /** An option of Claude Code that goes on outside of the session. */
  ArgumentUnsupported: z.object({ argument: z.string() }),
  ConversationUnknown: z.object({ conversation: z.string() }),
  ConversationOpen: z.object({ conversation: z.string(), session: z.string() }),
  /** A Claude Code that is none of ours has it open. */
  ConversationOpenElsewhere: z.object({ conversation: z.string(), pid: z.number() }),
  TooManySessions: z.object({ limit: z.number() }),
  /** A link to a file that is not there. */
  FileMissing: z.object({ file: z.string() }),
  EditorMissing: z.object({}),
  TerminalMissing: z.object({}),
  SettingsMalformed: z.object({ file: z.string(), reason: z.string() }),
  /** What the person's settings say under these names would decide otherwise: an integration replaces it. */
  SettingsRival: z.object({ file: z.string(), names: z.string() }),
  /** An administrator's settings say something else under these names, and win. */
  SettingsManaged: z.object({ names: z.string() }),
  /** This system (or desktop) has no such thing: `what` is start-at-login, command or file-manager. */
  DesktopUnsupported: z.object({ what: z.string() }),
  /** A file that is not ours stands where ours would be; it is left as it is. */
  FileForeign: z.object({ file: z.string() }),
  /** Bedrock refused the model to this identity or region, or does not have it: `reason` is AWS's own word. */
  ModelRefused: z.object({ model: z.string(), reason: z.string() }),
  /** The environment allows answers from `geography` only, and this model's may come from elsewhere. */
  ModelLeavesGeography: z.object({ model: z.string(), geography: z.string(), environment: z.string() }),
  /** The environment's budget is spent, and it says that no further session is opened then. */
  BudgetReached: z.object({ environment: z.string(), usd: z.number(), period: z.string() }),
  /** A request that is charged, and nobody has said yes. */
  ChargeNotAgreed: z.object({ usd: z.number() }),
  /** The window has asked for so much that is charged, within a day: only a terminal may ask on. */
  ChargesReached: z.object({ usd: z.number() }),
  /** The doctor has not looked yet. */
  NothingChecked: z.object({}),
  /** No such document can be made: `reason` is `tooLarge`, `noModels` or `noRegions`. */
  PolicyImpossible: z.object({ kind: z.string(), reason: z.string() }),
  /** Two global keys would be the same one. */
  HotkeyTwice: z.object({ accelerator: z.string() }),
  /** `reason`: no tray, source, no feed, no https; deb, rpm, tar.gz, … with the address where the new version is. */
  UpdatesUnavailable: z.object({ reason: z.string() }),
  /** `reason`: the network's word, HTTP and its status, or the file that cannot be read. */
  UpdateFailed: z.object({ reason: z.string() }),
  /** What was announced or downloaded is not what the publisher signed. `what`: the file, SHA-512, or code signature. */
  UpdateNotAuthentic: z.object({ what: z.string() }),
  SocketInUse: z.object({ path: z.string() }),
  StorageFailed: z.object({ file: z.string(), reason: z.string() }),
  CommandNotFound: z.object({ command: z.string() }),
  Internal: z.object({ reference: z.string() }),
} as const;

export type ErrorCode = keyof typeof errorParams;
export type ErrorParams<C extends ErrorCode> = z.infer<(typeof errorParams)[C]>;
export const ErrorCode = z.enum(Object.keys(errorParams) as [ErrorCode, ...ErrorCode[]]);

/** An error as data: in snapshots, in events and in `--json` output. */
export const ErrorView = z.object({
  code: ErrorCode,
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type ErrorView = z.infer<typeof ErrorView>;

/** Exit codes of `bedrock-tray` (DESIGN: outside surface). */
export const exitCodes = { ok: 0, failed: 1, usage: 2, signInNeeded: 3, noAgent: 4 } as const;

/** The exit code that a shell ends with after an error. Mistakes in what was typed are usage errors. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'SignInNeeded':
    case 'MfaNeeded':
      return exitCodes.signInNeeded;
    case 'AgentUnavailable':
    case 'ProtocolMismatch':
    case 'SocketInUse':
      return exitCodes.noAgent;
    case 'BadInput':
    case 'StartUrlInvalid':
    case 'RegionInvalid':
    case 'SsoSessionUnknown':
    case 'SsoSessionExists':
    case 'ProfileUnknown':
    case 'ProfileExists':
    case 'EnvironmentUnknown':
    case 'EnvironmentExists':
    case 'SessionUnknown':
    case 'TemplateInvalid':
    case 'ImportUnknown':
    case 'FolderMissing':
    case 'FolderUnusable':
    case 'ArgumentRefused':
    case 'ArgumentUnsupported':
    case 'ConversationUnknown':
    case 'FileMissing':
      return exitCodes.usage;
    default:
      return exitCodes.failed;
  }
}

/** The one error class of the product: thrown in any room, carried over the wire by code and params. */
export class BedrockTrayError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly params: ErrorParams<C>;
  constructor(code: C, params: ErrorParams<C>, options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'BedrockTrayError';
    this.code = code;
    this.params = params;
  }
  /** The error as plain data. */
  view(): ErrorView {
    return { code: this.code, params: this.params as Record<string, string | number> };
  }
}

export function isBedrockTrayError(e: unknown): e is BedrockTrayError {
  return e instanceof BedrockTrayError;
}
