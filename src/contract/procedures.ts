import * as z from 'zod';
import { bedrockProcedures } from './bedrock-procedures.ts';
import { CostCap } from './cost-cap.ts';
import { ErrorView } from './errors.ts';
import {
  AbsolutePath,
  AccountId,
  Columns,
  ModelId,
  Region,
  RoleName,
  Rows,
  SectionName,
  SessionName,
  StartUrl,
} from './names.ts';
import { call, cli, everyone, type Procedure, shells, stream, trusted } from './procedure.ts';
import { hotkeyNames, Settings, SettingsPatch } from './settings.ts';
import {
  AccountView,
  AgentView,
  ConversationMatch,
  ConversationView,
  DesktopView,
  Environment,
  ImportCandidate,
  IntegrationFile,
  LayoutTab,
  PermissionMode,
  ProfileView,
  ProgramChoice,
  RoleView,
  SessionView,
  SetupFindings,
  SignInView,
  Snapshot,
  Trace,
  UpdateView,
} from './state.ts';

const None = z.object({}).strict();
const Nothing = z.object({});

const SessionWish = z
  .object({
    environment: SectionName.optional(),
    cwd: AbsolutePath,
    region: Region.optional(),
    model: ModelId.optional(),
    permissionMode: PermissionMode.optional(),
    /** What it is called in the list; default: the folder's name. */
    name: SessionName.optional(),
    /** More folders that Claude may work in. */
    addDirs: z.array(AbsolutePath).max(20).optional(),
    cap: CostCap.nullable().optional(),
    cols: Columns.default(80),
    rows: Rows.default(24),
  })
  .strict();

/**
 * Every procedure that crosses from a shell to the agent, with the roles that may call it. Inputs are strict and
 * are validated by the agent whatever the transport; any other role is refused with `Forbidden`.
 */
