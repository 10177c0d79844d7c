import type {
  BudgetView,
  ProcedureArguments,
  ProcedureOutput,
  TrailEvent,
  UsageRow,
  UsageSums,
} from '../../../src/contract/index.ts';

/** What a team of one used with Claude Code: some months of answers, a bill and a trail, the same at each run. */

const DAY = 86_400_000;
const ids = {
  sonnet: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  opus: 'us.anthropic.claude-opus-4-8-v1:0',
  haiku: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
  next: 'us.anthropic.claude-mythos-6-20261101-v1:0',
  profile: 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/x7k2m9p4qz1a',
} as const;

/** One row of each dimension at once: what usage.query adds up. */
export interface UsageFact extends UsageSums {
  day: string;
  model: string;
  project: string;
  environment: string | null;
  session: string;
  title: string;
}

/** The local day so many days ago. */
export function dayAgo(days: number): string {
  const date = new Date(Date.now() - days * DAY);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((n) => String(n).padStart(2, '0'))
    .join('-');
}

const session = (n: number): string => `dddddddd-0000-4000-8000-${String(n).padStart(12, '0')}`;
const works: [project: string, environment: string | null, title: string, models: (keyof typeof ids)[]][] = [
  ['/home/dana/src/billing-service', 'work', 'Which invoices are overdue?', ['sonnet', 'haiku']],
  ['/home/dana/src/billing-service', 'work', 'Move the ledger to the new currency table', ['opus', 'haiku']],
  ['/home/dana/src/web & shop', 'work', 'Extract the address form', ['sonnet']],
  ['/home/dana/src/invoices', 'research', '发票对账为什么少了三张？', ['haiku', 'next']],
  ['/srv/data', 'research', '=HYPERLINK("https://evil.example") and the pipeline', ['opus', 'profile']],
  ['/home/dana/notes', null, 'Notes for Thursday', ['sonnet']],
];
/** USD for a million tokens: input, output, read, written for 5 min and for 1 h. */
const prices: Partial<Record<keyof typeof ids, readonly [number, number, number, number, number]>> = {
  sonnet: [3.3, 16.5, 0.33, 4.125, 6.6],
  opus: [5.5, 27.5, 0.55, 6.875, 11],
  haiku: [1, 5, 0.1, 1.25, 2],
};

/** Figures that jump about as people's days do, without chance. */
const wave = (n: number): number => ((Math.sin(n * 12.9898) * 43758.5453) % 1) ** 2;

/** `days` back from today; weekends are quiet. */
export function usageFacts(days = 120): UsageFact[] {
  const facts: UsageFact[] = [];
  for (let ago = days - 1; ago >= 0; ago--) {
    const day = dayAgo(ago);
    const weekday = new Date(`${day}T12:00:00`).getDay();
    works.forEach(([project, environment, title, models], w) => {
      models.forEach((model, m) => {
        const busy = wave(ago * 31 + w * 7 + m) * (weekday === 0 || weekday === 6 ? 0.08 : 1);
        if (busy < 0.06) return;
        const [input, output] = [busy * 900_000, busy * 120_000].map(Math.round) as [number, number];
        const [read, hour] = [busy * 9_000_000, busy * 500_000].map(Math.round) as [number, number];
        const short = m === 0 ? Math.round(busy * 250_000) : 0;
        const price = prices[model];
        const tokens = [input, output, read, short, hour] as const;
        facts.push({
          day,
          project,
          environment,
          title,
          session: session(w),
          model: ids[model],
          answers: Math.ceil(busy * 90),
          inputTokens: input,
          outputTokens: output,
          cacheReadTokens: read,
          cacheWrite5mTokens: short,
          cacheWrite1hTokens: hour,
          costUsd: price
            ? tokens.reduce((sum, count, kind) => sum + (count * (price[kind] ?? 0)) / 1e6, 0)
            : null,
          unpricedTokens: price ? 0 : tokens.reduce((a, b) => a + b, 0),
        });
      });
    });
  }
  return facts;
}

const none: UsageSums = {
  answers: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  costUsd: null,
  unpricedTokens: 0,
};

function add<T extends UsageSums>(sums: T, fact: UsageSums): T {
  for (const key of Object.keys(none) as (keyof UsageSums)[]) {
    if (key === 'costUsd') continue;
    sums[key] += fact[key];
  }
  if (fact.costUsd !== null) sums.costUsd = (sums.costUsd ?? 0) + fact.costUsd;
  return sums;
}

