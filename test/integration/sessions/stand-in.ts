import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import { type Installation, install } from '../../support/installation.ts';

/**
 * A whole product with a stand-in for Claude Code, where its own doings do not matter: it has a child in a session of
 * its own and, where DEAF is set, one that ignores hang-ups, writes a transcript at the first line that it hears, and stays until it is ended.
 */
const standIn = `#!/bin/sh
[ "$1" = --version ] && echo '2.1.330 (Claude Code)' && exit
setsid sleep 600 &
[ -z "$DEAF" ] || { (trap '' HUP; sleep 600) & }
echo "args: $*"
while [ $# -gt 1 ]; do case "$1" in --session-id|--resume) id=$2;; esac; shift; done
while read -r line; do
  mkdir -p "$HOME/.claude/projects/-x"
  echo "{\\"said\\":\\"$line\\"}" >> "$HOME/.claude/projects/-x/$id.jsonl"
  echo "heard <$line>"
done
`;

export interface Product {
  own: Installation;
  agent: AgentConnection;
  /** Folders to work in. */
  folders: string[];
}

export async function productWithStandIn(): Promise<Product> {
  const own = await install();
  const home = realpathSync(own.env.HOME ?? '');
  const claude = join(home, 'bin', 'claude');
  const folders = ['one', 'two', 'three'].map((name) => join(home, name));
  for (const folder of [join(home, 'bin'), ...folders]) mkdirSync(folder, { recursive: true });
  writeFileSync(claude, standIn);
  chmodSync(claude, 0o755);
  const { status, stderr } = await own.login({ args: ['--sso-session', 'sandbox'] });
  if (status !== 0) throw new Error(stderr);
  const agent = await own.connect();
  await agent.call('settings.set', { claudePath: claude });
  return { own, agent, folders };
}
