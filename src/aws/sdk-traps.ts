import type { SdkTrap } from '../domain/profiles/profile-notes.ts';
import type { IniOption, IniSection } from './ini.ts';

/**
 * Places where AWS's JavaScript SDK (Claude Code's) reads a file differently from the AWS CLI: it takes `;` and `#`
 * after a space for comments, keys as they are written, `=` alone for a separator, one line for a value, and only
 * plain names. Nothing here changes what we read: that is always what the AWS CLI reads.
 */

/** Keys that decide about credentials or region; other keys are no concern of ours. */
const ours = new Set([
  'region',
  'role_arn',
  'source_profile',
  'credential_source',
  'external_id',
  'mfa_serial',
  'role_session_name',
  'duration_seconds',
  'web_identity_token_file',
  'credential_process',
  'login_session',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'sso_session',
  'sso_account_id',
  'sso_role_name',
  'sso_start_url',
  'sso_region',
  'sso_registration_scopes',
]);

const inlineComment = /\s[;#]/;
/** White space and line ends that Python and JavaScript do not agree about. */
const strange = /[\x1c-\x1f\x85\ufeff]/;

/** Whether the SDK takes the line for a header, and for one of a name that it knows. */
function headerTrap(section: IniSection, file: 'config' | 'credentials'): 'ok' | 'name' | 'no-header' {
  const line = (section.text.split(inlineComment)[0] ?? '').trim();
  if (!line.startsWith('[') || !line.endsWith(']')) return 'no-header';
  const inner = line.slice(1, -1);
  const typed = /^([\w-]+)\s(["']?)[\w@+.%:/-]+\2$/.exec(inner)?.[1];
  const known =
    file === 'credentials'
      ? typed === undefined
      : inner === 'default' || typed === 'profile' || typed === 'sso-session';
  return known && !/^(?:profile )?__proto__$/.test(inner) ? 'ok' : 'name';
}

const firstValue = (text: string) => {
  const line = text.split(inlineComment)[0] ?? '';
  return line.slice(line.indexOf('=') + 1).trim();
};

/** Nearly all lines: read alike by all. */
const plainLine = /^[a-z][a-z0-9_]* ?= ?(?![#;])[!-~]+$/;

function inLineOrder({ options }: IniSection): Iterable<[string, IniOption]> {
  for (const option of options.values()) {
    if (option.inherited) return [...options].sort(([, a], [, b]) => a.line - b.line);
  }
  return options;
}

function optionTraps(section: IniSection, codeOf: (code: SdkTrap['code'], key?: string) => void): void {
  /** The SDK files indented lines under the last key that had no value. */
  let under = false;
  const isSession = section.name.startsWith('sso-session');
  for (const [key, option] of inLineOrder(section)) {
    if (!option.inherited && option.end === option.line + 1 && plainLine.test(option.text)) {
      under = false;
      continue;
    }
    const concerns = ours.has(key) && (!isSession || key.startsWith('sso_'));
    const indented = /^\s/.test(option.text);
    if (option.inherited) {
      if (concerns) codeOf('SdkDefaultSection', key);
      continue;
    }
    if (!indented) under = false;
    else if (under && concerns) codeOf('SdkIndented', key);
    for (const code of lineTraps(key, option)) if (concerns || code === 'SdkContinued') codeOf(code, key);
    if (/=/.test(option.text.split(inlineComment)[0] ?? '') && firstValue(option.text) === '') under = true;
  }
}

function* lineTraps(key: string, option: IniOption): Generator<SdkTrap['code']> {
  const delimiter = option.text.search(/[=:]/);
  if (option.text[delimiter] === ':') yield 'SdkColon';
  else if (option.text.slice(0, delimiter).trim() !== key) yield 'SdkKeyCase';
  if (inlineComment.test(option.text.trim())) yield 'SdkComment';
  // A nested block (`s3 =`) is read alike.
  if (option.end > option.line + 1 && !option.value.startsWith('\n')) yield 'SdkContinued';
  if (strange.test(option.text)) yield 'SdkCharacters';
}

/** By name of section: what in it the SDK reads differently. */
export function sdkTraps(
  sections: readonly IniSection[],
  file: 'config' | 'credentials',
): Map<string, SdkTrap[]> {
  const found = new Map<string, SdkTrap[]>();
  const add = (section: IniSection, code: SdkTrap['code'], key = '') => {
    const list = found.get(section.name) ?? [];
    found.set(section.name, list);
    if (!list.some((t) => t.code === code && t.key === key)) {
      list.push({ code, section: `[${section.name}]`, key });
    }
  };
  for (const [index, section] of sections.entries()) {
    const header = headerTrap(section, file);
    if (header === 'name') add(section, 'SdkName');
    if (header === 'no-header') {
      add(section, 'SdkHeader');
      // Its lines go to the section above.
      const above = sections[index - 1];
      if (above) add(above, 'SdkHeader');
    }
    if (section.loneReturns || strange.test(section.text)) add(section, 'SdkCharacters');
    optionTraps(section, (code, key) => add(section, code, key));
  }
  return found;
}
