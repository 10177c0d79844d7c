import { HookEvent, MAX_HOOK_BYTES, READ_HOOK_BYTES } from '../../contract/routes.ts';
import { hookHead } from '../../domain/activity/activity-hook.ts';
import { isUuid } from '../../domain/uuid.ts';
import type { SessionIdentity } from '../ports.ts';

/** A client sends its event at once; one that does not is broken. */
const PATIENCE_MS = 2_000;

/** What is used of a request. */
export interface HookRequest extends AsyncIterable<Uint8Array> {
  headers: { 'content-length'?: string | undefined };
  setTimeout(ms: number, tooLate: () => void): unknown;
  destroy(): unknown;
}

export type HookListener = (session: string, event: HookEvent) => void;

/**
 * What Claude Code is to be answered to an event, as its hooks print it (`{"continue": false, "stopReason": …}`); null
 * where this one has nothing to say. It must not block, other than for an answer of a person's; `gone` is aborted when
 * Claude Code no longer waits.
 */
export type HookAnswerer = (
  session: string,
  event: HookEvent,
  gone: AbortSignal,
) => object | null | Promise<object | null>;

/** Takes what Claude Code's hooks are told, for the sessions that are known, and hands it on to all who listen. */
export class HookRelay {
  readonly #identity: (session: string) => SessionIdentity | undefined;
  readonly #listeners = new Set<HookListener>();
  readonly #answerers = new Map<string, Set<HookAnswerer>>();

  constructor(parts: { identity: (session: string) => SessionIdentity | undefined }) {
    this.#identity = parts.identity;
  }

  /** Tells of every event, before anybody answers it. A listener must not block: Claude Code waits for its hooks. */
  onEvent(listener: HookListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks `answerer` at each event of that name; of several the first with something to say is heard. Only hooks that
   * Claude Code waits for can be answered (domain/sessions/launch-hooks.ts): UserPromptSubmit, PreToolUse, PermissionRequest.
   */
  answer(event: string, answerer: HookAnswerer): () => void {
    const there = this.#answerers.get(event) ?? new Set();
    this.#answerers.set(event, there.add(answerer));
    return () => there.delete(answerer);
  }

  /** Answers POST routes.hook; undefined when the client went away. */
  async handle(
    url: URL,
    request: HookRequest,
    gone: AbortSignal,
  ): Promise<{ status: number; body: string } | undefined> {
    const session = url.searchParams.get('session') ?? '';
    if (!isUuid(session) || !this.#identity(session)) return { status: 404, body: '' };
    // HTTP holds a client to the length that it says; one that says none is none of ours.
    const length = Number(request.headers['content-length']);
    if (!(length <= MAX_HOOK_BYTES)) return { status: 413, body: '' };
    request.setTimeout(PATIENCE_MS, () => request.destroy());
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request) {
        if (bytes < READ_HOOK_BYTES) chunks.push(chunk);
        bytes += chunk.byteLength;
      }
    } catch {
      return undefined;
    }
    request.setTimeout(0, () => undefined);
    const text = Buffer.concat(chunks).toString();
    const event = HookEvent.safeParse(length > READ_HOOK_BYTES ? hookHead(text) : parsed(text));
    if (!event.success) return { status: 400, body: '' };
    for (const listener of [...this.#listeners]) listener(session, event.data);
    const answer = await this.#answered(session, event.data, gone);
    return answer === null ? { status: 204, body: '' } : { status: 200, body: JSON.stringify(answer) };
  }

  async #answered(session: string, event: HookEvent, gone: AbortSignal): Promise<object | null> {
    for (const answerer of this.#answerers.get(event.hook_event_name) ?? []) {
      const given = answerer(session, event, gone);
      const answer = given instanceof Promise ? await given : given;
      if (answer !== null) return answer;
    }
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
