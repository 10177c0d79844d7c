/**
 * Where a profile's credentials come from, resolved through source_profile, as plain data without a secret. Static
 * keys and tokens are read by whoever uses them, when they are used.
 */
export type CredentialSource =
  /** A permission set, through an `[sso-session]` or a legacy profile. `ssoSession` as SsoSessionView.id. */
  | { kind: 'sso'; ssoSession: string; accountId: string; roleName: string }
  | AssumeRoleSource
  | {
      kind: 'web-identity';
      roleArn: string;
      tokenFile: string;
      sessionName: string | null;
      region: string | null;
    }
  /** credential_process, run without a shell. */
  | { kind: 'process'; command: string }
  /** `aws login`: the ARN or name in login_session; its cache is ~/.aws/login/cache. */
  | { kind: 'login'; loginSession: string; region: string | null }
  /** Keys in one of the two files, under `profile`. */
  | { kind: 'static'; profile: string }
  /** credential_source = Environment: the variables the agent was started with. */
  | { kind: 'environment' }
  /** awsCredentialExport and awsAuthRefresh of the person's own Claude Code settings; shell commands, as Claude runs them. */
  | { kind: 'claude-settings'; exportCommand: string | null; refreshCommand: string | null };

export interface AssumeRoleSource {
  kind: 'assume-role';
  roleArn: string;
  /** What signs the AssumeRole request. */
  source: CredentialSource;
  /** The profile `source` was found in; null for credential_source. */
  sourceProfile: string | null;
  externalId: string | null;
  mfaSerial: string | null;
  sessionName: string | null;
  durationSeconds: number | null;
  region: string | null;
}

/** The permission set at the root of a source, if that is what it hangs on. */
export function ssoRootOf(source: CredentialSource): Extract<CredentialSource, { kind: 'sso' }> | null {
  if (source.kind === 'assume-role') return ssoRootOf(source.source);
  return source.kind === 'sso' ? source : null;
}

/** The SSO session that a source hangs on, if any: its sign-in is what is missing when it gives nothing. */
export function ssoSessionOf(source: CredentialSource): string | null {
  switch (source.kind) {
    case 'sso':
      return source.ssoSession;
    case 'assume-role':
      return ssoSessionOf(source.source);
    default:
      return null;
  }
}
