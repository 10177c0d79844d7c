/** What lies in the state folder by our own hand, so that an uninstall removes nothing else from a folder that a person named. */
const ours = [
  /^(settings|environments|keep-alive|config-history|integration|sessions|meter)\.json(\.(unreadable|newer)-[\w-]+)?$/,
  /^(agent|pty-host)\.(lock|sock|tty)(-\w+)?$/,
  /^history\.db(-\w+)?$/,
  /^(sessions|logs|bin|vault|tray|versions|code-cache)$/,
  /^\.bedrock-tray-\d+-[0-9a-f]{12}\.tmp$/,
];

export const isStateName = (name: string): boolean => ours.some((pattern) => pattern.test(name));
