/** The words of the sandbox's own pages. They stay here because the sandbox imports nothing of the product. */

const en = {
  lang: 'en',
  brand: 'Sandbox Identity Center',
  notice: 'This is a sandbox on your own computer. It plays AWS; no AWS account is involved.',
  allowTitle: (client: string) => `Allow ${client} to access your data?`,
  allowLead: 'It asks to sign in as you and to list and use the accounts and roles that you may use.',
  signedInAs: 'Signed in as',
  application: 'Application',
  returnsTo: 'Returns to',
  code: 'Code',
  sessionEnds: 'Session lasts until',
  allow: 'Allow',
  deny: 'Deny',
  deviceTitle: 'Sign in a device',
  deviceLead: 'Type the code that the program shows.',
  deviceCheck: 'Go on only if the program that you started shows this very code.',
  next: 'Next',
  allowedTitle: 'Request approved',
  allowedText: 'You can close this page and go back to the program.',
  deniedTitle: 'Request denied',
  deniedText: 'Nothing was given out. You can close this page.',
  errorTitle: 'This sign-in cannot go on',
  errors: {
    client: 'The program that asks is not registered here, or its registration has expired.',
    redirect: 'The address to return to is not the one that the program registered.',
    request: 'The request is incomplete: it needs response_type=code, a state and an S256 code challenge.',
    ticket: 'This request was answered already or is too old. Start again from the program.',
    userCode: 'There is no open request with this code. Check it, or start again from the program.',
    origin: 'The answer did not come from this page.',
  },
  portalTitle: 'Sandbox access portal',
  portalLead: 'These accounts and roles exist in this sandbox.',
  homeTitle: 'A loopback AWS',
  homeLead: 'This server plays the parts of AWS that Bedrock Tray uses. It listens on this computer only.',
};
export type PageWords = typeof en;

const zh: PageWords = {
  lang: 'zh-CN',
  brand: '沙箱 Identity Center',
  notice: '这是您本机上的沙箱，它模拟 AWS，不涉及任何 AWS 账户。',
  allowTitle: (client) => `允许 ${client} 访问您的数据吗？`,
  allowLead: '它请求以您的身份登录，并列出和使用您有权使用的账户与角色。',
  signedInAs: '登录身份',
  application: '应用程序',
  returnsTo: '返回地址',
  code: '代码',
  sessionEnds: '会话有效至',
  allow: '允许',
  deny: '拒绝',
  deviceTitle: '登录设备',
  deviceLead: '请输入程序显示的代码。',
  deviceCheck: '仅当您启动的程序显示的正是此代码时才继续。',
  next: '下一步',
  allowedTitle: '请求已批准',
  allowedText: '您可以关闭此页面并返回程序。',
  deniedTitle: '请求已拒绝',
  deniedText: '没有提供任何内容。您可以关闭此页面。',
  errorTitle: '无法继续登录',
  errors: {
    client: '发出请求的程序未在此注册，或其注册已过期。',
    redirect: '返回地址与程序注册的地址不一致。',
    request: '请求不完整：需要 response_type=code、state 和 S256 code challenge。',
    ticket: '此请求已处理或已过期。请从程序重新开始。',
    userCode: '没有使用此代码的待处理请求。请检查代码，或从程序重新开始。',
    origin: '该回答并非来自此页面。',
  },
  portalTitle: '沙箱访问门户',
  portalLead: '此沙箱中有以下账户和角色。',
  homeTitle: '本机回环 AWS',
  homeLead: '此服务器模拟 Bedrock Tray 使用的 AWS 服务，仅在本机监听。',
};

/** The first language of an Accept-Language header that the pages speak; English when none. */
export function wordsFor(acceptLanguage: string | undefined): PageWords {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    if (tag === 'zh' || tag.startsWith('zh-')) return zh;
    if (tag === 'en' || tag.startsWith('en-')) return en;
  }
  return en;
}
