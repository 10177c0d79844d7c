import type { notes as en } from '../en/notes.ts';

export const notes: Record<keyof typeof en, string> = {
  ChainedHour:
    'duration_seconds = {{seconds}} 超过了 AWS 在此允许的上限：用另一个角色的凭证代入的角色最长只有一小时，超出的请求会被拒绝。请改为 3600 或删除。',
  ClaudeSettings:
    '来自 {{file}}：您自己的 Claude Code 设置中的 awsCredentialExport 和 awsAuthRefresh 命令，会按 Claude Code 的方式运行。',
  CredentialsFileWins:
    '两个文件中都有此配置文件，以凭证文件为准：config 文件中的 {{keys}} 不起作用。请删除其中之一。',
  DefaultBeatsContainer:
    '未指定配置文件的程序会先使用这个 [default]，而不是容器或“bedrock-tray exec”提供的凭证。如果不希望这样，请改名。',
  DefaultTwice:
    'config 文件中同时有 [default] 和 [profile default]。AWS CLI 取后面的一个，AWS 的 JavaScript SDK 取 [profile default]。请只保留一个。',
  DurationIgnored:
    'duration_seconds = {{duration}} 不是整数：AWS CLI 会忽略它，Bedrock Tray 也一样。请以秒为单位填写。',
  FromEnvironment: '此角色用 Bedrock Tray 代理启动时环境中的 AWS 密钥代入。其他终端中的密钥可能不同。',
  KindsIgnored:
    '此配置文件中有多种凭证。AWS CLI 和 Bedrock Tray 使用 {{used}}；{{ignored}} 不起作用。请删除不需要的部分。',
  LoginSession:
    '通过“aws login”登录（{{loginSession}}）：每组凭证有效 15 分钟，最多续期 12 小时，之后需要再次运行“aws login”。2.32 之前的 AWS CLI 不认识这种配置文件。',
  MfaNeeded:
    '每次续期该角色的凭证时，都需要 MFA 设备 {{mfaSerial}} 的验证码。较长的 duration_seconds 可以减少次数。',
  NoRefresh:
    '配置文件“{{profile}}”把起始 URL 写在自身中（旧形式）：AWS 不会为它提供刷新令牌，因此访问令牌结束时（通常 8 小时后）需要重新登录。[sso-session] 可以自动保持；“bedrock-tray configure import”会给出建议。',
  OwnCommand:
    '配置文件“{{profile}}”的 credential_process 就是 Bedrock Tray 自己：它交出另一个配置文件的凭证。',
  PartitionMismatch:
    '{{key}} 属于 {{partition}}，而 {{other}} 属于 {{otherPartition}}：AWS 将它们完全隔离，调用会被拒绝。请更正其中之一。',
  ProcessWithoutExpiry:
    '该命令给出的凭证没有 Expiration，无法知道何时失效：Bedrock Tray 每隔几分钟重新获取，其他工具会一直使用到失败为止。',
  RegionMissing:
    '此配置文件中没有 region。Bedrock Tray 使用环境的区域；其他工具需要 AWS_REGION 或 --region。',
  RegionOdd: 'region = {{region}} 不是 AWS 的区域。请更正，例如 us-east-1。',
  SdkCharacters:
    '{{section}} 中有特殊的换行符或空白，AWS 的 JavaScript SDK（Claude Code 使用）与 AWS CLI 的读法不同。请用普通换行符保存该文件。',
  SdkColon:
    '{{section}} 中的“{{key}}”使用了“:”。AWS CLI 能读取，AWS 的 JavaScript SDK（Claude Code 使用）不能。请改用“=”。',
  SdkComment:
    '{{section}} 中“{{key}}”一行的“#”或“;”之后有文字：AWS CLI 把它当作值的一部分，AWS 的 JavaScript SDK（Claude Code 使用）把它当作注释。请把注释放在单独的一行。',
  SdkContinued:
    '{{section}} 中“{{key}}”的值延续到了缩进的行。AWS CLI 会合并它们，AWS 的 JavaScript SDK（Claude Code 使用）则逐行读取。请写在一行内，下一行不要缩进。',
  SdkDefaultSection:
    '“{{key}}”来自 [DEFAULT]，只有 AWS CLI 和 Python 工具认识它；AWS 的 JavaScript SDK（Claude Code 使用）看不到。请写入 {{section}}。',
  SdkHeader:
    '{{section}} 或其后一节的“]”后面还有内容：AWS 的 JavaScript SDK（Claude Code 使用）看不到这个节标题，会把两节混在一起。“]”后面请不要写任何内容。',
  SdkIndented:
    '{{section}} 中的“{{key}}”缩进在一个没有值的键之下：AWS 的 JavaScript SDK（Claude Code 使用）会把它当作那个键的一部分。请不要缩进。',
  SdkKeyCase:
    '{{section}} 中的“{{key}}”使用了大写字母。AWS CLI 能读取，AWS 的 JavaScript SDK（Claude Code 使用）不能。请使用小写字母。',
  SdkName:
    'AWS 的 JavaScript SDK（Claude Code 使用）看不到 {{section}}：它只认识由字母、数字和“-_@+.%:/”组成、类型后只有一个空格的名称。AWS CLI 和 Bedrock Tray 能看到。',
  SdkOtherSource:
    '此配置文件中有多种凭证。AWS CLI 和 Bedrock Tray 使用 {{used}}，AWS 的 JavaScript SDK（Claude Code 使用）使用 {{sdk}}：同一名称下有两个身份。请删除不需要的部分。',
  SdkShell:
    '配置文件“{{profile}}”的 credential_process 含有 shell 符号。AWS 的 JavaScript SDK 在 shell 中启动它；AWS CLI 和 Bedrock Tray 不会，因此“~”“$NAME”“|”会原样传给程序。请改为指定一个脚本。',
  SsoRegionOnly:
    '此配置文件中没有 region：sso_region = {{ssoRegion}} 只表示 IAM Identity Center 的所在区域，而不是调用 Bedrock 的区域。Bedrock Tray 使用环境的区域；其他工具需要 AWS_REGION 或 --region。',
  StaticKeys:
    '配置文件“{{profile}}”在 {{file}} 中有长期访问密钥（自 {{since}} 起未更改）。任何读到该文件的人在密钥删除之前都能使用它们。请改用 IAM Identity Center 的角色。Bedrock Tray 不会把它们复制到任何地方。',
  TemporaryKeys:
    '配置文件“{{profile}}”在 {{file}} 中有临时密钥。它们的结束时间只有 AWS 知道，除写入它们的工具外没有什么会续期。',
};
