import { quoteForSh } from './shell-quoting.ts';

export interface LauncherParts {
  platform: string;
  /** The state folder: whoever calls the launcher means the agent of this one. */
  home: string;
  node: string;
  /** The command line program. */
  cli: string;
  /** Command of the hand-out client, without its flags: `/bin/sh SCRIPT NODE CLIENT`, on Windows `NODE CLIENT`. */
  handOut: readonly string[];
}

/** Name of the launcher in `bin/` of the state folder. */
export function launcherName(platform: string): string {
  return platform === 'win32' ? 'bedrock-tray.cmd' : 'bedrock-tray';
}

/** Where the launcher of a state folder is. */
export function launcherPath(home: string, platform: string): string {
  return platform === 'win32'
    ? `${home}\\bin\\${launcherName(platform)}`
    : `${home}/bin/${launcherName(platform)}`;
}

/**
 * `bedrock-tray` for those who remember a path for long (settings files, ~/.aws/config) or have an environment that is
 * not ours (terminals): it stays where it is and always runs the version that is installed now. The person's
 * NODE_OPTIONS are for their own programs.
 */
export function launcherText({ platform, home, node, cli, handOut }: LauncherParts): string {
  if (platform === 'win32') {
    const q = (word: string | undefined) => `"${(word ?? '').replaceAll('%', '%%')}"`;
    return [
      '@echo off',
      'rem Written by Bedrock Tray, which keeps it current.',
      'set NODE_OPTIONS=',
      `set "BEDROCK_TRAY_HOME=${home.replaceAll('%', '%%')}"`,
      `if "%~1"=="export-credentials" (${handOut.map(q).join(' ')} %*) else (${q(node)} ${q(cli)} %*)`,
      '',
    ].join('\r\n');
  }
  const [, script, handOutNode, client] = handOut.map(quoteForSh);
  return `#!/bin/sh
# Written by Bedrock Tray, which keeps it current.
unset NODE_OPTIONS
BEDROCK_TRAY_HOME=${quoteForSh(home)}
export BEDROCK_TRAY_HOME
if [ "\${1-}" = export-credentials ]; then
  set -- ${handOutNode} ${client} "$@"
  . ${script}
fi
exec ${quoteForSh(node)} ${quoteForSh(cli)} "$@"
`;
}
