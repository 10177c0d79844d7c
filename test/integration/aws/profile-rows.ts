/** The table that files-as-botocore-profiles.test.ts holds before the referees. */
export interface ProfileRow {
  readonly name: string;
  readonly config: string;
  readonly credentials?: string;
  /** Default `p`. */
  readonly profile?: string;
  readonly kind: string | undefined;
  /** Our reason for refusing it; undefined where it can be used. */
  readonly refused?: string;
  /** Codes of all its notes. */
  readonly notes?: readonly string[];
  /**
   * Where our verdict is another than a referee's, and why that is right. `at: 'call'`: they refuse as well, but only
   * when the credentials are used (`ends`: the error then).
   */
  readonly differs?: { readonly who?: 'botocore' | 'cli'; readonly why: string } & (
    | { readonly at: 'call'; readonly ends: RegExp }
    | { readonly at?: undefined; readonly ours: object; readonly theirs: object }
  );
}

const role = (name: string) => `role_arn = arn:aws:iam::111122223333:role/${name}\n`;
const keys = (id = 'AKIASTATIC') => `aws_access_key_id = ${id}\naws_secret_access_key = secret\n`;
const here = 'region = us-east-1\n';
const base = `[profile base]\n${here}${keys('AKIABASE')}`;
const corp = '[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n';
const permissionSet = 'sso_account_id = 111122223333\nsso_role_name = Dev\n';
const sso = `sso_session = corp\n${permissionSet}`;
const legacy = `sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n${permissionSet}`;
const command = `credential_process = echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}'\n`;
const token = 'web_identity_token_file = /run/token\n';
const login = 'login_session = arn:aws:sts::111122223333:assumed-role/Admin/me\n';

const oldCli = (why: string) => ({ who: 'cli' as const, why: `The AWS CLI 2.9 ${why}` });

