import type { GetCostAndUsageCommandOutput } from '@aws-sdk/client-cost-explorer';
import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import { billingRegion, type Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** One service's cost of one day (UTC). */
export interface BilledService {
  /** `YYYY-MM-DD`. */
  day: string;
  service: string;
  usd: number;
  /** The bill of that month is not closed. */
  estimated: boolean;
}

/** Answers of 31 days come in one page or two; more than this is an endless one. */
const maxPages = 12;

/**
 * What an account was charged by day and service, before credits and refunds (UnblendedCost). `from` and `to` are days of
 * UTC, `to` is the last one. Every page is a charged request: `asked` is told of each before it is made. `cut`: there was
 * more. `failure`: why a page behind the first could not be had; those before it are paid. Errors: AwsFault (`forbidden`
 * without ce:GetCostAndUsage, or where the account has no Cost Explorer).
 */
export async function costsByService(
  place: { region: string; env: Env; network?: AwsNetwork },
  keys: SigningKeys,
  { accountId, from, to, asked }: { accountId: string; from: string; to: string; asked(): void },
): Promise<{ costs: BilledService[]; cut: boolean; failure: unknown }> {
  const region = billingRegion(place.region);
  const where: AwsPlace = { service: 'ce', region, env: place.env, network: place.network };
  const sdk = await import('@aws-sdk/client-cost-explorer');
  const client = new sdk.CostExplorerClient({
    ...clientOptions('ce', region, place.env, place.network),
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(keys),
  });
  const costs: BilledService[] = [];
  const afterLast = new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10);
  try {
    let token: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      asked();
      const command = new sdk.GetCostAndUsageCommand({
        TimePeriod: { Start: from, End: afterLast },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
        GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
        // An organization's management account sees all its accounts.
        Filter: {
          And: [
            { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [accountId] } },
            { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Refund'] } } },
          ],
        },
        ...(token === undefined ? {} : { NextPageToken: token }),
      });
      let out: GetCostAndUsageCommandOutput;
      try {
        out = await callAws(where, secretsOf(keys), (o) => client.send(command, o), { timeoutMs: 30_000 });
      } catch (failure) {
        if (n === 0) throw failure;
        return { costs, cut: false, failure };
      }
      for (const { TimePeriod, Groups, Estimated } of out.ResultsByTime ?? []) {
        for (const { Keys, Metrics } of Groups ?? []) {
          const usd = Number(Metrics?.UnblendedCost?.Amount);
          if (!TimePeriod?.Start || !Keys?.[0] || !Number.isFinite(usd)) continue;
          costs.push({ day: TimePeriod.Start, service: Keys[0], usd, estimated: Estimated === true });
        }
      }
      if (!out.NextPageToken || out.NextPageToken === token) return { costs, cut: false, failure: null };
      token = out.NextPageToken;
    }
    return { costs, cut: true, failure: null };
  } finally {
    client.destroy();
  }
}
