import type { ClaudeView } from '../../contract/state.ts';

/**
 * The oldest Claude Code that sessions are opened with: the first whose awsCredentialExport alone decides. Before it
 * the default chain was asked as well, so that another AWS identity on the machine could sign (its changelog; none
 * is opened, since docs/decisions/0013-identity-of-claude-sessions.md promises that this never happens).
 */
export const OLDEST_CLAUDE = '2.1.206';

/** Versions that this product's tests ran with. */
export const TESTED_CLAUDE: readonly string[] = ['2.1.330'];

/** What is known of a version: `major.minor.patch` with anything behind; null where it does not say one. */
export function claudeSupport(version: string | null): ClaudeView['support'] {
  const given = numbersOf(version ?? '');
  if (!given) return null;
  if (isBefore(given, numbersOf(OLDEST_CLAUDE))) return 'older';
  if (TESTED_CLAUDE.some((tested) => same(given, numbersOf(tested)))) return 'tested';
  return TESTED_CLAUDE.every((tested) => isBefore(numbersOf(tested), given)) ? 'newer' : null;
}

type Numbers = readonly number[] | undefined;

function numbersOf(version: string): Numbers {
  return /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
}

function isBefore(a: Numbers, b: Numbers): boolean {
  const at = [0, 1, 2].find((n) => a?.[n] !== b?.[n]);
  return at !== undefined && (a?.[at] ?? 0) < (b?.[at] ?? 0);
}

function same(a: Numbers, b: Numbers): boolean {
  return !isBefore(a, b) && !isBefore(b, a);
}
