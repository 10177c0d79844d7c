import { failed, type Told, warning } from './findings.ts';

/** AWS refuses signatures that are further off; with less, other programs still get through. ms. */
const CLOCK_REFUSED_MS = 5 * 60_000;
const CLOCK_WRONG_MS = 60_000;

/** `skewMs`: AWS's clock minus this computer's. */
export function clockFindings(skewMs: number): Told[] {
  const off = Math.abs(skewMs);
  if (off < CLOCK_WRONG_MS) return [];
  const tell = off >= CLOCK_REFUSED_MS ? failed : warning;
  return [tell(skewMs > 0 ? 'clockBehind' : 'clockAhead', { minutes: Math.round(off / 60_000) })];
}

/**
 * Whether the caller is who the profile names. A permission set's role is `AWSReservedSSO_NAME_HASH`; `roleName` is its
 * name, or that of an assumed role.
 */
export function identityFindings(
  caller: { accountId: string; arn: string },
  profile: { accountId: string | null; roleName: string | null },
): Told[] {
  const { accountId, roleName } = profile;
  if (accountId !== null && caller.accountId !== accountId)
    return [failed('otherAccount', { expected: accountId, found: caller.accountId })];
  const role = /:assumed-role\/([^/]+)\//.exec(caller.arn)?.[1];
  if (roleName === null) return [];
  const same = role === roleName || /^AWSReservedSSO_(.+)_[0-9a-f]+$/.exec(role ?? '')?.[1] === roleName;
  return same ? [] : [failed('otherRole', { expected: roleName, found: caller.arn })];
}

/** How a streamed answer came. All ms; `serverMs`: from its first byte to its last as Bedrock says, null where it does not. */
export interface StreamTimes {
  events: number;
  spreadMs: number;
  serverMs: number | null;
}

/** Below this nothing can be told: so short an answer may well come at once. */
const TELLING_MS = 100;

/** Written over a while, and here all in one moment: somebody in between has collected it. */
export function streamFindings({ events, spreadMs, serverMs }: StreamTimes): Told[] {
  if (serverMs === null || serverMs < TELLING_MS || events < 3) return [];
  return spreadMs < serverMs * 0.2 ? [warning('streamBuffered', { ms: Math.round(serverMs) })] : [];
}

const DAY_MS = 86_400_000;
/** What AWS's own advice (IAM best practices) takes for old. */
const OLD_DAYS = 90;

/** `AKIA…WXYZ`: enough to tell one key from another. */
export const shortKey = (id: string): string => `${id.slice(0, 4)}…${id.slice(-4)}`;

export function keyFindings(
  key: { id: string; profile: string; createdAt: number | null },
  now: number,
): Told[] {
  const { id, profile, createdAt } = key;
  const days = createdAt === null ? null : Math.floor((now - createdAt) / DAY_MS);
  return days !== null && days > OLD_DAYS
    ? [warning('oldKey', { profile, key: shortKey(id), days })]
    : [warning('longLivedKey', { profile, key: shortKey(id) })];
}

/** Tokens a minute below which one session with large files is throttled. */
const LOW_TOKENS = 50_000;

export function quotaFindings(model: string, tokens: number): Told[] {
  if (tokens <= 0) return [failed('quotaZero', { model })];
  return tokens < LOW_TOKENS ? [warning('quotaLow', { model, tokens })] : [];
}

/** Bytes below which nothing more can be kept, and below which it is time to say so. */
const FULL_BYTES = 1_000_000;
const NEARLY_FULL_BYTES = 100_000_000;

export function diskFindings(folder: string, freeBytes: number): Told[] {
  const free = Math.floor(freeBytes / 1_000_000);
  if (freeBytes < FULL_BYTES) return [failed('diskFull', { folder, free })];
  return freeBytes < NEARLY_FULL_BYTES ? [warning('diskNearlyFull', { folder, free })] : [];
}

/** What Claude Code waits for at each prompt, ms: more than half a second is felt. */
const SLOW_HOOK_MS = 500;

export function hookFindings(run: { ms: number; problem: string | null }): Told[] {
  if (run.problem !== null) return [warning('hooksBroken', { reason: run.problem })];
  return run.ms > SLOW_HOOK_MS ? [warning('hooksSlow', { ms: Math.round(run.ms) })] : [];
}

export function regionFindings(facts: {
  region: string;
  known: readonly string[];
  /** Whether there is such a host; null: it was not or could not be asked. */
  hasHost: boolean | null;
  ssoRegion: string | null;
  profileRegion: string | null;
}): Told[] {
  const { region, known, hasHost, ssoRegion, profileRegion } = facts;
  const found: Told[] = [];
  if (!known.includes(region)) {
    if (hasHost === false) found.push(failed('regionWithoutBedrock', { region }));
    else if (hasHost === null) found.push(warning('regionUnknown', { region }));
  }
  if (region === ssoRegion && profileRegion !== null && profileRegion !== region)
    found.push(warning('regionIsSsoRegion', { region, profileRegion }));
  return found;
}
