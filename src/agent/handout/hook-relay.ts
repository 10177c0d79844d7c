import { HookEvent, MAX_HOOK_BYTES } from '../../contract/routes.ts';
import type { SessionIdentity } from '../ports.ts';

/** A client sends its event at once; one that does not is broken. */
const PATIENCE_MS = 2_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is used of a request. */
export interface HookRequest extends AsyncIterable<Uint8Array> {
  headers: { 'content-length'?: string | undefined };
  setTimeout(ms: number, tooLate: () => void): unknown;
  destroy(): unknown;
}

/** Takes what Claude Code's hooks are told, for the sessions that are known, and hands it on. */
export class HookRelay {
  readonly #identity: (session: string) => SessionIdentity | undefined;
  readonly #onHook: (session: string, event: HookEvent) => void;

  /** `onHook` must not block: Claude Code waits for its hooks. */
  constructor(parts: {
    identity: (session: string) => SessionIdentity | undefined;
    onHook: (session: string, event: HookEvent) => void;
  }) {
    this.#identity = parts.identity;
    this.#onHook = parts.onHook;
  }

  /** The status that POST routes.hook is answered with; undefined when the client went away. */
  async handle(url: URL, request: HookRequest): Promise<number | undefined> {
    const session = url.searchParams.get('session') ?? '';
    if (!uuid.test(session) || !this.#identity(session)) return 404;
    // HTTP holds a client to the length that it says; one that says none is none of ours.
    if (!(Number(request.headers['content-length']) <= MAX_HOOK_BYTES)) return 413;
    request.setTimeout(PATIENCE_MS, () => request.destroy());
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return undefined;
    }
    const event = HookEvent.safeParse(parsed(Buffer.concat(chunks).toString()));
    if (!event.success) return 400;
    this.#onHook(session, event.data);
    return 204;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
