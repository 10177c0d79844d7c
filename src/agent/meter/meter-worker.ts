import type { MeterView } from '../../contract/state.ts';
import { addTokens, contextSize, noTokens } from '../../domain/cost/prices.ts';
import { PriceList } from '../prices/price-list.ts';
import { ConversationMeter } from './conversation-meter.ts';
import type { FromMeterWorker, ToMeterWorker } from './worker-messages.ts';

/** Claude Code writes several lines at a time; they are read together. */
const GATHER_MS = 150;
/** Somebody waits for a line that is about to be written. */
const LOOK_MS = 20;

interface Metered {
  conversations: Map<string, ConversationMeter>;
  /** The id of one of them. */
  shown: string;
  gathering: NodeJS.Timeout | undefined;
  /** What was said last. */
  said: string;
}

/** The worker's doing: adds up what the followed sessions use, and says so when it changes. Nothing runs while nothing is written. */
export class MeterWorker {
  readonly #say: (message: FromMeterWorker) => void;
  readonly #sessions = new Map<string, Metered>();
  readonly #prices = new PriceList();

  constructor(say: (message: FromMeterWorker) => void) {
    this.#say = say;
  }

  handle(message: ToMeterWorker): void {
    switch (message.type) {
      case 'follow':
        this.#follow(message);
        return;
      case 'read': {
        this.#readUntil(message, Date.now() + message.waitMs);
        return;
      }
      case 'forget':
        this.#forget(message.session);
        return;
      case 'prices':
        this.#prices.set(message.facts);
        for (const [session, metered] of this.#sessions) this.#tell(session, metered);
        return;
    }
  }

  #follow({ session, conversations, shown }: Extract<ToMeterWorker, { type: 'follow' }>): void {
    const metered: Metered = this.#sessions.get(session) ?? {
      conversations: new Map(),
      shown,
      gathering: undefined,
      said: '',
    };
    metered.shown = shown;
    this.#sessions.set(session, metered);
    const grown = () => {
      metered.gathering ??= setTimeout(() => {
        metered.gathering = undefined;
        if (this.#sessions.get(session) === metered) this.#read(session, metered);
      }, GATHER_MS);
    };
    for (const conversation of conversations) {
      if (metered.conversations.has(conversation.id)) continue;
      metered.conversations.set(
        conversation.id,
        new ConversationMeter(conversation, [...metered.conversations.values()], grown),
      );
    }
    this.#read(session, metered);
  }

  #readUntil(wish: Extract<ToMeterWorker, { type: 'read' }>, latest: number): void {
    const { session, request, tool } = wish;
    const metered = this.#sessions.get(session);
    if (metered) this.#read(session, metered);
    const conversations = [...(metered?.conversations.values() ?? [])];
    if (
      metered &&
      tool !== null &&
      !conversations.some((c) => c.tools.includes(tool)) &&
      Date.now() < latest
    ) {
      setTimeout(() => this.#readUntil(wish, latest), LOOK_MS);
      return;
    }
    this.#say({ type: 'read', request });
  }

  #forget(session: string): void {
    const metered = this.#sessions.get(session);
    if (!metered) return;
    clearTimeout(metered.gathering);
    for (const conversation of metered.conversations.values()) conversation.close();
    this.#sessions.delete(session);
  }

  #read(session: string, metered: Metered): void {
    let anew = false;
    for (const conversation of metered.conversations.values()) {
      // It may have lines of one that was forgotten.
      if (anew) conversation.forget();
      if (!conversation.read()) anew = true;
    }
    this.#tell(session, metered);
  }

  #tell(session: string, metered: Metered): void {
    const meter = this.#meter(metered);
    if (!meter) return;
    const models = [...metered.conversations.values()].flatMap((c) => [...c.cost.usage().keys()]);
    const unnamed = [...new Set(models)].filter((model) => this.#prices.isUnnamed(model));
    const said = JSON.stringify([meter, unnamed]);
    if (said === metered.said) return;
    metered.said = said;
    this.#say({ type: 'used', session, meter, unnamed });
  }

  /** The sum of a session's conversations; null while nothing was used. */
  #meter({ conversations, shown }: Metered): MeterView | null {
    let at: number | null = null;
    let usd: number | null = 0;
    let tokens = noTokens;
    for (const { cost } of conversations.values()) {
      if (cost.at !== null) at = Math.max(at ?? 0, cost.at);
      const part = cost.cost((model) => this.#prices.of(model, Date.now()));
      usd = usd === null || part === null ? null : usd + part;
      for (const usage of cost.usage().values()) tokens = addTokens(tokens, usage);
    }
    if (at === null) return null;
    const last = conversations.get(shown)?.cost.last ?? null;
    const model =
      (last ?? [...conversations.values()].findLast(({ cost }) => cost.last)?.cost.last)?.model ?? null;
    return {
      costUsd: usd,
      model,
      contextTokens: last?.contextTokens ?? null,
      contextSize: model === null ? null : contextSize(this.#prices.behind(model)),
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      cacheReadTokens: tokens.cacheRead,
      cacheWriteTokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
      at,
    };
  }
}
