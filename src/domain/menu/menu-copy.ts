import { quoteForSh } from '../desktop/shell-quoting.ts';
import type { Overview } from '../overview.ts';
import { consoleLinkOf } from '../profiles/console-link.ts';
import { partitionOfRegion, permissionSetArnPattern } from '../profiles/partition.ts';
import { action, type MenuEntry } from './menu-entries.ts';
import type { MenuInput } from './menu-input.ts';
import { type Message, word } from './menu-words.ts';

type Platform = MenuInput['platform'];

/** `word` for a shell: quoted only where it must be. */
export function shellWord(text: string, platform: Platform): string {
  const quoted = quoteForSh(text);
  // PowerShell writes a quote in quotes twice.
  return platform === 'win32' && quoted !== text ? `'${text.replaceAll("'", "''")}'` : quoted;
}

/** The command that puts a profile's credentials into the environment of the shell it is typed in; no secret itself. */
export function exportCommand(profile: string, platform: Platform): string {
  const ask = (format: string): string =>
    `bedrock-tray export-credentials --profile ${shellWord(profile, platform)} --format ${format}`;
  return platform === 'win32'
    ? `${ask('powershell')} | Out-String | Invoke-Expression`
    : `eval "$(${ask('env')})"`;
}

/** The pattern that matches a permission set's role in IAM policies, in the partition of that region. */
export function roleArnPattern(accountId: string, roleName: string, region: string): string {
  return permissionSetArnPattern(partitionOfRegion(region), accountId, roleName);
}

/** The AWS console as the role in use, through the access portal: the browser's own portal session decides. */
export function consoleEntries({ credentials, ssoSession }: Overview): MenuEntry[] {
  const url = consoleLinkOf(credentials, ssoSession);
  return url === null ? [] : [action(word('openConsole'), { type: 'openConsole', url })];
}

const isPermissionSet = (credentials: Overview['credentials']): boolean =>
  credentials?.kind === 'sso' || credentials?.kind === 'sso-legacy';

/** Identifiers and commands; never a secret. */
export function copyEntries(view: Overview, platform: Platform): MenuEntry[] {
  const copy = (label: Message, text: string): MenuEntry => action(label, { type: 'copy', text });
  const { credentials, environment } = view;
  const entries: MenuEntry[] = [];
  const { accountId = null, roleName = null } = credentials ?? {};
  if (accountId !== null) entries.push(copy(word('copyAccountId'), accountId));
  // Only a permission set's role is known by this pattern; another role's path is not told.
  if (accountId !== null && roleName !== null && isPermissionSet(credentials)) {
    entries.push(copy(word('copyRoleArn'), roleArnPattern(accountId, roleName, environment?.region ?? '')));
  }
  if (environment) {
    entries.push(
      copy(word('copyExportCommand'), exportCommand(environment.profile, platform)),
      copy(word('copyClaudeCommand'), `bedrock-tray claude --env ${shellWord(environment.name, platform)}`),
    );
  }
  return entries.length === 0 ? [] : [{ kind: 'submenu', label: word('copy'), entries }];
}
