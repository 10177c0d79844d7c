import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLAUDE_FOLDER, CLAUDE as claudeVersion } from '../../scripts/install-test-parts.ts';
import { pinnedNode } from './sandbox.ts';

export { claudeVersion };

/** The real Claude Code, a referee. It lives under .cache/, apart from the product's own packages. */

const root = fileURLToPath(new URL('../../', import.meta.url));
const claudePath = join(CLAUDE_FOLDER, 'node_modules', '.bin', 'claude');

function installedVersion(): string | undefined {
  try {
    return execFileSync(claudePath, ['--version'], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
  } catch {
    return undefined;
  }
}

/** Path of the pinned `claude` if it is here; undefined tells a test to be skipped by name. */
export function findClaude(): string | undefined {
  return installedVersion()?.startsWith(`${claudeVersion} `) ? claudePath : undefined;
}

/** Path of the pinned `claude`, installed on first use. Throws with npm's own words when it cannot be. */
export function realClaude(): string {
  if (!installedVersion()?.startsWith(`${claudeVersion} `)) {
    const script = join(root, 'scripts', 'install-test-parts.ts');
    execFileSync(pinnedNode, [script, '--only', 'claude'], { cwd: root, stdio: 'pipe', timeout: 300_000 });
  }
  return claudePath;
}

/** Answers claude's first-run questions in a test's HOME: onboarding, and trust in these folders. */
export async function prepareClaudeHome(home: string, trusted: readonly string[]): Promise<void> {
  await mkdir(home, { recursive: true });
  const projects = Object.fromEntries(trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }]));
  const text = JSON.stringify({ hasCompletedOnboarding: true, projects });
  await writeFile(join(home, '.claude.json'), text, { mode: 0o600 });
}