export const procedures = {
  'agent.info': call(everyone, None, AgentView),
  /** Ends the agent. `sessions`: `keep` leaves Claude sessions to the pty-host, `end` ends them and it. */
  'agent.stop': call(trusted, z.object({ sessions: z.enum(['keep', 'end']) }).strict(), Nothing),

  'state.get': call(shells, None, Snapshot),
  'state.watch': stream(shells, None, Snapshot),

  /** Starts a sign-in, or joins the one under way for that SSO session. One of `ssoSession` and `profile`, or neither for the active environment's. One at a time on a machine. Errors: SsoSessionUnknown, ProfileUnknown, SignInBusy, NetworkUnavailable, SignInFailed. */
  'signIn.start': call(
    shells,
    z
      .object({
        ssoSession: SectionName.optional(),
        profile: SectionName.optional(),
        flow: z.enum(['auto', 'pkce', 'device']).default('auto'),
        /** Whether the agent opens the browser; false where the shell shows the URL or opens it. */
        openBrowser: z.boolean().default(true),
        /** Sign out at the portal first, so that the SSO session gets its full length anew. Other tools have no sign-in until the new one; credentials handed out go on working. Errors: NetworkUnavailable (then nothing has changed); SignInBusy where one without it is under way for that SSO session, which can no longer begin with a logout. */
        renew: z.boolean().default(false),
      })
      .strict(),
    SignInView,
  ),
  /** Answers when that sign-in has ended. Errors: SignInDenied, SignInTimedOut, SignInCancelled, SignInFailed. */
  'signIn.wait': call(
    shells,
    z.object({ id: z.string() }).strict(),
    z.object({ ssoSession: z.string(), expiresAt: z.number() }),
  ),
  'signIn.cancel': call(shells, z.object({ id: z.string() }).strict(), Nothing),
  /** Not to be asked again before so many minutes have passed. */
  'prompt.snooze': call(
    shells,
    z.object({ minutes: z.union([z.literal(5), z.literal(15), z.literal(60), z.literal(240)]) }).strict(),
    Nothing,
  ),
  /** What the desktop knows of the network: whether there is one, and the system's proxy for AWS as Chromium's `resolveProxy` answers (`PROXY host:3128; DIRECT`); null where it does not know, which ends what it told before. Told again at each change; when whoever told it has gone, a direct connection is tried where its proxy cannot be reached. */
  'network.report': call(
    ['tray'],
    z.object({ online: z.boolean().nullable(), proxyRules: z.string().max(2_000).nullable() }).strict(),
    Nothing,
  ),
  /** Whether somebody is there, as the desktop (tray) or an interactive command (cli) knows it; null where it does not. Told again at least each minute while it holds: what is older than 2 min counts no more. */
  'presence.report': call(
    trusted,
    z
      .object({
        /** Since the last input of a person. */
        idleMs: z.number().int().nonnegative().nullable(),
        locked: z.boolean().nullable(),
        /** About to sleep (true), or awake again (false). */
        suspended: z.boolean().optional(),
      })
      .strict(),
    Nothing,
  ),
  /** The code for `Snapshot.mfa`; answers when AWS has taken it. Whichever shell is first answers for all. Errors: MfaRefused (the question stays open), BadInput where nothing of that id is asked, NetworkUnavailable. */
  'mfa.answer': call(
    shells,
    z.object({ id: z.string(), code: z.string().regex(/^\d{6,8}$/) }).strict(),
    Nothing,
  ),
  /** Wants a profile's credentials, so that the code which they need is asked for. Nothing is handed out. Errors: as export-credentials, without MfaNeeded. */
  'mfa.ask': call(shells, z.object({ profile: SectionName }).strict(), Nothing),
  /** Nobody has a code now: the question goes, and comes back when credentials are wanted again. */
  'mfa.cancel': call(shells, z.object({ id: z.string() }).strict(), Nothing),
  /** Browsers found on this machine, and their profiles: choices for `settings.signInBrowsers`. */
  'browsers.list': call(
    shells,
    None,
    z.object({
      browsers: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          profiles: z.array(z.object({ id: z.string(), name: z.string() })),
        }),
      ),
    }),
  ),
  /** Portal logout, cache files and memory, as `aws sso logout` (one SSO session, or all). */
  signOut: call(
    shells,
    z.object({ ssoSession: SectionName.optional() }).strict(),
    z.object({ signedOut: z.array(z.string()) }),
  ),

  'profiles.list': call(shells, None, z.object({ profiles: z.array(ProfileView) })),
  'profiles.create': call(
    shells,
    z
      .object({
        name: SectionName,
        ssoSession: SectionName,
        accountId: AccountId,
        roleName: RoleName,
        region: Region.optional(),
      })
      .strict(),
    ProfileView,
  ),
  /** Profiles for many roles in one write: all or nothing. Names come from the template (`{account}`, `{accountId}`, `{role}`). Errors: TemplateInvalid, SsoSessionUnknown, ConfigMalformed, StorageFailed. */
  'profiles.createMany': call(
    shells,
    z
      .object({
        ssoSession: SectionName,
        template: z.string().min(1).max(200),
        region: Region.optional(),
        roles: z
          .array(
            z
              .object({
                accountId: AccountId,
                accountName: z.string().max(200).optional(),
                roleName: RoleName,
              })
              .strict(),
          )
          .min(1)
          .max(2_000),
      })
      .strict(),
    z.object({ profiles: z.array(ProfileView) }),
  ),
  /** `change` names what was written, for `config.undo`; null where the section was there already. */
  'ssoSessions.create': call(
    shells,
    z.object({ name: SectionName, startUrl: StartUrl, region: Region }).strict(),
    z.object({ change: z.string().nullable() }),
  ),
  /** Takes back the last change that was made to ~/.aws/config here (with `change`: only if it was that one). Errors: NothingToUndo, ConfigChanged, StorageFailed. */
  'config.undo': call(
    shells,
    z.object({ change: z.string().max(64).optional() }).strict(),
    z.object({ file: z.string() }),
  ),
  /** What other tools left that can be taken over. `writes` is the very text. A `convert` changes the profile itself, an `add` stands beside it. */
  'import.list': call(
    shells,
    None,
    z.object({
      candidates: z.array(ImportCandidate),
    }),
  ),
  /** Errors: ImportUnknown, ConfigMalformed, StorageFailed, and the candidate's own problem. All or nothing. */
  'import.apply': call(
    shells,
    z.object({ ids: z.array(z.string().max(400)).min(1).max(2_000) }).strict(),
    z.object({ profiles: z.array(z.string()) }),
  ),
  'accounts.list': call(
    shells,
    z.object({ ssoSession: SectionName }).strict(),
    z.object({ accounts: z.array(AccountView) }),
  ),
  'roles.list': call(
    shells,
    z.object({ ssoSession: SectionName, accountId: AccountId }).strict(),
    z.object({ roles: z.array(RoleView) }),
  ),

  /** A `page` may not choose an `endpointUrl` (Forbidden): where Bedrock requests go. */
  'environments.create': call(shells, Environment.strict(), Environment),
  'environments.update': call(shells, Environment.strict(), Environment),
  'environments.use': call(shells, z.object({ name: SectionName }).strict(), Nothing),
  'environments.delete': call(shells, z.object({ name: SectionName }).strict(), Nothing),

  ...bedrockProcedures,

  /** A container credentials endpoint for one consumer (`bedrock-tray exec`): the answer holds a bearer token. Closed with the connection that opened it. */
  'endpoint.open': call(
    cli,
    z.object({ profile: SectionName }).strict(),
    z.object({ url: z.string(), token: z.string(), region: z.string().nullable() }),
  ),

  'sessions.list': call(shells, None, z.object({ sessions: z.array(SessionView) })),
  /** Opens Claude Code. `args`: only harmless ones (src/domain/sessions/claude-arguments). Errors: FolderMissing, EnvironmentMissing, EnvironmentUnknown, ClaudeNotInstalled, ProfileUnknown, ArgumentRefused. */
  'sessions.open': call(
    shells,
    SessionWish.extend({ args: z.array(z.string().max(32_768)).max(64).optional() }).strict(),
    SessionView,
  ),
  /** The same with what only a terminal may decide: the caller's environment (never logged), a profile instead of an environment, arguments for claude. */
  'sessions.openWith': call(
    cli,
    SessionWish.extend({
      profile: SectionName.optional(),
      args: z.array(z.string().max(32_768)).max(256),
      env: z.record(z.string(), z.string()),
    }).strict(),
    SessionView,
  ),
  /** A one-time ticket for a terminal connection to the pty-host (pty-protocol.ts). */
  'sessions.attach': call(
    shells,
    z.object({ id: z.uuid() }).strict(),
    z.object({ ticket: z.string(), socket: z.string() }),
  ),
  'sessions.kill': call(shells, z.object({ id: z.uuid() }).strict(), Nothing),
  /** Opens an exited or lost session's conversation again. */
  'sessions.resume': call(
    shells,
    z.object({ id: z.uuid(), cols: Columns.default(80), rows: Rows.default(24) }).strict(),
    SessionView,
  ),
  /** Forgets an exited or lost session. */
  'sessions.remove': call(shells, z.object({ id: z.uuid() }).strict(), Nothing),

  /** Name, pin and cost cap of a session. */
  'sessions.update': call(
    shells,
    z
      .object({
        id: z.uuid(),
        name: SessionName.optional(),
        pinned: z.boolean().optional(),
        cap: CostCap.nullable().optional(),
      })
      .strict(),
    SessionView,
  ),
  /** The order of the list; sessions that are not named keep theirs behind these. */
  'sessions.reorder': call(shells, z.object({ ids: z.array(z.uuid()).max(1_000) }).strict(), Nothing),
  /** The sessions that this connection's focused screen shows now: they are seen, and nobody is notified of them. Holds until the next call or the connection's end. */
  'sessions.look': call(shells, z.object({ ids: z.array(z.uuid()).max(64) }).strict(), Nothing),
  /** Answers a permission question of Claude Code once. Errors: SessionUnknown, RequestUnknown. */
  'sessions.answer': call(
    shells,
    z.object({ id: z.uuid(), request: z.string().max(100), decision: z.enum(['allow', 'deny']) }).strict(),
    Nothing,
  ),
  /** Shows a session in the person's own terminal (`terminals.list`; default: the setting's). Errors: SessionUnknown, SessionEnded, TerminalMissing. */
  'sessions.showInTerminal': call(
    shells,
    z.object({ id: z.uuid(), terminal: z.string().max(64).optional() }).strict(),
    Nothing,
  ),
  'terminals.list': call(shells, None, z.object({ terminals: z.array(ProgramChoice) })),
  'editors.list': call(shells, None, z.object({ editors: z.array(ProgramChoice) })),
  /** Which of these texts, as a session's terminal shows them, name files that are there (relative to its folder). At most 200. */
  'files.resolve': call(
    shells,
    z.object({ session: z.uuid(), paths: z.array(z.string().max(4_096)).max(200) }).strict(),
    z.object({ files: z.array(AbsolutePath.nullable()) }),
  ),
  /** Opens a file in the person's editor. Errors: SessionUnknown, FileMissing, EditorMissing. */
  'files.open': call(
    shells,
    z
      .object({
        session: z.uuid(),
        path: z.string().min(1).max(4_096),
        line: z.number().int().min(1).optional(),
        column: z.number().int().min(1).optional(),
      })
      .strict(),
    Nothing,
  ),
  'folders.pin': call(shells, z.object({ folder: AbsolutePath, pinned: z.boolean() }).strict(), Nothing),
  'layout.set': call(shells, z.object({ tabs: z.array(LayoutTab).max(200) }).strict(), Nothing),

  /**
   * Past conversations, newest first, or those that contain all words of `query` (two Chinese characters are a word). A
   * `query` that is a conversation's id finds that one.
   */
  'history.list': call(
    shells,
    z
      .object({
        query: z.string().max(200).optional(),
        cwd: AbsolutePath.optional(),
        /** Only those that Claude Code deletes within a week. */
        endingSoon: z.boolean().optional(),
        before: z.number().optional(),
        limit: z.number().int().min(1).max(200).default(50),
      })
      .strict(),
    z.object({ conversations: z.array(ConversationView), more: z.boolean() }),
  ),
  /** Where a conversation contains a text, in its order. */
  'history.find': call(
    shells,
    z.object({ conversation: z.uuid(), text: z.string().min(1).max(200) }).strict(),
    z.object({ matches: z.array(ConversationMatch), more: z.boolean() }),
  ),
  /** What was said in a conversation, from a place on (`next` of the answer before); about 256 KiB at a time. Errors: ConversationUnknown. */
  'history.read': call(
    shells,
    z.object({ conversation: z.uuid(), from: z.number().int().nonnegative().default(0) }).strict(),
    z.object({
      messages: z.array(ConversationMatch.omit({ matches: true })),
      next: z.number().int().nullable(),
    }),
  ),
  /** Opens a past conversation in its folder. Errors: ConversationUnknown, ConversationOpen, and those of sessions.open. */
  'history.resume': call(
    shells,
    z
      .object({
        conversation: z.uuid(),
        environment: SectionName.optional(),
        cols: Columns.default(80),
        rows: Rows.default(24),
      })
      .strict(),
    SessionView,
  ),

  /** What would be written into ~/.claude/settings.json and ~/.aws/config so that plain `claude`, editors and other terminals use an environment (default: the active one). `digest` names this very preview. */
  'integration.preview': call(
    shells,
    z.object({ environment: SectionName.optional() }).strict(),
    z.object({ digest: z.string(), files: z.array(IntegrationFile) }),
  ),
  /** Writes exactly what was previewed. Errors: ConfigChanged where a file is not as it was, SettingsMalformed, ConfigMalformed, StorageFailed. */
  'integration.apply': call(
    shells,
    z.object({ environment: SectionName.optional(), digest: z.string().max(128) }).strict(),
    z.object({ files: z.array(z.string()) }),
  ),
  /** Takes the integration back, byte for byte where nobody changed the files since, else only what is ours. Errors: NothingToUndo, StorageFailed. */
  'integration.undo': call(shells, None, z.object({ files: z.array(z.string()) })),

  /** What there is already on this machine, for a first run's proposals. */
  'setup.find': call(shells, None, SetupFindings),
  /** The region of an access portal, where AWS tells it from the start URL; null where it does not. `startUrl`: the portal's own, where the given one (a company's address) only leads to it. Errors: StartUrlInvalid, StartUrlUnknown, NetworkUnavailable, NotAws, CertificateUntrusted. */
  'setup.region': call(
    shells,
    z.object({ startUrl: StartUrl }).strict(),
    z.object({ region: Region.nullable(), startUrl: StartUrl.optional() }),
  ),

  /** Start at login, and the command on the PATH. Errors: DesktopUnsupported, FileForeign, StorageFailed. */
  'desktop.set': call(
    shells,
    z.object({ startAtLogin: z.boolean().optional(), command: z.boolean().optional() }).strict(),
    DesktopView,
  ),
  /** Shows one of our own folders in the person's file manager. Errors: DesktopUnsupported. */
  'desktop.show': call(shells, z.object({ folder: z.enum(['data', 'logs']) }).strict(), Nothing),
  /** The tray tells how its update stands; what it tells answers the wish. */
  'update.report': call(['tray'], UpdateView.omit({ wish: true }).strict(), Nothing),
  /** Asks the tray to look for an update, download or install it. `install` while Claude works is held unless `now`. Errors: UpdatesUnavailable (no tray, or not a package that updates itself). */
  'update.wish': call(
    shells,
    z.object({ wish: z.enum(['check', 'download', 'install']), now: z.boolean().default(false) }).strict(),
    Nothing,
  ),
  /** The tray tells which global keys it could not get: another program has them, or the desktop allows none. Holds until it tells again or goes. */
  'hotkeys.report': call(
    ['tray'],
    z.object({ taken: z.array(z.enum(hotkeyNames)).max(hotkeyNames.length) }).strict(),
    Nothing,
  ),
  /** A bundle for a ticket: logs, versions, settings, checks; no secret, and account numbers masked where wanted. The file that was written (0600). Errors: FolderMissing, StorageFailed. */
  'support.bundle': call(
    shells,
    z.object({ maskAccounts: z.boolean().default(true) }).strict(),
    z.object({ file: AbsolutePath, bytes: z.number().int() }),
  ),
  /** What the product wrote outside its own folder and could take back. */
  'traces.list': call(trusted, None, z.object({ traces: z.array(Trace) })),
  /** Takes these back; what could not be is answered with its reason, and the rest is done. */
  'traces.remove': call(
    trusted,
    z.object({ ids: z.array(Trace.shape.id).min(1) }).strict(),
    z.object({
      removed: z.array(Trace.shape.id),
      failed: z.array(z.object({ id: Trace.shape.id, problem: ErrorView })),
    }),
  ),

  'settings.get': call(shells, None, Settings),
  /** A `page` may not choose a `claudePath` (Forbidden): which program is run. It may take one away. Errors: HotkeyTwice. */
  'settings.set': call(shells, SettingsPatch, Settings),

  /** Opens the browser page's loopback server if needed and answers a URL with a one-time ticket. */
  'page.open': call(trusted, None, z.object({ url: z.string() })),
} as const satisfies Record<string, Procedure>;

export type Procedures = typeof procedures;
export type ProcedureName = keyof Procedures;
/** What a caller passes. */
export type ProcedureInput<N extends ProcedureName> = z.input<Procedures[N]['input']>;
/** What the agent's implementation receives (defaults filled in). */
export type ProcedureArguments<N extends ProcedureName> = z.output<Procedures[N]['input']>;
export type ProcedureOutput<N extends ProcedureName> = z.output<Procedures[N]['output']>;
export type CallName = {
  [N in ProcedureName]: Procedures[N]['kind'] extends 'call' ? N : never;
}[ProcedureName];
export type StreamName = Exclude<ProcedureName, CallName>;
