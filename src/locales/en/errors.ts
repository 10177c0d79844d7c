/** One sentence for each error code: what happened and what to do next. */
export const errors = {
  BadInput: '{{field}} cannot be used: {{reason}}. Correct it and try again.',
  ProtocolMismatch:
    'The running agent is version {{agentVersion}} and speaks another protocol ({{agentProtocol}}, this is {{clientProtocol}}). Run “bedrock-tray agent stop”, then try again.',
  AgentUnavailable:
    'The Bedrock Tray agent could not be started: {{reason}}. Run “bedrock-tray agent run” to see why.',
  Forbidden: '“{{procedure}}” is not allowed from here ({{role}}). Use the command line or the tray for it.',
  SignInNeeded:
    'You need to sign in to “{{ssoSession}}” ({{startUrl}}). Run “bedrock-tray login” or press Sign in.',
  SignInDenied: 'The sign-in to “{{ssoSession}}” was denied in the browser. Sign in again and press Allow.',
  SignInTimedOut:
    'Nobody completed the sign-in to “{{ssoSession}}” in time. Sign in again when you are ready.',
  SignInCancelled: 'The sign-in to “{{ssoSession}}” was cancelled. Sign in again when you are ready.',
  SignInFailed:
    'The sign-in to “{{ssoSession}}” failed: {{reason}}. Check start URL and region, then sign in again.',
  SignInBusy: 'A sign-in to “{{ssoSession}}” is under way. Finish or cancel it, then try again.',
  MfaNeeded:
    'Profile “{{profile}}” needs a code from your MFA device {{mfaSerial}}. Enter it in the window or with “bedrock-tray mfa”.',
  MfaRefused:
    'AWS did not accept the code of {{mfaSerial}}: {{reason}}. Wait for the next code and enter that one.',
  CommandFailed: 'The command “{{command}}” failed: {{reason}}. Run it in a terminal to see more.',
  SourceFailed:
    'Profile “{{profile}}” got no credentials from {{source}}: {{reason}}. Correct that source and try again.',
  NotAws:
    'Something other than AWS answers for {{host}}: perhaps this network asks for a sign-in of its own. Open a page in your browser and accept its terms; it is tried again by itself.',
  CertificateUntrusted:
    'The certificate shown for {{host}} is not trusted here ({{reason}}). If your company inspects its traffic, set AWS_CA_BUNDLE to the file with its certificate authority (or ca_bundle in ~/.aws/config); otherwise check this computer’s clock and network. It is tried again by itself.',
  TemplateInvalid:
    'The name template “{{template}}” cannot be used: {{reason}}. Use {account}, {accountId} and {role}.',
  NothingToUndo: 'There is nothing to take back.',
  ConfigChanged:
    '{{file}} was changed by another program since. Nothing was changed; edit it by hand or try again.',
  ImportUnknown:
    'There is nothing called “{{candidate}}” to import. Run “bedrock-tray configure import” to see what there is.',
  KeyringUnavailable:
    'The system’s keyring cannot be used: {{reason}}. Unlock or install it, or leave secrets in memory only.',
  StartUrlInvalid:
    '“{{startUrl}}” is not an access portal address. Ask your administrator for the start URL, such as https://d-1234567890.awsapps.com/start.',
  RegionInvalid:
    'There is no IAM Identity Center to be reached in region “{{region}}”. Use the region named by your administrator, such as us-east-1.',
  SsoSessionUnknown:
    'There is no SSO session “{{ssoSession}}” in ~/.aws/config. Run “bedrock-tray configure sso” to add it.',
  SsoSessionExists:
    'There is already an SSO session “{{ssoSession}}” with other values. Choose another name.',
  ProfileUnknown:
    'There is no profile “{{profile}}” in ~/.aws/config. Run “bedrock-tray profiles” to see those there are.',
  ProfileExists: 'There is already a profile “{{profile}}”. Choose another name.',
  ProfileUnsupported:
    'Profile “{{profile}}” cannot be used: {{reason}}. Correct it in ~/.aws/config, or choose another profile.',
  ConfigMalformed:
    '{{file}} cannot be read, line {{line}}: {{reason}}. Correct that line; nothing was changed.',
  EnvironmentUnknown:
    'There is no environment “{{environment}}”. Run “bedrock-tray env list” to see those there are.',
  EnvironmentExists: 'There is already an environment “{{environment}}”. Choose another name.',
  EnvironmentMissing:
    'No environment is chosen yet. Choose an account and a role under Access, or run “bedrock-tray configure sso”.',
  AccessDenied:
    'AWS does not let you use role {{roleName}} in account {{accountId}}. Choose another role, or ask your administrator.',
  NetworkUnavailable:
    '{{host}} cannot be reached ({{reason}}). Check the network or proxy; it is tried again by itself.',
  Throttled: 'AWS asks to wait before the next request to {{service}}. It is tried again by itself.',
  ServiceFailed: '{{service}} answered with an error: {{reason}}. Try again in a moment.',
  ClaudeNotInstalled:
    'Claude Code was not found (searched: {{searched}}). Install it with “npm install -g @anthropic-ai/claude-code”, then try again.',
  ClaudeTooOld:
    'Claude Code {{version}} ({{path}}) is too old: before {{needed}} it signs with other AWS identities when it finds some. Run “claude update”, then try again.',
  FolderMissing: 'The folder {{folder}} is not there. Choose another folder.',
  FolderUnusable: 'The folder {{folder}} cannot be opened ({{reason}}). Choose another folder.',
  RequestUnknown:
    'Claude Code no longer asks that, or only its terminal can answer. Open the session {{session}} and look.',
  ArgumentRefused:
    'The argument {{argument}} cannot be given here. Start the session with “bedrock-tray claude -- {{argument}} …” in a terminal.',
  ArgumentUnsupported:
    'Claude Code’s {{argument}} goes on outside of the session, where the credentials do not reach. Leave it out.',
  ConversationUnknown: 'There is no conversation {{conversation}} any more. Look at the list again.',
  ConversationOpen:
    'The conversation {{conversation}} is open already, in session {{session}}. Go to that session.',
  ConversationOpenElsewhere:
    'The conversation {{conversation}} is open already, in a Claude Code of another terminal (process {{pid}}). Close it there first.',
  TooManySessions: 'There are {{limit}} sessions open, which is the limit. End one first.',
  FileMissing: 'The file {{file}} is not there.',
  EditorMissing: 'No editor was found. Install one, or choose one in the settings.',
  TerminalMissing: 'No terminal was found. Install one, or choose one in the settings.',
  SettingsRival:
    '{{file}} also sets {{names}}, which would decide otherwise. That is replaced; undo gives it back.',
  SettingsManaged:
    'Your administrator’s settings for Claude Code set {{names}}. They win over what is written here.',
  SettingsMalformed: '{{file}} is not valid: {{reason}}. Mend the file; nothing was changed.',
  SessionUnknown:
    'There is no Claude Code session {{session}}. Run “bedrock-tray sessions list” to see those there are.',
  SessionEnded: 'Claude Code session {{session}} has ended. Resume it or open a new one.',
  SessionNotResumable:
    'Claude Code session {{session}} cannot be resumed: {{reason}}. Open a new one in the same folder.',
  StartUrlUnknown: 'AWS knows no access portal at {{startUrl}}. Check the address with your administrator.',
  DesktopUnsupported: 'This desktop offers no {{what}} that could be used. Nothing was changed.',
  FileForeign: '{{file}} belongs to another program and was left as it is. Move it away, then try again.',
  ModelRefused:
    'Bedrock does not let this identity use {{model}}: {{reason}}. Choose another model or region, or ask your administrator for access to it.',
  UpdatesUnavailable:
    'This copy does not update itself ({{reason}}). Get the new version where you got this one.',
  ModelLeavesGeography:
    'Environment “{{environment}}” allows answers from {{geography}} only, and {{model}} may answer from elsewhere. Choose a model that stays there, or change the environment.',
  BudgetReached:
    'The budget of environment “{{environment}}” ({{usd}} USD {{period}}) is spent, and it allows no further session. Raise the budget or choose another environment.',
  ChargeNotAgreed: 'AWS charges {{usd}} USD for each request to Cost Explorer. Agree to that first.',
  ChargesReached:
    'The window has asked Cost Explorer for {{usd}} USD within a day, which is all it may. In a terminal `bedrock-tray costs` goes on.',
  NothingChecked: 'Nothing was checked yet. Run the doctor first.',
  PolicyImpossible: 'This document ({{kind}}) cannot be made: {{reason}}. Choose other models or regions.',
  HotkeyTwice: 'Both would be the same key ({{accelerator}}). Choose another one.',
  UpdateFailed: 'The update failed ({{reason}}). This version goes on working; it is tried again later.',
  UpdateNotAuthentic:
    'The update was not taken: {{what}} is not what Bedrock Tray’s publisher signed. This version goes on working; if it happens again, report it (SECURITY.md).',
  SocketInUse:
    '{{path}} is in use by another program. End that program or set BEDROCK_TRAY_HOME to another folder.',
  StorageFailed:
    '{{file}} could not be written: {{reason}}. Nothing was changed; free space or mend the permissions and try again.',
  CommandNotFound: 'The command “{{command}}” was not found. Check its name and your PATH.',
  Internal:
    'Something went wrong inside Bedrock Tray (reference {{reference}}). The log names the cause: “bedrock-tray agent status” says where it is.',
} as const;
