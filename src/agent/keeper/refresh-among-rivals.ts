import { endsSsoSession } from '../../domain/keep-alive/fault.ts';
import { faultOf } from '../aws-errors.ts';
import type { SsoToken } from '../ports.ts';

/** Another tool that rotates the token writes its file a moment after the service has answered it: we look again after these. */
const RIVAL_WRITES_MS = [250, 1_000] as const;
/** So many refresh tokens are tried, one after the other, before the SSO session is believed to be over. */
const MAX_TRIED = 4;

export interface RefreshParts {
  /** Asks AWS for a successor. */
  call(token: SsoToken): Promise<SsoToken>;
  /** What the shared file holds for its refresh token's sake; what lives in it is adopted instead. Null: nothing new. */
  look(): Promise<SsoToken | null>;
  /** Another token was adopted meanwhile, or nobody wants one any more. */
  moved(): boolean;
  /** A token that we held before another tool put an older one in its place. */
  spare(): SsoToken | null;
  pause(ms: number): Promise<void>;
}

/** `moved`: another token counts now; one that AWS gave us all the same may yet be of use. */
export type Refreshed =
  | { kind: 'fresh'; token: SsoToken }
  | { kind: 'failed'; error: unknown }
  | { kind: 'moved'; token: SsoToken | null };

/**
 * One refresh among several tools that share a file without a lock, where a refresh token may work once only: the file
 * is read before (somebody may have been quicker) and again when the service refuses the token (somebody may have
 * rotated it). Each refresh token that turns up is tried once.
 */
export async function refreshAmongRivals(held: SsoToken, parts: RefreshParts): Promise<Refreshed> {
  const found = await parts.look();
  let using = found?.refreshToken !== undefined ? found : held;
  const tried = new Set<string | undefined>();
  while (!parts.moved()) {
    try {
      const token = await parts.call(using);
      return { kind: parts.moved() ? 'moved' : 'fresh', token };
    } catch (error) {
      if (parts.moved()) break;
      if (!endsSsoSession(faultOf(error))) return { kind: 'failed', error };
      tried.add(using.refreshToken);
      const other = tried.size < MAX_TRIED ? await another(tried, parts) : null;
      if (parts.moved()) break;
      if (other === null) return { kind: 'failed', error };
      using = other;
    }
  }
  return { kind: 'moved', token: null };
}

/** Another refresh token than those that were refused. */
async function another(
  tried: ReadonlySet<string | undefined>,
  parts: RefreshParts,
): Promise<SsoToken | null> {
  for (const pauseMs of RIVAL_WRITES_MS) {
    await parts.pause(pauseMs);
    if (parts.moved()) return null;
    const rival = await parts.look();
    if (parts.moved()) return null;
    if (rival?.refreshToken !== undefined && !tried.has(rival.refreshToken)) return rival;
  }
  const spare = parts.spare();
  return spare?.refreshToken !== undefined && !tried.has(spare.refreshToken) ? spare : null;
}
