import type { errors as en } from '../en/errors.ts';

export const errors: Record<keyof typeof en, string> = {
  BadInput: '{{field}} 无法使用：{{reason}}。请更正后重试。',
  ProtocolMismatch:
    '正在运行的代理是 {{agentVersion}} 版，使用另一种协议（{{agentProtocol}}，这里是 {{clientProtocol}}）。请运行“bedrock-tray agent stop”后重试。',
  AgentUnavailable: '无法启动 Bedrock Tray 代理：{{reason}}。请运行“bedrock-tray agent run”查看原因。',
  Forbidden: '此处（{{role}}）不允许执行“{{procedure}}”。请改用命令行或托盘。',
  SignInNeeded: '需要登录“{{ssoSession}}”（{{startUrl}}）。请运行“bedrock-tray login”或点按“登录”。',
  SignInDenied: '浏览器中拒绝了对“{{ssoSession}}”的登录。请重新登录并点按“允许”。',
  SignInTimedOut: '对“{{ssoSession}}”的登录未能按时完成。准备好后请重新登录。',
  SignInCancelled: '已取消对“{{ssoSession}}”的登录。准备好后请重新登录。',
  SignInFailed: '登录“{{ssoSession}}”失败：{{reason}}。请检查起始 URL 和区域后重新登录。',
  SignInBusy: '正在登录“{{ssoSession}}”。请先完成或取消，然后重试。',
  MfaNeeded:
    '配置文件“{{profile}}”需要 MFA 设备 {{mfaSerial}} 的验证码。请在窗口中输入，或运行“bedrock-tray mfa”。',
  MfaRefused: 'AWS 不接受 {{mfaSerial}} 的验证码：{{reason}}。请等待下一个验证码后再输入。',
  CommandFailed: '命令“{{command}}”失败：{{reason}}。请在终端中运行它以查看详情。',
  SourceFailed: '配置文件“{{profile}}”未能从 {{source}} 获得凭证：{{reason}}。请更正该来源后重试。',
  NotAws:
    '应答 {{host}} 的不是 AWS：此网络可能要求先登录。请在浏览器中打开任意页面并接受其条款；会自动重试。',
  CertificateUntrusted:
    '此处不信任 {{host}} 出示的证书（{{reason}}）。如果贵公司会检查网络流量，请将 AWS_CA_BUNDLE 设为包含其证书颁发机构的文件（或在 ~/.aws/config 中设置 ca_bundle）；否则请检查本机时钟和网络。会自动重试。',
  TemplateInvalid: '名称模板“{{template}}”无法使用：{{reason}}。请使用 {account}、{accountId} 和 {role}。',
  NothingToUndo: '没有可以撤销的更改。',
  ConfigChanged: '{{file}} 已被其他程序更改。未作任何更改；请手动编辑或重试。',
  ImportUnknown: '没有可导入的“{{candidate}}”。请运行“bedrock-tray configure import”查看可导入的内容。',
  KeyringUnavailable: '无法使用系统密钥环：{{reason}}。请解锁或安装它，或只将机密保留在内存中。',
  StartUrlInvalid:
    '“{{startUrl}}”不是访问门户地址。请向管理员索取起始 URL，例如 https://d-1234567890.awsapps.com/start。',
  RegionInvalid: '在区域“{{region}}”中无法访问 IAM Identity Center。请使用管理员给出的区域，例如 us-east-1。',
  SsoSessionUnknown:
    '~/.aws/config 中没有 SSO 会话“{{ssoSession}}”。请运行“bedrock-tray configure sso”添加。',
  SsoSessionExists: '已有一个取值不同的 SSO 会话“{{ssoSession}}”。请换一个名称。',
  ProfileUnknown: '~/.aws/config 中没有配置文件“{{profile}}”。请运行“bedrock-tray profiles”查看现有的。',
  ProfileExists: '已有名为“{{profile}}”的配置文件。请换一个名称。',
  ProfileUnsupported:
    '配置文件“{{profile}}”无法使用：{{reason}}。请在 ~/.aws/config 中更正，或选择另一个配置文件。',
  ConfigMalformed: '无法读取 {{file}} 第 {{line}} 行：{{reason}}。请更正该行；未作任何更改。',
  EnvironmentUnknown: '没有名为“{{environment}}”的环境。请运行“bedrock-tray env list”查看现有的。',
  EnvironmentExists: '已有名为“{{environment}}”的环境。请换一个名称。',
  EnvironmentMissing: '尚未选择环境。请在“访问”中选择账户和角色，或运行“bedrock-tray configure sso”。',
  AccessDenied: 'AWS 不允许您在账户 {{accountId}} 中使用角色 {{roleName}}。请选择其他角色或联系管理员。',
  NetworkUnavailable: '无法连接 {{host}}（{{reason}}）。请检查网络或代理；会自动重试。',
  Throttled: 'AWS 要求稍后再请求 {{service}}。会自动重试。',
  ServiceFailed: '{{service}} 返回错误：{{reason}}。请稍后重试。',
  ClaudeNotInstalled:
    '未找到 Claude Code（已查找：{{searched}}）。请运行“npm install -g @anthropic-ai/claude-code”安装后重试。',
  ClaudeTooOld:
    'Claude Code {{version}}（{{path}}）版本过旧：{{needed}} 之前的版本会使用它找到的其他 AWS 身份签名。请运行“claude update”后重试。',
  FolderMissing: '文件夹 {{folder}} 不存在。请选择其他文件夹。',
  FolderUnusable: '无法打开文件夹 {{folder}}（{{reason}}）。请选择其他文件夹。',
  RequestUnknown: 'Claude Code 已不再询问此事，或只能在终端中回答。请打开会话 {{session}} 查看。',
  ArgumentRefused:
    '此处不能使用参数 {{argument}}。请在终端中运行“bedrock-tray claude -- {{argument}} …”来启动会话。',
  ArgumentUnsupported: 'Claude Code 的 {{argument}} 会在会话之外继续运行，凭证无法到达那里。请去掉该参数。',
  ConversationUnknown: '对话 {{conversation}} 已不存在。请重新查看列表。',
  ConversationOpen: '对话 {{conversation}} 已在会话 {{session}} 中打开。请转到该会话。',
  ConversationOpenElsewhere:
    '对话 {{conversation}} 已在另一个终端的 Claude Code（进程 {{pid}}）中打开。请先在那里关闭。',
  TooManySessions: '已打开 {{limit}} 个会话，达到上限。请先结束一个。',
  FileMissing: '文件 {{file}} 不存在。',
  EditorMissing: '未找到编辑器。请安装一个，或在设置中选择。',
  TerminalMissing: '未找到终端。请安装一个，或在设置中选择。',
  SettingsRival: '{{file}} 还设置了 {{names}}，会导致不同的结果。这些内容将被替换；撤销后会恢复。',
  SettingsManaged: '管理员的 Claude Code 设置指定了 {{names}}，优先于此处写入的内容。',
  SettingsMalformed: '{{file}} 无效：{{reason}}。请修复该文件；未做任何更改。',
  SessionUnknown: '没有 Claude Code 会话 {{session}}。请运行“bedrock-tray sessions list”查看现有的。',
  SessionEnded: 'Claude Code 会话 {{session}} 已结束。请恢复它或打开新会话。',
  SessionNotResumable: '无法恢复 Claude Code 会话 {{session}}：{{reason}}。请在同一文件夹中打开新会话。',
  StartUrlUnknown: 'AWS 没有地址为 {{startUrl}} 的访问门户。请向管理员核对地址。',
  DesktopUnsupported: '此桌面没有可用的 {{what}}。未作任何更改。',
  FileForeign: '{{file}} 属于其他程序，未作改动。请先将其移走，然后重试。',
  ModelRefused:
    'Bedrock 不允许此身份使用 {{model}}：{{reason}}。请选择其他模型或区域，或向管理员申请访问权限。',
  UpdatesUnavailable: '此安装无法自行更新（{{reason}}）。请从获取本版本的地方获取新版本。',
  ModelLeavesGeography:
    '环境“{{environment}}”只允许在 {{geography}} 内处理请求，而 {{model}} 可能在别处处理。请选择不会离开那里的模型，或修改环境。',
  BudgetReached:
    '环境“{{environment}}”的预算（{{period}} {{usd}} 美元）已用完，且不允许再打开会话。请提高预算或选择其他环境。',
  ChargeNotAgreed: '每次向 Cost Explorer 发送请求，AWS 收取 {{usd}} 美元。请先确认同意。',
  ChargesReached:
    '一天之内，此窗口查询 Cost Explorer 已花费 {{usd}} 美元，达到上限。可在终端中运行 `bedrock-tray costs` 继续查询。',
  NothingChecked: '尚未检查过。请先运行诊断。',
  PolicyImpossible: '无法生成此文档（{{kind}}）：{{reason}}。请选择其他模型或区域。',
  HotkeyTwice: '两者会是同一个快捷键（{{accelerator}}）。请另选一个。',
  UpdateFailed: '更新失败（{{reason}}）。当前版本可继续使用；稍后会重试。',
  UpdateNotAuthentic:
    '未采用该更新：{{what}} 与 Bedrock Tray 发布者签名的内容不符。当前版本可继续使用；如果再次出现，请报告（见 SECURITY.md）。',
  SocketInUse: '{{path}} 已被其他程序占用。请结束该程序，或将 BEDROCK_TRAY_HOME 设为其他文件夹。',
  StorageFailed: '无法写入 {{file}}：{{reason}}。未作任何更改；请释放空间或修正权限后重试。',
  CommandNotFound: '未找到命令“{{command}}”。请检查名称和 PATH。',
  Internal:
    'Bedrock Tray 内部出错（编号 {{reference}}）。日志中有原因：“bedrock-tray agent status”会显示日志位置。',
};
