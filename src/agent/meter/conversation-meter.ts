import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ConversationCost, type CostFact, readCostLine } from '../../domain/cost/conversation-cost.ts';
import { projectOf } from '../claude-folder.ts';
import { TranscriptTail } from './transcript-tail.ts';
import type { MeteredConversation } from './worker-messages.ts';

const NEWEST_TOOLS = 64;

/** Follows the transcripts of one conversation: its own, and those of its sub-agents in a folder beside it. */
export class ConversationMeter {
  readonly #of: MeteredConversation;
  /** Something was written to them. */
  readonly #grown: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #subAgents = new Map<string, TranscriptTail>();
  #transcript: string | undefined;
  #tail: TranscriptTail | undefined;
  /** Ids of the newest tool uses. */
  readonly tools: string[] = [];
  /** Conversations of the same session, whose lines may begin this one too. */
  readonly #earlier: readonly ConversationMeter[];
  cost: ConversationCost;

  constructor(of: MeteredConversation, earlier: readonly ConversationMeter[], grown: () => void) {
    this.#of = of;
    this.#earlier = earlier;
    this.#grown = grown;
    this.cost = this.#anew();
  }

  #anew(): ConversationCost {
    return new ConversationCost(this.#earlier.map(({ cost }) => cost));
  }

  /** Reads what is new. False: it was written anew, moved or deleted, and is counted from its beginning. */
  read(): boolean {
    this.#transcript ??= this.#find();
    if (this.#transcript === undefined) return true;
    // Watched before it is read, so that nothing is written unseen.
    this.#watch(this.#transcript);
    const whole = this.#readAll(this.#transcript);
    if (!whole) {
      this.forget();
      this.#transcript = this.#find();
      if (this.#transcript !== undefined) this.#readAll(this.#transcript);
    }
    this.cost.settle();
    return whole;
  }

  /** The next reading begins at the beginning, of those before it as well as of its own. */
  forget(): void {
    this.close();
    this.#subAgents.clear();
    this.#tail = undefined;
    this.cost = this.#anew();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Sub-agents first: what the conversation's own total holds of them must be known before it. */
  #readAll(transcript: string): boolean {
    const folder = join(transcript.replace(/\.jsonl$/, ''), 'subagents');
    for (const path of transcriptsBelow(folder)) {
      this.#watch(folder);
      const tail = this.#subAgents.get(path) ?? new TranscriptTail(path);
      this.#subAgents.set(path, tail);
      const whole = tail.read((line) => {
        const fact = this.#fact(line);
        if (fact) this.cost.subAgent(fact);
      });
      if (!whole) return false;
    }
    this.#tail ??= new TranscriptTail(transcript);
    return this.#tail.read((line) => {
      const fact = this.#fact(line);
      if (fact) this.cost.main(fact);
    });
  }

  #fact(line: string): CostFact | null {
    const fact = readCostLine(line);
    if (fact?.kind === 'answer') {
      this.tools.push(...fact.tools);
      this.tools.splice(0, Math.max(0, this.tools.length - NEWEST_TOOLS));
    }
    return fact;
  }

  /** Where Claude Code keeps it usually; a long path is cut, so all are looked through. */
  #find(): string | undefined {
    const { id, configFolder, cwd } = this.#of;
    const projects = join(configFolder, 'projects');
    const likely = join(projects, projectOf(cwd), `${id}.jsonl`);
    if (isThere(likely)) return likely;
    return namesIn(projects)
      .map((project) => join(projects, project, `${id}.jsonl`))
      .find(isThere);
  }

  #watch(path: string): void {
    if (this.#watchers.has(path)) return;
    try {
      const watcher = watch(path, { persistent: false }, () => this.#grown());
      this.#watchers.set(path, watcher);
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(path);
      });
    } catch {
      // No more watches to be had: Claude Code's hooks still tell when to look.
    }
  }
}

function isThere(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Agents of workflows have folders of their own below. */
function transcriptsBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
