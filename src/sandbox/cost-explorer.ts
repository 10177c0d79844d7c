import { page } from './http.ts';
import type { JsonBody, JsonOperation, JsonService } from './json-protocol.ts';
import { JsonFault } from './json-protocol.ts';
import type { Model } from './models.ts';
import { models } from './models.ts';
import { sha256Hex } from './sigv4.ts';
import type { World } from './world.ts';

/**
 * Cost Explorer's GetCostAndUsage: by day and service, an account's invented history of the last months and, at the
 * sandbox's own prices, what was invoked here. Anthropic's models are sold through AWS Marketplace: each is a service of
 * its own name, and only models of Amazon's are `Amazon Bedrock`.
 */

const dayMs = 86_400_000;
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** USD for a million tokens: input, output, cache read, cache writes of 5 minutes and of an hour. */
function pricesOf({ modelName }: Model): readonly [number, number, number, number, number] {
  if (modelName.includes('Haiku')) return [1, 5, 0.1, 1.25, 2];
  if (modelName.includes('Sonnet')) return [3, 15, 0.3, 3.75, 6];
  if (modelName.includes('Opus')) return [5, 25, 0.5, 6.25, 10];
  if (modelName.includes('Fable')) return [8, 40, 0.8, 10, 16];
  return [0.06, 0.24, 0.015, 0.06, 0.06];
}

const serviceOf = (model: Model) =>
  model.providerName === 'Anthropic' ? `${model.modelName} (Amazon Bedrock Edition)` : 'Amazon Bedrock';

interface Line {
  readonly account: string;
  readonly day: string;
  readonly service: string;
  readonly type: string;
  readonly usd: number;
}

/** 0 to 1, the same for the same text. */
const chance = (text: string) => Number.parseInt(sha256Hex(text).slice(0, 8), 16) / 0xffff_ffff;

/** What an account was charged for a day that is over. */
function history(account: string, day: string): Line[] {
  const weekday = new Date(day).getUTCDay();
  const busy = weekday === 0 || weekday === 6 ? 0.15 : 1;
  const line = (service: string, most: number, type = 'Usage'): Line => {
    const usd = Math.round(most * busy * chance(`${account} ${day} ${service}`) * 1e10) / 1e10;
    return { account, day, service, type, usd };
  };
  return [
    line('Claude Opus 5.5 (Amazon Bedrock Edition)', 60),
    line('Claude Sonnet 4.5 (Amazon Bedrock Edition)', 25),
    line('Claude Haiku 4.5 (Amazon Bedrock Edition)', 3),
    line('Amazon Bedrock', 0.4),
    line('EC2 - Other', 12),
    line('AmazonCloudWatch', 2),
    line('Tax', 4, 'Tax'),
    ...(day.endsWith('-15') ? [{ account, day, service: 'Amazon Bedrock', type: 'Credit', usd: -5 }] : []),
  ];
}

/** What was invoked here. */
function invoked(world: World): Line[] {
  return world.log.find({ after: 0, service: 'bedrock-runtime' }).flatMap((record): Line[] => {
    const { detail } = record;
    const key = world.keys.get(record.accessKeyId ?? '');
    const model = models.find(({ modelId }) => modelId === record.model);
    if (key === undefined || model === undefined || record.status !== 200 || detail?.input === undefined)
      return [];
    const prices = pricesOf(model);
    const names = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;
    const usd = names.reduce((sum, name, at) => sum + (Number(detail[name]) * (prices[at] ?? 0)) / 1e6, 0);
    const day = dayOf(Date.parse(record.time) + world.switches.clockSkewMs);
    return [{ account: key.accountId, day, service: serviceOf(model), type: 'Usage', usd }];
  });
}

interface Filter {
  readonly And?: readonly Filter[];
  readonly Or?: readonly Filter[];
  readonly Not?: Filter;
  readonly Dimensions?: { readonly Key?: string; readonly Values?: readonly string[] };
}

const dimensions: Readonly<Record<string, (line: Line) => string>> = {
  LINKED_ACCOUNT: ({ account }) => account,
  SERVICE: ({ service }) => service,
  RECORD_TYPE: ({ type }) => type,
};

