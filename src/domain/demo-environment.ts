import { quoteForSh } from './desktop/shell-quoting.ts';

/** Variables of the person's that would lead back to their real home, their AWS identity or another agent. */
const personal =
  /^(AWS_|ANTHROPIC_|CLAUDE|BEDROCK_TRAY_|XDG_(CONFIG|CACHE|DATA|STATE)_HOME$|HOME$|USERPROFILE$|APPDATA$|LOCALAPPDATA$)/i;
/** These choose a part, and hold nothing of the person's. */
const kept = /^BEDROCK_TRAY_NODE$/;

/**
 * The environment of `bedrock-tray demo`: home, application folders and state below `folder`, AWS clients turned to
 * the loopback AWS by `client`, and nothing of the person's own AWS or Claude Code configuration. `bin` (the folder of
 * `bedrock-tray`, null where the PATH would not find it there) comes first on the PATH.
 */
export function demoEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
  client: Readonly<Record<string, string>>,
  bin: string | null,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (!personal.test(name) || kept.test(name))) out[name] = value;
  }
  const home = `${folder}/home`;
  return {
    ...out,
    ...client,
    ...(bin === null ? {} : { PATH: out.PATH ? `${bin}:${out.PATH}` : bin }),
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

/**
 * What turns another terminal's sh, bash or zsh to the demo when it is sourced: the differences between the environment
 * that the demo was started from and `demo`, and `bin` first on that terminal's own PATH.
 */
export function demoShellFile(
  env: Readonly<Record<string, string | undefined>>,
  demo: Readonly<Record<string, string>>,
  bin: string,
): string {
  const names = (of: object) => Object.keys(of).filter((name) => /^[A-Za-z_]\w*$/.test(name));
  return [
    ...names(env)
      .filter((name) => !(name in demo))
      .map((name) => `unset ${name}`),
    ...names(demo)
      .filter((name) => name !== 'PATH' && demo[name] !== env[name])
      .map((name) => `export ${name}=${quoteForSh(demo[name] ?? '')}`),
    `export PATH=${quoteForSh(bin)}:"$PATH"`,
    '',
  ].join('\n');
}
