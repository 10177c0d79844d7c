import type { ModelPins } from '../../contract/bedrock.ts';
import type { IdentityMode, PermissionMode } from '../../contract/state.ts';
import { type KeptInGeography, modelVariablesOf } from '../bedrock/environment-models.ts';
import { quoteForSh, quoteForShell } from '../desktop/shell-quoting.ts';
import { launchHooks, withHooks } from './launch-hooks.ts';
import { otherProviders } from './other-providers.ts';

/**
 * How Claude Code is started on Bedrock, as pure data. One `--settings` file carries everything, because a settings
 * file's `env` block beats process variables, and `--settings` beats the person's own files
 * (docs/decisions/0013-identity-of-claude-sessions.md). Nothing in here is a secret of ours: credentials come from `exportCommand`.
 */
export interface LaunchInput {
  platform: string;
  /** Session id: what the credential export names. */
  id: string;
  region: string;
  model: string | null;
  smallFastModel: string | null;
  pins: ModelPins;
  /** What keeps it in its environment's geography; null where requests may be answered anywhere. */
  kept: KeptInGeography | null;
  identityMode: IdentityMode;
  /** ANTHROPIC_BEDROCK_BASE_URL, when not AWS's own address. */
  endpointUrl: string | null;
  /** The person's own environment: the caller's, or their login shell's. */
  personEnv: Readonly<Record<string, string>>;
  /** `env` of the person's own settings files, merged by their precedence. */
  personSettingsEnv: Readonly<Record<string, string>>;
  /** Null: Claude Code's own default or the person's settings. */
  permissionMode: PermissionMode | null;
  /** More folders that Claude may work in, absolute. */
  addDirs: readonly string[];
  /** What the person calls it. Null where they did not: Claude Code gives two sessions of one name another one. */
  name: string | null;
  /** What else the person wants passed to claude (domain/sessions/claude-arguments: without what stands above). */
  args: readonly string[];
  /** Content of a --settings that the person passed. */
  personSettings: Readonly<Record<string, unknown>> | null;
  /** Begins a conversation, goes on with one, or `args` say which it is. */
  conversation: { how: 'new' | 'resume'; id: string } | { how: 'own' };
  /** Command of the hand-out client without its `--format`. */
  exportCommand: readonly string[];
  /** Command of the relay for Claude Code's hooks, with socket and session. */
  hookCommand: readonly string[];
  /** Where the files of this session will lie. */
  files: { settings: string; restore: string; awsConfig: string; empty: string };
}

export interface LaunchPlan {
  args: string[];
  /** The whole environment of the process. */
  env: Record<string, string>;
  /** Content of files.settings. */
  settings: string;
  /** Content of files.restore: a shell script's lines; null where children get our identity. */
  restore: string | null;
  /** Content of files.awsConfig; null where it is not used. files.empty is then empty. */
  awsConfig: string | null;
}

/** The profile that `whole-session` puts into its own AWS config file. */
export const WHOLE_SESSION_PROFILE = 'bedrock-tray';

/** What would decide before our credentials: blank counts as unset, and beats a person's settings.json. */
const blanked = ['AWS_BEARER_TOKEN_BEDROCK', ...otherProviders] as const;

/** Other addresses and another region for some of the requests: as the session's environment has them, whatever a settings file says. */
const pinned = [
  'ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_BEDROCK',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
] as const;

/** Marks of a Claude Code around us, and of the terminal that a shell happened to run in: not the session's. */
const notInherited =
  /^(CLAUDECODE|CLAUDE_CODE_(CHILD_SESSION|ENTRYPOINT|SSE_PORT)|COLUMNS|LINES|TMUX|TMUX_PANE|STY|WINDOWID|TERM_PROGRAM|TERM_PROGRAM_VERSION|TERM_SESSION_ID|TERMINAL_EMULATOR|VTE_VERSION|WT_SESSION|WT_PROFILE_ID|ITERM_\w+|LC_TERMINAL|LC_TERMINAL_VERSION|KITTY_\w+|WEZTERM_\w+|ALACRITTY_\w+|GHOSTTY_\w+|KONSOLE_\w+|VSCODE_\w+|NODE_CHANNEL_FD|NODE_UNIQUE_ID)$/;

/** Credentials of the person's that would win over a profile in some SDK: gone in `whole-session`. */
const ambientIdentity = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const;
const ambientSources = [
  'AWS_DEFAULT_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
] as const;

/** What every program in a session's terminal starts from. */
export function terminalEnvironment(personEnv: Readonly<Record<string, string>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(personEnv)) if (!notInherited.test(name)) env[name] = value;
  env.TERM = 'xterm-256color';
  env.COLORTERM = 'truecolor';
  return env;
}

