import type { MeterView } from '../../contract/state.ts';
import type { PriceFacts } from '../prices/price-list.ts';

/** A conversation of Claude Code, and where its transcript is to be looked for. */
export interface MeteredConversation {
  id: string;
  /** Claude Code's folder (`~/.claude`). */
  configFolder: string;
  cwd: string;
}

export type ToMeterWorker =
  /**
   * Adds up these conversations from now on, in the order in which the session showed them first, and says when the sum
   * changes. Told again when there is another one, or another one is `shown` (its id).
   */
  | { type: 'follow'; session: string; conversations: readonly MeteredConversation[]; shown: string }
  /**
   * Reads what is new now, and answers with `read`: as soon as the answer with the tool use `tool` stands there (Claude
   * Code writes it a moment after it has told its hooks), else after `waitMs`.
   */
  | { type: 'read'; session: string; request: number; tool: string | null; waitMs: number }
  | { type: 'forget'; session: string }
  | { type: 'prices'; facts: PriceFacts };

export type FromMeterWorker =
  | {
      type: 'used';
      session: string;
      meter: MeterView;
      /** Names of models that say nothing by themselves (ARNs), not known yet. */
      unnamed: readonly string[];
    }
  | { type: 'read'; request: number };
