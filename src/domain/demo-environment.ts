/** Variables of the person's that would lead back to their real home, their AWS identity or another agent. */
const personal =
  /^(AWS_|ANTHROPIC_|CLAUDE|BEDROCK_TRAY_|XDG_(CONFIG|CACHE|DATA|STATE)_HOME$|HOME$|USERPROFILE$|APPDATA$|LOCALAPPDATA$)/i;
/** These choose a part, and hold nothing of the person's. */
const kept = /^BEDROCK_TRAY_NODE$/;

/**
 * The environment of `bedrock-tray demo`: home, application folders and state below `folder`, AWS clients turned to
 * the loopback AWS by `client`, and nothing of the person's own AWS or Claude Code configuration.
 */
export function demoEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
  client: Readonly<Record<string, string>>,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (!personal.test(name) || kept.test(name))) out[name] = value;
  }
  const home = `${folder}/home`;
  return {
    ...out,
    ...client,
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: `${home}/.config`,
    XDG_CACHE_HOME: `${home}/.cache`,
    XDG_DATA_HOME: `${home}/.local/share`,
    XDG_STATE_HOME: `${home}/.local/state`,
    // Claude Code leaves sockets and outputs of tasks there.
    TMPDIR: `${folder}/tmp`,
    TMP: `${folder}/tmp`,
    TEMP: `${folder}/tmp`,
    BEDROCK_TRAY_HOME: `${folder}/state`,
    BEDROCK_TRAY_DEMO: '1',
  };
}
