import type { page as en } from '../en/page.ts';

export const page: Record<keyof typeof en, string> = {
  durationDays: '{{days}} 天 {{hours}} 小时',
  durationHours: '{{hours}} 小时 {{minutes}} 分',
  durationMinutes: '{{minutes}} 分钟',
  durationSeconds: '{{seconds}} 秒',
  durationNone: '无剩余时间',

  stateConfigProblem: '无法读取您的 AWS 配置文件。',
  stateSetup: '请先添加您的 AWS 访问门户。',
  stateSignedOut: '您已退出 {{ssoSession}}。',
  stateExpired: '您对 {{ssoSession}} 的登录已到期。',
  stateSigningIn: '请在浏览器中完成登录。',
  stateSigningInDevice: '请在浏览器中确认代码。',
  stateChooseRole: '已登录。请选择要使用的账户和角色。',
  stateProfileProblem: '配置文件 {{profile}} 无法使用。',
  statePreparing: '已登录，正在获取凭证…',
  stateReady: 'Claude Code 可以使用 Amazon Bedrock 了。',
  stateRenewing: '已就绪，正在续期凭证。',
  stateDegraded: '已就绪，但上次续期失败。',
  stateDenied: 'AWS 不允许您使用角色 {{roleName}}。',
  stateFailed: '已登录，但没有可用的凭证。',
};