function passes(filter: Filter | undefined, line: Line): boolean {
  if (filter === undefined) return true;
  if (filter.And !== undefined) return filter.And.every((part) => passes(part, line));
  if (filter.Or !== undefined) return filter.Or.some((part) => passes(part, line));
  if (filter.Not !== undefined) return !passes(filter.Not, line);
  const { Key = '', Values = [] } = filter.Dimensions ?? {};
  const read = dimensions[Key];
  if (read === undefined) throw new JsonFault('ValidationException', `Invalid dimension: ${Key}`);
  return Values.includes(read(line));
}

function period(body: JsonBody, now: number): { start: string; end: string } {
  const { Start, End } = (body.TimePeriod ?? {}) as { Start?: unknown; End?: unknown };
  const day = /^\d{4}-\d\d-\d\d$/;
  if (typeof Start !== 'string' || typeof End !== 'string' || !day.test(Start) || !day.test(End)) {
    throw new JsonFault('ValidationException', 'Start and end dates must be in the format yyyy-MM-dd.');
  }
  if (Start >= End) {
    throw new JsonFault('ValidationException', 'Start date (and hour) should be before end date (and hour)');
  }
  if (Date.parse(Start) > now) {
    throw new JsonFault('ValidationException', "Start date can't be in the future.");
  }
  if (Date.parse(Start) < now - 425 * dayMs) {
    throw new JsonFault(
      'ValidationException',
      "You haven't enabled historical data beyond 14 months. Data is available from the last 14 months.",
    );
  }
  return { start: Start, end: End };
}

const unit = (usd: number) => ({ Amount: String(Math.round(usd * 1e10) / 1e10), Unit: 'USD' });

const getCostAndUsage: JsonOperation = (world, body, { key }, { now }) => {
  if (world.switches.costExplorer === 'not-enabled') {
    throw new JsonFault('AccessDeniedException', 'User not enabled for cost explorer access');
  }
  if (world.switches.costExplorer === 'no-data') {
    throw new JsonFault(
      'DataUnavailableException',
      'Data is not available. Please try to adjust the time period.',
    );
  }
  const { start, end } = period(body, now);
  const metrics = Array.isArray(body.Metrics) ? body.Metrics : [];
  if (body.Granularity !== 'DAILY' || metrics.length !== 1 || metrics[0] !== 'UnblendedCost') {
    throw new JsonFault('ValidationException', 'The sandbox plays DAILY UnblendedCost only.');
  }
  const groupBy = (Array.isArray(body.GroupBy) ? body.GroupBy : []) as { Key?: string }[];
  const keysOf = groupBy.map(({ Key = '' }) => {
    const read = dimensions[Key];
    if (read === undefined) throw new JsonFault('ValidationException', `Invalid group: ${Key}`);
    return read;
  });
  const today = dayOf(now);
  const live = invoked(world).filter(({ account }) => account === key.accountId);
  const days: object[] = [];
  for (let at = Date.parse(start); at < Date.parse(end); at += dayMs) {
    const day = dayOf(at);
    const lines = [...(day < today ? history(key.accountId, day) : []), ...live.filter((l) => l.day === day)];
    const groups = new Map<string, number>();
    for (const line of lines) {
      if (!passes(body.Filter as Filter | undefined, line)) continue;
      const name = JSON.stringify(keysOf.map((read) => read(line)));
      groups.set(name, (groups.get(name) ?? 0) + line.usd);
    }
    const total = [...groups.values()].reduce((sum, usd) => sum + usd, 0);
    days.push({
      TimePeriod: { Start: day, End: dayOf(at + dayMs) },
      Total: keysOf.length === 0 ? { UnblendedCost: unit(total) } : {},
      Groups:
        keysOf.length === 0
          ? []
          : [...groups].map(([name, usd]) => ({
              Keys: JSON.parse(name) as string[],
              Metrics: { UnblendedCost: unit(usd) },
            })),
      // Bills are closed with their month.
      Estimated: day.slice(0, 7) === today.slice(0, 7),
    });
  }
  const token = typeof body.NextPageToken === 'string' ? body.NextPageToken : null;
  const found = page(days, token, world.switches.costPageDays);
  if (found === undefined)
    throw new JsonFault('InvalidNextTokenException', 'The pagination token is invalid.');
  return {
    ResultsByTime: found.items,
    DimensionValueAttributes: [],
    ...(groupBy.length === 0 ? {} : { GroupDefinitions: groupBy }),
    ...(found.nextToken === undefined ? {} : { NextPageToken: found.nextToken }),
  };
};

export const costExplorer: JsonService = {
  signingName: 'ce',
  actions: 'ce',
  operations: { GetCostAndUsage: getCostAndUsage },
};