export const profileRows: readonly ProfileRow[] = [
  // Each kind by itself.
  { name: 'an sso-session', config: `${corp}[profile p]\n${sso}${here}`, kind: 'sso' },
  {
    name: 'a legacy SSO profile',
    config: `[profile p]\n${legacy}${here}`,
    kind: 'sso-legacy',
    notes: ['NoRefresh'],
  },
  {
    name: 'a role with a source profile',
    config: `${base}[profile p]\n${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'a role with all its options',
    config: `${base}[profile p]\n${role('path/R')}source_profile = base\nexternal_id = x y\nmfa_serial = arn:aws:iam::111122223333:mfa/me\nrole_session_name = me\nduration_seconds = 7200\n${here}`,
    kind: 'assume-role',
    notes: ['MfaNeeded', 'StaticKeys'],
  },
  {
    name: 'a role from the environment',
    config: `[profile p]\n${role('R')}credential_source = Environment\n${here}`,
    kind: 'assume-role',
    notes: ['FromEnvironment'],
  },
  {
    name: 'web identity',
    config: `[profile p]\n${role('R')}${token}role_session_name = me\n${here}`,
    kind: 'web-identity',
  },
  { name: 'a credential_process', config: `[profile p]\n${command}${here}`, kind: 'process' },
  {
    name: 'an aws login session',
    config: `[profile p]\n${login}${here}`,
    kind: 'login',
    notes: ['LoginSession'],
    differs: {
      ...oldCli('knows no login_session (2.32 does): it finds no credentials.'),
      ours: { kind: 'login' },
      theirs: { error: 'NoCredentials' },
    },
  },
  {
    name: 'keys of the credentials file',
    config: `[profile p]\n${here}`,
    credentials: `[p]\n${keys()}`,
    kind: 'static',
    notes: ['StaticKeys'],
  },
  {
    name: 'keys of the config file',
    config: `[profile p]\n${keys()}${here}`,
    kind: 'static',
    notes: ['StaticKeys'],
  },
  {
    name: 'keys with a session token',
    config: `[profile p]\n${here}`,
    credentials: `[p]\n${keys('ASIASTATIC')}aws_session_token = t\n`,
    kind: 'static',
    notes: ['TemporaryKeys'],
  },
  {
    name: 'a profile of the credentials file alone',
    config: '',
    credentials: `[p]\n${keys()}`,
    kind: 'static',
    notes: ['RegionMissing', 'StaticKeys'],
  },
  {
    name: 'what “aws configure” writes',
    config: '[default]\nregion = us-east-1\noutput = json\n',
    credentials: `[default]\n${keys()}`,
    profile: 'default',
    kind: 'static',
    notes: ['DefaultBeatsContainer', 'StaticKeys'],
  },
  {
    name: 'a section without credentials',
    config: `[profile p]\n${here}`,
    kind: 'none',
    refused: 'no credentials in this section',
  },
  { name: 'no such profile', config: base, kind: undefined, refused: 'ProfileUnknown' },

  // SSO.
  {
    name: 'an sso-session that is not there',
    config: `[profile p]\n${sso}`,
    kind: 'sso',
    refused: 'no [sso-session corp]',
  },
  {
    name: 'the same value in profile and sso-session',
    config: `${corp}[profile p]\n${sso}sso_region = us-east-1\n${here}`,
    kind: 'sso',
  },
  {
    name: 'another value in profile and sso-session',
    config: `${corp}[profile p]\n${sso}sso_region = eu-west-1\n`,
    kind: 'sso',
    refused: 'another sso_region than in [sso-session corp]',
  },
  {
    name: 'an sso-session without region',
    config: `[sso-session corp]\nsso_start_url = https://x/start\n[profile p]\n${sso}`,
    kind: 'sso',
    refused: 'no sso_region in [sso-session corp]',
  },
  {
    name: 'an sso-session whose region stands in the profile',
    config: `[sso-session corp]\nsso_start_url = https://x/start\n[profile p]\n${sso}sso_region = us-east-1\n${here}`,
    kind: 'sso',
    refused: 'no sso_region in [sso-session corp]',
    differs: {
      why: 'The token of an SSO session needs its region in the session: botocore finds out when it loads the token.',
      at: 'call',
      ends: /InvalidConfigError/,
    },
  },
  {
    name: 'account and role in the sso-session',
    config: `${corp}sso_account_id = 111122223333\nsso_role_name = Dev\n[profile p]\nsso_session = corp\nsso_role_name = Dev\n${here}`,
    kind: 'sso',
  },
  {
    name: 'SSO without account',
    config: `${corp}[profile p]\nsso_session = corp\nsso_role_name = Dev\n`,
    kind: 'sso',
    refused: 'no sso_account_id',
  },
  {
    name: 'SSO without role',
    config: `${corp}[profile p]\nsso_session = corp\nsso_account_id = 111122223333\n`,
    kind: 'sso',
    refused: 'no sso_role_name',
  },
  {
    name: 'an SSO session for its token alone',
    config: `${corp}[profile p]\nsso_session = corp\n${here}`,
    kind: 'sso',
    refused: 'no sso_account_id',
  },
  {
    name: 'an SSO session for its token, beside keys',
    config: `${corp}[profile p]\nsso_session = corp\n${keys()}${here}`,
    kind: 'static',
    notes: ['StaticKeys'],
  },
  {
    name: 'a role that takes the legacy sign-in of its own profile, where half a key stands too',
    config: `[profile p]\n${role('R')}source_profile = p\naws_access_key_id = AKIAHALF\n${legacy}${here}`,
    kind: 'assume-role',
    notes: ['KindsIgnored', 'NoRefresh'],
  },
  {
    name: 'legacy SSO without region',
    config: `[profile p]\nsso_start_url = https://x/start\n${permissionSet}`,
    kind: 'sso-legacy',
    refused: 'no sso_region',
  },
  {
    name: 'an account id that is none',
    config: `${corp}[profile p]\nsso_session = corp\nsso_account_id = 1111\nsso_role_name = Dev\n${here}`,
    kind: 'sso',
    refused: 'sso_account_id is not twelve digits',
    differs: {
      why: 'AWS accounts have twelve digits: we say so at once, they ask the access portal, which refuses.',
      at: 'call',
      ends: /SSOTokenLoadError|InvalidConfigError/,
    },
  },
  {
    name: 'a start URL that is none',
    config: `[sso-session corp]\nsso_start_url = corp\nsso_region = us-east-1\n[profile p]\n${sso}${here}`,
    kind: 'sso',
    refused: 'sso_start_url is no address',
    differs: {
      why: 'Nobody can sign in at what is no address: we say so at once, they when a token is wanted.',
      at: 'call',
      ends: /SSOTokenLoadError|InvalidConfigError/,
    },
  },

  // Which kind wins in one section.
  {
    name: 'SSO beats keys of the credentials file',
    config: `${corp}[profile p]\n${sso}${here}`,
    credentials: `[p]\n${keys()}`,
    kind: 'sso',
    notes: ['KindsIgnored', 'SdkOtherSource'],
  },
  {
    name: 'a role beats SSO',
    config: `${corp}${base}[profile p]\n${sso}${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
    notes: ['KindsIgnored', 'StaticKeys'],
  },
  {
    name: 'web identity beats a role',
    config: `${base}[profile p]\n${token}${role('R')}source_profile = base\n${here}`,
    kind: 'web-identity',
    notes: ['SdkOtherSource'],
  },
  {
    name: 'web identity beats SSO and keys',
    config: `${corp}[profile p]\n${sso}${token}${role('R')}${keys()}${here}`,
    kind: 'web-identity',
    notes: ['KindsIgnored', 'SdkOtherSource'],
  },
  {
    name: 'an empty web identity hides the role',
    config: `${base}[profile p]\nweb_identity_token_file =\n${role('R')}source_profile = base\n${command}${here}`,
    kind: 'process',
    notes: ['KindsIgnored', 'SdkOtherSource'],
  },
  {
    name: 'web identity without role',
    config: `[profile p]\n${token}${here}`,
    kind: 'web-identity',
    refused: 'web_identity_token_file without role_arn',
  },
  {
    name: 'keys of the credentials file beat a process',
    config: `[profile p]\n${command}${here}`,
    credentials: `[p]\n${keys()}`,
    kind: 'static',
    notes: ['KindsIgnored', 'StaticKeys'],
  },
  {
    name: 'a process beats keys of the config file',
    config: `[profile p]\n${command}${keys()}${here}`,
    kind: 'process',
    notes: ['KindsIgnored', 'SdkOtherSource'],
  },
  {
    name: 'a process beats nothing but keys of the config file: aws login comes before it',
    config: `[profile p]\n${command}${login}${here}`,
    kind: 'login',
    notes: ['KindsIgnored', 'LoginSession', 'SdkOtherSource'],
    differs: {
      ...oldCli('knows no login_session, so it takes the process; 2.32 and botocore 1.43 take the session.'),
      ours: { kind: 'login' },
      theirs: { kind: 'process' },
    },
  },
  {
    name: 'keys in both files: the credentials file wins',
    config: `[profile p]\n${keys('AKIACONFIG')}${here}`,
    credentials: `[p]\n${keys('AKIACREDENTIALS')}`,
    kind: 'static',
    notes: ['CredentialsFileWins', 'StaticKeys'],
  },
  {
    name: 'a region in both files: the credentials file wins',
    config: `[profile p]\n${here}`,
    credentials: `[p]\nregion = eu-west-1\n${keys()}`,
    kind: 'static',
    notes: ['CredentialsFileWins', 'StaticKeys'],
  },
  {
    name: 'half a pair of keys in the credentials file',
    config: `[profile p]\n${keys()}${here}`,
    credentials: '[p]\naws_access_key_id = AKIAHALF\n',
    kind: 'static',
    refused: 'no aws_secret_access_key',
    notes: ['CredentialsFileWins'],
  },
  {
    name: 'a pair of keys divided between the files',
    config: '[profile p]\naws_access_key_id = AKIAHALF\n',
    credentials: '[p]\naws_secret_access_key = secret\n',
    kind: 'static',
    refused: 'no aws_secret_access_key',
  },
  {
    name: 'keys that are empty',
    config: `[profile p]\naws_access_key_id =\naws_secret_access_key =\n${here}`,
    kind: 'static',
    refused: 'no aws_access_key_id',
    differs: {
      why: 'Empty keys sign nothing: we refuse them, botocore hands out two empty texts and AWS refuses those.',
      ours: { error: 'ProfileUnsupported' },
      theirs: { kind: 'static', accessKeyId: '' },
    },
  },
  {
    name: 'a process without command',
    config: `[profile p]\ncredential_process =\n${here}`,
    kind: 'process',
    refused: 'credential_process is empty',
  },
  {
    name: 'a process that asks for this very profile',
    config: `[profile p]\ncredential_process = echo '{"Version": 1, "AccessKeyId": "AKIASELF", "SecretAccessKey": "bedrock-tray export-credentials --profile p "}'\n`,
    kind: 'process',
    refused: 'credential_process asks Bedrock Tray for this same profile',
    differs: {
      why: 'Others may run it; we would ask ourselves, who would run it again, without end.',
      ours: { error: 'ProfileUnsupported' },
      theirs: { kind: 'process' },
    },
  },
  {
    name: 'a process with signs of a shell',
    config: `[profile p]\ncredential_process = echo '{"Version": 1, "AccessKeyId": "AKIASHELL", "SecretAccessKey": "$HOME | x"}'\n${here}`,
    kind: 'process',
    notes: ['SdkShell'],
  },

  {
    name: 'a process that is Bedrock Tray itself',
    config: `[profile p]\ncredential_process = echo '{"Version": 1, "AccessKeyId": "AKIAOWN", "SecretAccessKey": "bedrock-tray export-credentials --profile other"}'\n${here}`,
    kind: 'process',
    notes: ['OwnCommand'],
  },

  // Chains of roles.
  {
    name: 'a role through an SSO profile',
    config: `${corp}[profile base]\n${sso}[profile p]\n${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
  },
  {
    name: 'three roles, then SSO',
    config: `${corp}[profile base]\n${sso}[profile a]\n${role('A')}source_profile = base\n[profile b]\n${role('B')}source_profile = a\n[profile p]\n${role('R')}source_profile = b\nduration_seconds = 7200\n${here}`,
    kind: 'assume-role',
    notes: ['ChainedHour'],
  },
  {
    name: 'a role through legacy SSO, a process, web identity',
    config: `[profile base]\n${legacy}[profile p]\n${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
    notes: ['NoRefresh'],
  },
  {
    name: 'a role through a process',
    config: `[profile base]\n${command}[profile p]\n${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
  },
  {
    name: 'a role through web identity',
    config: `[profile base]\n${token}${role('W')}[profile p]\n${role('R')}source_profile = base\n${here}`,
    kind: 'assume-role',
  },
  {
    name: 'a source profile of the credentials file',
    config: `[profile p]\n${role('R')}source_profile = keys only\n${here}`,
    credentials: `[keys only]\n${keys()}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'a source profile with keys and a role: the keys sign',
    config: `${base}[profile middle]\n${role('M')}source_profile = base\n${keys('AKIAMIDDLE')}[profile p]\n${role('R')}source_profile = middle\n${here}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'its own source, with keys',
    config: `[profile p]\n${role('R')}source_profile = p\n${keys()}${here}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'its own source, with keys of the credentials file',
    config: `[profile p]\n${role('R')}source_profile = p\n${here}`,
    credentials: `[p]\n${keys()}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'its own source, without keys',
    config: `[profile p]\n${role('R')}source_profile = p\n`,
    kind: 'assume-role',
    refused: 'source_profile goes in a circle: p → p',
  },
  {
    name: 'two that are each other’s source',
    config: `[profile p]\n${role('R')}source_profile = q\n[profile q]\n${role('Q')}source_profile = p\n`,
    kind: 'assume-role',
    refused: 'profile “q”: source_profile goes in a circle: p → q → p',
  },
  {
    name: 'a circle further down',
    config: `[profile p]\n${role('R')}source_profile = a\n[profile a]\n${role('A')}source_profile = b\n[profile b]\n${role('B')}source_profile = a\n`,
    kind: 'assume-role',
    refused: 'profile “b”: source_profile goes in a circle: a → b → a',
  },
  {
    name: 'a source profile that is not there',
    config: `[profile p]\n${role('R')}source_profile = nobody\n`,
    kind: 'assume-role',
    refused: 'source_profile: no profile “nobody”',
  },
  {
    name: 'a source profile without credentials',
    config: `[profile base]\n${here}[profile p]\n${role('R')}source_profile = base\n`,
    kind: 'assume-role',
    refused: 'source_profile: profile “base” has no credentials',
  },
  {
    name: 'a source profile that is broken',
    config: `[profile base]\n${sso}[profile p]\n${role('R')}source_profile = base\n`,
    kind: 'assume-role',
    refused: 'profile “base”: no [sso-session corp]',
  },
  {
    name: 'both sources',
    config: `${base}[profile p]\n${role('R')}source_profile = base\ncredential_source = Environment\n`,
    kind: 'assume-role',
    refused: 'both source_profile and credential_source',
  },
  {
    name: 'no source',
    config: `[profile p]\n${role('R')}${keys()}`,
    kind: 'assume-role',
    refused: 'role_arn without source_profile or credential_source',
  },
  {
    name: 'EC2 metadata',
    config: `[profile p]\n${role('R')}credential_source = Ec2InstanceMetadata\n`,
    kind: 'assume-role',
    refused: 'credential_source = Ec2InstanceMetadata: only for programs on an EC2 instance',
  },
  {
    name: 'a container',
    config: `[profile p]\n${role('R')}credential_source = EcsContainer\n`,
    kind: 'assume-role',
    refused: 'credential_source = EcsContainer: only for programs in a container on ECS or EKS',
  },
  {
    name: 'a credential_source of another spelling',
    config: `[profile p]\n${role('R')}credential_source = environment\n`,
    kind: 'assume-role',
    refused: 'credential_source = environment is none that AWS knows',
  },
  {
    name: 'no role',
    config: `${base}[profile p]\nrole_arn =\nsource_profile = base\n${here}`,
    kind: 'assume-role',
    refused: 'no role_arn',
    differs: {
      why: 'An empty role cannot be assumed: botocore finds out when it checks the request.',
      at: 'call',
      ends: /ParamValidationError/,
    },
  },
  {
    name: 'a role that is none',
    config: `${base}[profile p]\nrole_arn = arn:aws:iam::111122223333:user/me\nsource_profile = base\n${here}`,
    kind: 'assume-role',
    refused: 'role_arn is not the ARN of a role',
    differs: {
      why: 'Only roles can be assumed: we say so at once, they ask STS (which nobody plays here), which refuses.',
      at: 'call',
      ends: /EndpointConnectionError|ConnectionError|ClientError|ConnectTimeout/,
    },
  },
  {
    name: 'a duration below what STS takes',
    config: `${base}[profile p]\n${role('R')}source_profile = base\nduration_seconds = 60\n${here}`,
    kind: 'assume-role',
    refused: 'duration_seconds is not between 900 and 43200',
    differs: {
      why: 'STS takes 900 seconds at least: botocore finds out when it checks the request.',
      at: 'call',
      ends: /ParamValidationError/,
    },
  },
  {
    name: 'a duration that is no number',
    config: `${base}[profile p]\n${role('R')}source_profile = base\nduration_seconds = 1h\n${here}`,
    kind: 'assume-role',
    notes: ['DurationIgnored', 'StaticKeys'],
  },
  {
    name: 'a duration as Python writes numbers',
    config: `${base}[profile p]\n${role('R')}source_profile = base\nduration_seconds = 3_600\n${here}`,
    kind: 'assume-role',
    notes: ['StaticKeys'],
  },
  {
    name: 'MFA in the middle',
    config: `${base}[profile a]\n${role('A')}source_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n[profile p]\n${role('R')}source_profile = a\n${here}`,
    kind: 'assume-role',
    notes: ['MfaNeeded', 'StaticKeys'],
  },

  // How the files are written.
  {
    name: 'a comment behind a value belongs to it',
    config: `${corp}[profile p]\n${sso}region = us-east-1 # home\n`,
    kind: 'sso',
    notes: ['RegionOdd', 'SdkComment'],
  },
  {
    name: 'a start URL with a fragment',
    config: `[sso-session corp]\nsso_start_url = https://x.awsapps.com/start#/\nsso_region = us-east-1\n[profile p]\n${sso}${here}`,
    kind: 'sso',
  },
  {
    name: 'CRLF',
    config: `${corp}[profile p]\n${sso}${here}`.replaceAll('\n', '\r\n'),
    kind: 'sso',
  },
  {
    name: 'lone CR',
    config: `${corp}[profile p]\n${sso}${here}`.replaceAll('\n', '\r'),
    kind: 'sso',
    notes: ['SdkCharacters', 'SdkCharacters'],
  },
  {
    name: 'a name with white space',
    config: `${corp}[profile "my prof"]\n${sso}${here}`,
    profile: 'my prof',
    kind: 'sso',
    notes: ['SdkName'],
  },
  {
    name: 'a name of other letters',
    config: `${corp}[profile müller]\n${sso}${here}`,
    profile: 'müller',
    kind: 'sso',
    notes: ['SdkName'],
  },
  {
    name: 'a name with allowed signs',
    config: `${corp}[profile a+b@c.d:e/f%g]\n${sso}${here}`,
    profile: 'a+b@c.d:e/f%g',
    kind: 'sso',
  },
  {
    name: 'an sso-session with white space',
    config: `[sso-session "my corp"]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n[profile p]\nsso_session = my corp\n${permissionSet}${here}`,
    kind: 'sso',
    notes: ['SdkName'],
  },
  {
    name: 'two spaces in a header',
    config: `${corp}[profile  p]\n${sso}${here}`,
    kind: 'sso',
    notes: ['SdkName'],
  },
  {
    name: 'text behind a header',
    config: `${corp}[profile p] x\n${sso}${here}`,
    kind: 'sso',
    notes: ['SdkHeader', 'SdkHeader'],
  },
  {
    name: 'keys in capitals',
    config: `${corp}[profile p]\n${sso}Region = us-east-1\n`,
    kind: 'sso',
    notes: ['SdkKeyCase'],
  },
  {
    name: 'colons',
    config: `${corp}[profile p]\n${sso}region: us-east-1\n`,
    kind: 'sso',
    notes: ['SdkColon'],
  },
  {
    name: 'an indented key below an empty one',
    config: `${corp}[profile p]\n  s3 =\n    a = b\n  sso_session = corp\n${permissionSet}${here}`,
    kind: 'sso',
    notes: ['SdkIndented'],
  },
  {
    name: 'a value on two lines',
    config: `${corp}[profile p]\n${sso}${here}output = json\n  text\n`,
    kind: 'sso',
    notes: ['SdkContinued'],
  },
  {
    name: 'a region from [DEFAULT]',
    config: `[DEFAULT]\nregion = us-east-1\n${corp}[profile p]\n${sso}`,
    kind: 'sso',
    // In the [sso-session] a region means nothing.
    notes: ['SdkDefaultSection'],
  },
  {
    name: '[default] after [profile default]',
    config: `${corp}[profile default]\n${sso}region = us-east-1\n[default]\n${sso}region = eu-west-1\n`,
    profile: 'default',
    kind: 'sso',
    notes: ['DefaultBeatsContainer', 'DefaultTwice'],
  },
  {
    name: '[profile default] after [default]',
    config: `${corp}[default]\n${sso}region = eu-west-1\n[profile default]\n${sso}region = us-east-1\n`,
    profile: 'default',
    kind: 'sso',
    notes: ['DefaultBeatsContainer', 'DefaultTwice'],
  },
  {
    name: 'a section twice',
    config: `${base}${base}`,
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'a key twice',
    config: `${base}region = x\n`,
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'a byte order mark',
    config: `\ufeff${base}`,
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'text before the first header',
    config: `x = 1\n${base}`,
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'an unclosed header',
    config: `${base}[profile p\n${here}`,
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'a broken credentials file',
    config: base,
    credentials: 'x\n',
    profile: 'base',
    kind: undefined,
    refused: 'ConfigMalformed',
  },
  {
    name: 'a header of the config file in the credentials file',
    config: '',
    credentials: `[profile p]\n${keys()}`,
    kind: undefined,
    refused: 'ProfileUnknown',
  },
  {
    name: 'a bare name in the config file',
    config: `[p]\n${keys()}`,
    kind: undefined,
    refused: 'ProfileUnknown',
  },

  // Region and partition.
  {
    name: 'no region but the SSO session’s',
    config: `${corp}[profile p]\n${sso}`,
    kind: 'sso',
    notes: ['SsoRegionOnly'],
  },
  {
    name: 'a start URL of China with a region elsewhere',
    config: `[sso-session corp]\nsso_start_url = https://start.home.awsapps.cn/directory/d-1\nsso_region = us-east-1\n[profile p]\n${sso}region = cn-north-1\n`,
    kind: 'sso',
    notes: ['PartitionMismatch'],
  },
  {
    name: 'a role of GovCloud with a region elsewhere',
    config: `${base}[profile p]\nrole_arn = arn:aws-us-gov:iam::111122223333:role/R\nsource_profile = base\n${here}`,
    kind: 'assume-role',
    notes: ['PartitionMismatch', 'StaticKeys'],
  },
];