export function launchPlan(input: LaunchInput): LaunchPlan {
  const wholeSession = input.identityMode === 'whole-session';
  const settingsEnv = {
    ...bedrockEnv(input),
    ...(wholeSession ? wholeSessionEnv(input) : { CLAUDE_ENV_FILE: input.files.restore }),
  };
  const env = terminalEnvironment(input.personEnv);
  if (wholeSession) for (const name of [...ambientIdentity, ...ambientSources]) delete env[name];
  return {
    args: claudeArgs(input),
    env,
    settings: `${JSON.stringify(settingsFor(input, settingsEnv), null, 2)}\n`,
    restore: wholeSession ? null : restoreLines(input, Object.keys(settingsEnv)),
    awsConfig: wholeSession ? awsConfig(input) : null,
  };
}

/** A shell in place of Claude Code (demo without Claude Code): the same Bedrock environment, our identity. */
export function shellEnvironment(input: LaunchInput): { env: Record<string, string>; awsConfig: string } {
  const env = terminalEnvironment(input.personEnv);
  for (const name of [...ambientIdentity, ...ambientSources, ...blanked]) delete env[name];
  for (const [name, value] of Object.entries({ ...bedrockEnv(input), ...wholeSessionEnv(input) })) {
    if (value !== '') env[name] = value;
  }
  return { env, awsConfig: awsConfig(input) };
}

function bedrockEnv(input: LaunchInput): Record<string, string> {
  const env: Record<string, string> = {
    CLAUDE_CODE_USE_BEDROCK: '1',
    AWS_REGION: input.region,
    ANTHROPIC_BEDROCK_BASE_URL: input.endpointUrl ?? '',
    // Claude Code otherwise talks to its maker's own hosts, in a long wait for credentials too.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  for (const name of blanked) env[name] = '';
  for (const name of pinned) env[name] = input.personEnv[name] ?? '';
  return { ...env, ...modelVariablesOf(input), ...input.kept?.env };
}

function wholeSessionEnv(input: LaunchInput): Record<string, string> {
  const env: Record<string, string> = {
    AWS_PROFILE: WHOLE_SESSION_PROFILE,
    AWS_CONFIG_FILE: input.files.awsConfig,
    AWS_SHARED_CREDENTIALS_FILE: input.files.empty,
    AWS_DEFAULT_REGION: input.region,
  };
  for (const name of ambientIdentity) env[name] = '';
  return env;
}

function claudeArgs(input: LaunchInput): string[] {
  const { conversation, addDirs } = input;
  // First, where no prompt follows that it would take for a folder.
  const args = addDirs.length > 0 ? ['--add-dir', ...addDirs] : [];
  args.push('--settings', input.files.settings);
  if (conversation.how === 'new') args.push('--session-id', conversation.id);
  if (conversation.how === 'resume') args.push('--resume', conversation.id);
  const model = input.model ?? input.kept?.model ?? null;
  if (model !== null) args.push('--model', model);
  if (input.permissionMode !== null) args.push('--permission-mode', input.permissionMode);
  if (input.name !== null) args.push('--name', input.name);
  return [...args, ...input.args];
}

function settingsFor(input: LaunchInput, env: Record<string, string>): Record<string, unknown> {
  const person = input.personSettings ?? {};
  const ours = {
    awsCredentialExport: quoteForShell(exportCommand(input, 'claude'), input.platform),
    // A person's own refresh command would run against another identity, and block the start.
    awsAuthRefresh: '',
    preferredNotifChannel: 'notifications_disabled',
    ...(input.kept && {
      modelOverrides: { ...recordOf(person.modelOverrides), ...input.kept.modelOverrides },
    }),
    hooks: withHooks(recordOf(person.hooks), launchHooks(input.hookCommand, input.args)),
    env: { ...recordOf(person.env), ...env },
  };
  return { ...person, ...ours };
}

/**
 * Lines that give Claude's shell commands back what the person had under the names that we set. Claude Code runs
 * them before each command (CLAUDE_ENV_FILE), also where hooks are disabled, which a SessionStart hook would not
 * survive. A file that the person names there themselves follows.
 */
function restoreLines(input: LaunchInput, names: readonly string[]): string {
  const theirs = (name: string) => input.personSettingsEnv[name] ?? input.personEnv[name];
  const lines = names.map((name) => {
    const value = theirs(name);
    return value === undefined ? `unset ${name}` : `export ${name}=${quoteForSh(value)}`;
  });
  const file = theirs('CLAUDE_ENV_FILE');
  if (file) lines.push(`if [ -r ${quoteForSh(file)} ]; then . ${quoteForSh(file)}; fi`);
  return `${lines.join('\n')}\n`;
}

/**
 * The person's NODE_OPTIONS are for their own programs: one that our client cannot load (an editor's debugger, a file
 * that is not there) would make the export fail, and claude then signs with whatever AWS identity is around. Windows
 * has no `env`.
 */
function exportCommand(input: LaunchInput, format: 'claude' | 'process'): string[] {
  const clean = input.platform === 'win32' ? [] : ['/usr/bin/env', 'NODE_OPTIONS='];
  return [...clean, ...input.exportCommand, '--format', format];
}

function awsConfig(input: LaunchInput): string {
  const command = quoteForShell(exportCommand(input, 'process'), input.platform, 'double');
  return `[profile ${WHOLE_SESSION_PROFILE}]\nregion = ${input.region}\ncredential_process = ${command}\n`;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