/** `usage.query` over facts, as the contract says it. */
export function queryFacts(
  facts: readonly UsageFact[],
  { from, to, by, environment, model, project, limit, ...more }: ProcedureArguments<'usage.query'>,
): Omit<ProcedureOutput<'usage.query'>, 'pending'> {
  const wanted = facts.filter(
    (f) =>
      (from === undefined || f.day >= from) &&
      (to === undefined || f.day <= to) &&
      (environment === undefined || f.environment === environment) &&
      (model === undefined || f.model === model) &&
      (project === undefined || f.project === project) &&
      (more.session === undefined || f.session === more.session),
  );
  const rows = new Map<string, UsageRow>();
  for (const fact of wanted) {
    const key = JSON.stringify(by.map((d) => fact[d]));
    const named = Object.fromEntries(by.map((d) => [d, fact[d]]));
    const titled = by.includes('session') ? { title: fact.title } : {};
    rows.set(key, add(rows.get(key) ?? { ...none, ...named, ...titled }, fact));
  }
  const sorted = [...rows.values()].sort((a, b) =>
    a.day !== b.day ? ((a.day ?? '') < (b.day ?? '') ? 1 : -1) : (b.costUsd ?? 0) - (a.costUsd ?? 0),
  );
  const days = facts.map((f) => f.day).sort();
  return {
    rows: sorted.slice(0, limit),
    total: wanted.reduce((sum, fact) => add(sum, fact), { ...none }),
    more: sorted.length > limit,
    first: days[0] ?? null,
    last: days.at(-1) ?? null,
  };
}

export function budget(more: Partial<BudgetView> = {}): BudgetView {
  return {
    environment: 'work',
    budget: { usd: 120, period: 'month', refuse: false },
    spentUsd: 99.42,
    unpriced: false,
    from: `${dayAgo(0).slice(0, 7)}-01`,
    to: `${dayAgo(0).slice(0, 7)}-28`,
    stage: 80,
    ...more,
  };
}
export const budgets = (): BudgetView[] => [
  budget(),
  budget({
    environment: 'research',
    budget: { usd: 5, period: 'day', refuse: true },
    spentUsd: 6.2,
    unpriced: true,
    from: dayAgo(0),
    to: dayAgo(0),
    stage: 100,
  }),
];

/** What Cost Explorer says of the days that were asked for: less than the list prices, and with a colleague's day. */
export function billOf({ from, to }: ProcedureArguments<'costs.get'>): ProcedureOutput<'costs.get'> {
  const { rows } = queryFacts(usageFacts(), { from, to, by: ['day'], limit: 100_000 });
  return {
    accountId: '123456789012',
    days: rows.flatMap(({ day = '', costUsd }, n) => [
      {
        day,
        service: 'Claude Sonnet 4.5 (Amazon Bedrock Edition)',
        usd: (costUsd ?? 0) * 0.71,
        estimated: n < 2,
      },
      {
        day,
        service: 'Claude Opus 4.8 (Amazon Bedrock Edition)',
        usd: (costUsd ?? 0) * 0.22 + (n === 3 ? 14.2 : 0),
        estimated: n < 2,
      },
      { day, service: 'Amazon Bedrock', usd: 0.004, estimated: n < 2 },
    ]),
    transcriptsUsd: rows.map(({ day = '', costUsd, unpricedTokens }) => ({
      day,
      usd: costUsd ?? 0,
      unpriced: unpricedTokens > 0,
    })),
    requests: 1,
    chargedUsd: 0.01,
    cut: false,
    problem: null,
  };
}

/** Events of CloudTrail, newest first. */
export function trailEvents(count = 120): TrailEvent[] {
  const people = ['dana@example.com', 'li.wei@example.com', 'ci-runner'];
  return Array.from({ length: count }, (_, n) => ({
    id: `event-${n}`,
    at: Date.now() - 20 * 60_000 - n * 47_000,
    name: n % 5 === 3 ? 'Converse' : 'InvokeModelWithResponseStream',
    region: n % 17 === 4 ? 'us-east-1' : 'us-west-2',
    answeredIn: n % 3 === 0 ? 'us-east-2' : null,
    who: `arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_BedrockDeveloper_1a2b3c/${people[n % 4 === 0 ? 1 : n % 9 === 2 ? 2 : 0]}`,
    accessKeyId: 'ASIAEXAMPLEKEY',
    model: n % 6 === 1 ? ids.haiku : ids.sonnet,
    sourceIp: '203.0.113.7',
    userAgent: 'claude-cli/2.1.330 (external, cli)',
    errorCode: n % 11 === 2 ? 'ThrottlingException' : n % 23 === 7 ? 'AccessDenied' : null,
  }));
}

export function trailOf({
  from = 0,
  to = Number.POSITIVE_INFINITY,
  everyone,
  all,
  limit,
}: ProcedureArguments<'trail.list'>): ProcedureOutput<'trail.list'> {
  const calls = trailEvents();
  // Behind each call one of our own reads.
  const reads = calls.map((e) => ({
    ...e,
    id: `read-${e.id}`,
    at: e.at - 1_000,
    name: 'GetFoundationModelAvailability',
    model: null,
    answeredIn: null,
    errorCode: null,
  }));
  const found = [...calls, ...(all ? reads : [])]
    .sort((a, b) => b.at - a.at)
    .filter((e) => e.at >= from && e.at <= to && (everyone || e.who?.endsWith('dana@example.com')));
  const events = found.slice(0, limit);
  return { events, more: found.length > limit, lookedTo: events.at(-1)?.at ?? null, region: 'us-west-2' };
}
