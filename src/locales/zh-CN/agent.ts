import type { agent as en } from '../en/agent.ts';

export const agent: Record<keyof typeof en, string> = {
  callbackDoneTitle: '已登录',
  callbackDone: 'Bedrock Tray 将使“{{ssoSession}}”保持登录。可以关闭此页面。',
  callbackDeniedTitle: '登录被拒绝',
  callbackDenied:
    '“{{ssoSession}}”没有任何更改。可以关闭此页面。如需登录，请再次点按“登录”，然后点按“允许”。',
  callbackFailedTitle: '登录失败',
  callbackStrayTitle: '此页面不属于任何登录',
  callbackStray: 'Bedrock Tray 并未请求此结果，因此已忽略。请关闭此页面并再次点按“登录”。',
  /** Said by the page's server to a browser that came without a ticket. */
  pageNoTicket: '此页面只能由 Bedrock Tray 打开。请运行“bedrock-tray open --page”，或从托盘打开。',
  capReached: '此会话的费用约为 {{cost}}，已达到上限 {{cap}}。请在 Bedrock Tray 中提高或取消上限后再继续。',
  importRole: '配置文件“{{profile}}”：账户 {{accountId}} 中的 {{roleName}}，通过“{{ssoSession}}”登录。',
  importConvert: '配置文件“{{profile}}”本身改为通过“{{ssoSession}}”登录并保持登录；需要重新登录一次。',
  importAssumeRole: '配置文件“{{profile}}”，包含 AWS 自带工具担任其角色所需的全部设置。',
  importSession: 'SSO 会话“{{ssoSession}}”。',
  importNothing: '无法导入。',
  inputAccount: '账户号为 12 位数字',
  inputRegion: '它不是像 us-east-1 这样的区域',
  inputRole: '角色名称由字母、数字和 +=,.@-_ 组成',
  inputPath: '它不是完整路径',
  inputUrl: '它不是 http 或 https 地址',
  inputOneOf: '不在 {{values}} 之中',
  inputUnknown: '此处没有这个名称',
  inputForm: '格式不符合要求',
  /** Shown by an AWS SDK whose program outlived the command that it was started with. */
  endpointRevoked: '这些凭证所属的命令已结束。请用“bedrock-tray exec”重新启动该程序。',
  /** Shown by an AWS SDK when AWS takes long. */
  endpointNotYet: '仍在从 AWS 获取凭证。请稍后再试。',
};
