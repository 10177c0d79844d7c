import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ConversationLine } from '../../domain/conversations/conversation.ts';
import { isConversationId } from '../../domain/conversations/conversation-id.ts';
import type { AnswerFact, CostFact } from '../../domain/cost/conversation-cost.ts';
import { addTokens, noTokens, promptClass, type TokenUsage } from '../../domain/cost/prices.ts';
import { besideAnswers, type Told } from '../../domain/usage/beside.ts';
import { dayOf, QUARTER_MS } from '../../domain/usage/days.ts';
import { type ConversationFacts, learn, noFacts } from '../history/conversation-facts.ts';
import type { TranscriptFile } from '../history/transcript-files.ts';
import type { Stay } from './worker-messages.ts';

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;
const SUMS = ['answers', ...KINDS];
const KNOWN_QUARTERS = 50_000;
const WORDS = ['cwd', 'cwdCertain', 'given', 'made', 'summary', 'prompt', 'opening'] as const;
/** A longer name is none. */
const MODEL_LENGTH = 500;
const EVER = Number.MAX_SAFE_INTEGER;

type Tokens = Record<(typeof KINDS)[number], number>;
const tokens = (row: Tokens): TokenUsage => ({
  input: row.input,
  output: row.output,
  cacheRead: row.cacheRead,
  cacheWrite5m: row.cacheWrite5m,
  cacheWrite1h: row.cacheWrite1h,
});
const values = (usage: TokenUsage): number[] => KINDS.map((kind) => usage[kind]);
const sumOf = KINDS.map((kind) => `sum(${kind}) AS ${kind}`).join(', ');

interface Answer extends Tokens {
  conversation: number;
  at: number;
  model: number;
}

interface Change {
  quarter: number;
  stay: number;
  model: number;
  step: number;
  answers: number;
  usage: number[];
}

/** Of two lines of one answer that have the same time, the later has more of it. */
function isOlder(a: Pick<AnswerFact, 'at' | 'usage'>, b: Pick<AnswerFact, 'at' | 'usage'>): boolean {
  return a.at < b.at || (a.at === b.at && a.usage.output < b.usage.output);
}

/** What one transcript adds, line by line. */
export interface Reading {
  /** Which of the conversation's words are wanted. */
  readonly wants: 'all' | 'titles' | 'none';
  words(line: ConversationLine): void;
  /** `stampBefore`: when something was said last before the line. */
  cost(fact: CostFact, stampBefore: () => number | null): void;
  /** The conversation's key; null where none was found out. */
  end(): number | null;
}

/**
 * The index of what was used, as it is written: answers, Claude Code's own totals, and the sums that follow from both.
 * Sums are changed by differences, which `settle` writes.
 */
export class UsageBook {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #conversations = new Map<string, number>();
  readonly #models = new Map<string, number>();
  /** Of each conversation, the newest first. */
  readonly #stays = new Map<number, { key: number; since: number; environment: string | null }[]>();
  readonly #changes = new Map<string, Change>();
  /** Conversations with answers or totals that are not reckoned with yet. */
  readonly #dirty = new Set<number>();
  #reworded = false;
  /** Undefined: not looked up yet; null: none was ever used. */
  #zoneNow: string | null | undefined;
  /** Days of quarters, in that zone. */
  readonly #days = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  #sql(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (!statement) {
      statement = this.#database.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }

  transcript(file: TranscriptFile & { subAgent: boolean }): Reading {
    let own = file.id === '' ? null : this.#conversation(file.id, file.project);
    const facts = own === null || file.subAgent ? null : this.#wordsOf(own);
    const before = JSON.stringify(facts);
    let newest: number | null = null;
    let open =
      own !== null &&
      !file.subAgent &&
      this.#sql('SELECT 1 FROM told WHERE conversation = ? AND until IS NULL').get(own) !== undefined;
    if (own !== null && !file.subAgent)
      this.#sql('UPDATE conversation SET folder = ? WHERE key = ? AND folder <> ?').run(
        file.project,
        own,
        file.project,
      );
    // An answer's lines stand one behind the other: the last of them is enough.
    let held: AnswerFact | null = null;
    let heldFrom = 0;
    const write = (fact: AnswerFact) => {
      if (own === null && fact.conversation !== null && isConversationId(fact.conversation))
        own = this.#conversation(fact.conversation, file.project);
      if (own === null) return;
      if (open && !file.subAgent) {
        this.#sql('UPDATE told SET until = ? WHERE conversation = ? AND until IS NULL AND at <= ?').run(
          heldFrom,
          own,
          heldFrom,
        );
        open = false;
      }
      newest = fact.at;
      this.#answer(fact, own, file.project);
    };
    return {
      get wants() {
        if (!facts) return 'none';
        return facts.prompt === null || !facts.cwdCertain ? 'all' : 'titles';
      },
      words: (line) => {
        if (facts) learn(facts, line, file.project);
      },
      cost: (fact, stampBefore) => {
        if (fact.kind === 'answer') {
          if (held && held.id !== fact.id) write(held);
          if (held?.id !== fact.id) heldFrom = fact.at;
          if (held?.id !== fact.id || !isOlder(fact, held)) held = fact;
        } else if (fact.kind === 'total') {
          if (held) write(held);
          held = null;
          const at = stampBefore() ?? newest;
          if (own === null || file.subAgent || at === null) return;
          open = true;
          this.#told(own, at, fact.models);
        }
      },
      end: () => {
        if (held) write(held);
        if (facts && own !== null && JSON.stringify(facts) !== before) {
          this.#reworded = true;
          this.#sql(
            `UPDATE conversation SET ${WORDS.map((name) => `${name} = ?`).join(', ')} WHERE key = ?`,
          ).run(...WORDS.map((name) => facts[name]), own);
        }
        return own;
      },
    };
  }

  /** Its transcript is gone: what was said in it is nobody's business any more, what it used stays. */
  forgetWords(conversation: number): void {
    this.#sql(
      'UPDATE conversation SET given = NULL, made = NULL, summary = NULL, prompt = NULL, opening = NULL WHERE key = ?',
    ).run(conversation);
    this.#reworded = true;
  }

  /** A conversation is held in an environment from then on (null: in none); true where that changes anything. */
  opened({ conversation: id, environment, since }: Stay): boolean {
    const conversation = this.#conversation(id, '');
    const stays = this.#staysOf(conversation);
    const before = stays.find((stay) => stay.since <= since);
    if (before?.environment === environment) return false;
    const next = Math.min(EVER, ...stays.filter((stay) => stay.since > since).map((stay) => stay.since));
    this.#sql(
      'INSERT INTO stay (conversation, since, environment) VALUES (?, ?, ?) ON CONFLICT (conversation, since) DO UPDATE SET environment = excluded.environment',
    ).run(conversation, since, environment);
    this.#stays.delete(conversation);
    if (before?.since === since) return true;
    const now = this.#staysOf(conversation).find((stay) => stay.since === since);
    for (const table of ['answer', 'beside'] as const) {
      const rows = this.#sql(`SELECT * FROM ${table} WHERE conversation = ? AND at >= ? AND at < ?`).all(
        conversation,
        since,
        next,
      ) as unknown as Answer[];
      for (const row of rows) {
        this.#count(row, table, -1, before?.key);
        this.#count(row, table, 1, now?.key);
      }
    }
    return true;
  }

  /** Reckons with all that was read; true where what can be asked for is another. */
  settle(): boolean {
    for (const conversation of [...this.#dirty]) this.#reckon(conversation, new Set());
    this.#dirty.clear();
    const changed = this.#changes.size > 0 || this.#reworded;
    const rest = ['stay', 'model', 'step', 'answers', ...KINDS].join(', ');
    for (const { quarter, stay, model, step, answers, usage } of this.#changes.values()) {
      for (const [table, time, at] of [
        ['used', 'quarter', quarter],
        ['daily', 'day', this.#dayOf(quarter)],
      ] as const) {
        if (at === null) continue;
        this.#sql(`
          INSERT INTO ${table} (${time}, ${rest}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}
        `).run(at, stay, model, step, answers, ...usage);
        if (answers > 0) continue;
        this.#sql(`
          DELETE FROM ${table} WHERE ${time} = ? AND stay = ? AND model = ? AND step = ?
            AND ${SUMS.map((name) => `${name} = 0`).join(' AND ')}
        `).run(at, stay, model, step);
      }
    }
    this.#changes.clear();
    this.#reworded = false;
    return changed;
  }

  /** The zone that days are reckoned in; a new one makes their sums again. */
  setZone(zone: string): void {
    if (this.#zone() === zone) return;
    this.#days.clear();
    this.#database.function('day_of', { deterministic: true }, (quarter) =>
      this.#dayIn(Number(quarter), zone),
    );
    this.#database.exec(`
      DELETE FROM daily;
      DELETE FROM zone;
      INSERT INTO daily SELECT day_of(quarter), stay, model, step, ${SUMS.map((name) => `sum(${name})`).join(', ')}
        FROM used GROUP BY 1, 2, 3, 4;
    `);
    this.#sql('INSERT INTO zone VALUES (?)').run(zone);
    this.#zoneNow = zone;
  }

  #zone(): string | null {
    if (this.#zoneNow === undefined)
      this.#zoneNow =
        (this.#sql('SELECT name FROM zone').get() as { name: string } | undefined)?.name ?? null;
    return this.#zoneNow;
  }

  #dayOf(quarter: number): string | null {
    const zone = this.#zone();
    return zone === null ? null : this.#dayIn(quarter, zone);
  }

  #dayIn(quarter: number, zone: string): string {
    let day = this.#days.get(quarter);
    if (day === undefined) {
      if (this.#days.size > KNOWN_QUARTERS) this.#days.clear();
      day = dayOf(quarter * QUARTER_MS, zone);
      this.#days.set(quarter, day);
    }
    return day;
  }

  #answer(fact: AnswerFact, own: number, folder: string): void {
    const id = hash('sha256', fact.id, 'buffer').subarray(0, 10);
    const known = this.#sql('SELECT * FROM answer WHERE id = ?').get(id) as unknown as Answer | undefined;
    // It stays with the conversation that had it first, or that the first copy names.
    const asker = fact.origin !== null && isConversationId(fact.origin) ? fact.origin : null;
    const conversation = known?.conversation ?? (asker === null ? own : this.#conversation(asker, folder));
    if (conversation !== own) this.#copied(own, conversation, fact.at);
    const next: Answer = { conversation, at: fact.at, model: this.#model(fact.model), ...fact.usage };
    if (known) {
      // The newest line of an answer has its final figures, in whichever transcript it stands.
      if (isOlder(fact, { at: known.at, usage: tokens(known) }))
        Object.assign(next, { at: known.at, model: known.model, ...tokens(known) });
      const same = conversation === known.conversation && next.at === known.at && next.model === known.model;
      if (same && KINDS.every((kind) => next[kind] === known[kind])) return;
      this.#count(known, 'answer', -1);
      this.#dirty.add(known.conversation);
    }
    this.#count(next, 'answer', 1);
    this.#dirty.add(conversation);
    this.#sql('INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      id,
      conversation,
      next.at,
      next.model,
      ...values(next),
    );
  }

  /** A conversation that began with another's lines: that one is its parent, the one copied last where there are several. */
  #copied(own: number, origin: number, at: number): void {
    const { changes } = this.#sql(
      'UPDATE conversation SET parent = ?, parentAt = ? WHERE key = ? AND (parentAt IS NULL OR parentAt < ?)',
    ).run(origin, at, own, at);
    if (changes > 0) this.#dirty.add(own);
  }

  #told(conversation: number, at: number, models: ReadonlyMap<string, TokenUsage>): void {
    // Read once more, it has an end already.
    const insert = this.#sql(`
      INSERT INTO told VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ${KINDS.map((kind) => `${kind} = excluded.${kind}`).join(', ')}
    `);
    for (const [model, usage] of models) insert.run(conversation, at, this.#model(model), ...values(usage));
    this.#dirty.add(conversation);
  }

  /** What was asked beside a conversation, and then beside those that began with its lines. */
  #reckon(conversation: number, seen: Set<number>): void {
    if (seen.has(conversation)) return;
    seen.add(conversation);
    this.#beside(conversation);
    const children = this.#sql('SELECT key FROM conversation WHERE parent = ?').all(conversation) as {
      key: number;
    }[];
    for (const { key } of children) this.#reckon(key, seen);
  }

  #beside(conversation: number): void {
    const told = this.#sql('SELECT * FROM told WHERE conversation = ? ORDER BY at').all(
      conversation,
    ) as unknown as (Answer & { until: number | null })[];
    if (told.length === 0) return;
    const lineage = this.#lineage(conversation);
    const totals = new Map<number, { until: number; models: Map<string, TokenUsage> }>();
    for (const row of told) {
      const total = totals.get(row.at) ?? { until: row.until ?? EVER, models: new Map() };
      totals.set(row.at, total);
      total.models.set(String(row.model), tokens(row));
    }
    const next = besideAnswers(
      [...totals].map(
        ([at, { until, models }]): Told => ({ at, models, counted: this.#counted(lineage, until) }),
      ),
    ).map(({ at, model, usage }): Answer => ({ conversation, at, model: Number(model), ...usage }));
    const before = this.#sql('SELECT * FROM beside WHERE conversation = ? ORDER BY at, model').all(
      conversation,
    ) as unknown as Answer[];
    next.sort((a, b) => a.at - b.at || a.model - b.model);
    if (JSON.stringify(next) === JSON.stringify(before)) return;
    for (const row of before) this.#count(row, 'beside', -1);
    this.#sql('DELETE FROM beside WHERE conversation = ?').run(conversation);
    for (const row of next) {
      this.#count(row, 'beside', 1);
      this.#sql('INSERT INTO beside VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
        row.conversation,
        row.at,
        row.model,
        ...values(row),
      );
    }
  }

  /**
   * The conversation and those that it began with the lines of, each up to where it went its own way: a fork's total
   * goes on from its origin's.
   */
  #lineage(conversation: number): { conversation: number; before: number }[] {
    const lineage = [{ conversation, before: EVER }];
    const seen = new Set([conversation]);
    for (let child = conversation; ; ) {
      const { parent } = this.#sql('SELECT parent FROM conversation WHERE key = ?').get(child) as {
        parent: number | null;
      };
      if (parent === null || seen.has(parent)) return lineage;
      const { first } = this.#sql('SELECT min(at) AS first FROM answer WHERE conversation = ?').get(
        child,
      ) as { first: number | null };
      lineage.push({ conversation: parent, before: first ?? EVER });
      seen.add(parent);
      child = parent;
    }
  }

  /** What is known by itself of a lineage until then: answers, and what was asked beside those it began with. */
  #counted(
    lineage: readonly { conversation: number; before: number }[],
    until: number,
  ): Map<string, TokenUsage> {
    const counted = new Map<string, TokenUsage>();
    for (const [at, { conversation, before }] of lineage.entries()) {
      for (const table of at === 0 ? ['answer'] : ['answer', 'beside']) {
        const rows = this.#sql(
          `SELECT model, ${sumOf} FROM ${table} WHERE conversation = ? AND at < ? GROUP BY model`,
        ).all(conversation, Math.min(before, until)) as unknown as Answer[];
        for (const row of rows) {
          const model = String(row.model);
          counted.set(model, addTokens(counted.get(model) ?? noTokens, tokens(row)));
        }
      }
    }
    return counted;
  }

  /** Adds to the sums, or takes away. How long the prompts were of what was asked beside is not told: taken as short. */
  #count(
    row: Answer,
    table: 'answer' | 'beside',
    sign: 1 | -1,
    stay = this.#stayAt(row.conversation, row.at),
  ): void {
    const quarter = Math.floor(row.at / QUARTER_MS);
    const step = table === 'answer' ? promptClass(tokens(row)) : 0;
    const key = `${quarter} ${stay} ${row.model} ${step}`;
    let change = this.#changes.get(key);
    if (!change) {
      change = { quarter, stay, model: row.model, step, answers: 0, usage: KINDS.map(() => 0) };
      this.#changes.set(key, change);
    }
    if (table === 'answer') change.answers += sign;
    change.usage = change.usage.map((sum, kind) => sum + sign * row[KINDS[kind] as (typeof KINDS)[number]]);
  }

  #stayAt(conversation: number, at: number): number {
    const stays = this.#staysOf(conversation);
    return (stays.find(({ since }) => since <= at) ?? stays.at(-1))?.key ?? 0;
  }

  #staysOf(conversation: number) {
    let stays = this.#stays.get(conversation);
    if (!stays) {
      stays = this.#sql(
        'SELECT key, since, environment FROM stay WHERE conversation = ? ORDER BY since DESC',
      ).all(conversation) as unknown as { key: number; since: number; environment: string | null }[];
      this.#stays.set(conversation, stays);
    }
    return stays;
  }

  /** A conversation's key; `folder` names where one that is new is filed. */
  #conversation(id: string, folder: string): number {
    const known = this.#conversations.get(id);
    if (known !== undefined) return known;
    this.#sql('INSERT OR IGNORE INTO conversation (id, folder, cwdCertain) VALUES (?, ?, 0)').run(id, folder);
    const { key } = this.#sql('SELECT key FROM conversation WHERE id = ?').get(id) as { key: number };
    this.#sql('INSERT OR IGNORE INTO stay (conversation, since, environment) VALUES (?, 0, NULL)').run(key);
    this.#conversations.set(id, key);
    return key;
  }

  #wordsOf(conversation: number): ConversationFacts {
    const row = this.#sql(`SELECT ${WORDS.join(', ')} FROM conversation WHERE key = ?`).get(
      conversation,
    ) as unknown as Pick<ConversationFacts, (typeof WORDS)[number]>;
    return { ...noFacts(), ...row };
  }

  #model(name: string): number {
    const id = name.slice(0, MODEL_LENGTH);
    const known = this.#models.get(id);
    if (known !== undefined) return known;
    this.#sql('INSERT OR IGNORE INTO model (id) VALUES (?)').run(id);
    const { key } = this.#sql('SELECT key FROM model WHERE id = ?').get(id) as { key: number };
    this.#models.set(id, key);
    return key;
  }
}
