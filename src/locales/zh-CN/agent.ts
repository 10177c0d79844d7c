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
};
