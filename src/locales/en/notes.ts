/** What a person should know about a profile that works: ProfileView.notes, and what is known only at run time. */
export const notes = {
  ChainedHour:
    'duration_seconds = {{seconds}} is more than AWS grants here: a role assumed with another role’s credentials lasts one hour at most, and longer wishes are refused. Set it to 3600 or remove it.',
  ClaudeSettings:
    'From {{file}}: the commands awsCredentialExport and awsAuthRefresh of your own Claude Code settings are run as Claude Code runs them.',
  CredentialsFileWins:
    'Both files have this profile, and the credentials file wins: {{keys}} of the config file is not used. Remove one of the two.',
  DefaultBeatsContainer:
    'Programs without a profile name use this [default] ahead of credentials that a container or “bedrock-tray exec” offers them. Rename it if they should not.',
  DefaultTwice:
    '[default] and [profile default] are both in the config file. The AWS CLI takes the later one, AWS’s JavaScript SDK [profile default]. Keep one.',
  DurationIgnored:
    'duration_seconds = {{duration}} is no whole number: the AWS CLI ignores it, and so does Bedrock Tray. Write it in seconds.',
  FromEnvironment:
    'The role is assumed with the AWS keys in the environment that Bedrock Tray’s agent was started with. Other terminals may have others.',
  KindsIgnored:
    'Several kinds of credentials are in this profile. The AWS CLI and Bedrock Tray use {{used}}; {{ignored}} has no effect. Remove what is not meant.',
  LoginSession:
    'Signed in with “aws login” ({{loginSession}}): each set of credentials lasts 15 minutes and is renewed for up to 12 hours, then “aws login” is needed again. AWS CLI before 2.32 does not know such profiles.',
  MfaNeeded:
    'Asks for a code of your MFA device {{mfaSerial}} whenever the role’s credentials are renewed. A longer duration_seconds makes that rarer.',
  NoRefresh:
    'Profile “{{profile}}” has its start URL in the profile itself (the older form): AWS gives no refresh token for it, so when the access token ends (often after 8 hours) you sign in again. An [sso-session] is kept alive; “bedrock-tray configure import” proposes it.',
  OwnCommand:
    'The credential_process of profile “{{profile}}” is Bedrock Tray’s own: it hands out what another profile has.',
  PartitionMismatch:
    '{{key}} belongs to {{partition}}, {{other}} to {{otherPartition}}: AWS keeps these apart, so calls will be refused. Correct one of them.',
  ProcessWithoutExpiry:
    'The command gives credentials without an Expiration, so nobody can know when they end: they are fetched again every few minutes, and other tools keep them until they fail.',
  RegionMissing:
    'No region in this profile. Bedrock Tray takes the environment’s; other tools need AWS_REGION or --region.',
  RegionOdd: 'region = {{region}} is no region that AWS has. Correct it, for example to us-east-1.',
  SdkCharacters:
    '{{section}} holds line ends or white space that AWS’s JavaScript SDK (used by Claude Code) reads differently from the AWS CLI. Save the file with plain line ends.',
  SdkColon:
    '“{{key}}” in {{section}} is written with “:”. The AWS CLI reads it, AWS’s JavaScript SDK (used by Claude Code) does not. Write “=”.',
  SdkComment:
    'Text after “#” or “;” on the line of “{{key}}” in {{section}}: for the AWS CLI it belongs to the value, for AWS’s JavaScript SDK (used by Claude Code) it is a comment. Put the comment on a line of its own.',
  SdkContinued:
    'The value of “{{key}}” in {{section}} goes on in indented lines. The AWS CLI joins them, AWS’s JavaScript SDK (used by Claude Code) reads each line by itself. Write it on one line, without indenting the next.',
  SdkDefaultSection:
    '“{{key}}” comes from [DEFAULT], which only the AWS CLI and Python tools know; AWS’s JavaScript SDK (used by Claude Code) does not see it. Write it into {{section}}.',
  SdkHeader:
    'Something stands behind the “]” of {{section}} or of the section after it: AWS’s JavaScript SDK (used by Claude Code) does not see that header and mixes the two sections. Leave nothing behind “]”.',
  SdkIndented:
    '“{{key}}” in {{section}} is indented below a key without a value: AWS’s JavaScript SDK (used by Claude Code) takes it for a part of that one. Do not indent it.',
  SdkKeyCase:
    '“{{key}}” in {{section}} is written with capital letters. The AWS CLI reads it, AWS’s JavaScript SDK (used by Claude Code) does not. Write it in small letters.',
  SdkName:
    'AWS’s JavaScript SDK (used by Claude Code) does not see {{section}}: it knows only names of letters, digits and “-_@+.%:/”, one space behind the type. The AWS CLI and Bedrock Tray do see it.',
  SdkOtherSource:
    'Several kinds of credentials are in this profile. The AWS CLI and Bedrock Tray use {{used}}, AWS’s JavaScript SDK (used by Claude Code) uses {{sdk}}: two identities under one name. Remove what is not meant.',
  SdkShell:
    'The credential_process of profile “{{profile}}” holds signs for a shell. AWS’s JavaScript SDK starts it in one; the AWS CLI and Bedrock Tray do not, so “~”, “$NAME” and “|” reach the program as they are. Name a script instead.',
  SsoRegionOnly:
    'No region in this profile: sso_region = {{ssoRegion}} says only where IAM Identity Center is, not where Bedrock is called. Bedrock Tray takes the environment’s region; other tools need AWS_REGION or --region.',
  StaticKeys:
    'Profile “{{profile}}” has long-lived access keys in {{file}} (unchanged since {{since}}). Whoever reads that file has them until they are deleted. Use a role through IAM Identity Center instead. Bedrock Tray copies them nowhere.',
  TemporaryKeys:
    'Profile “{{profile}}” has temporary keys in {{file}}. They end at a time that only AWS knows, and nothing renews them but the tool that wrote them.',
} as const;
