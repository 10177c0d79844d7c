import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** A quota of Bedrock's in one region, as it holds for the account. */
export interface BedrockQuota {
  code: string;
  /** As AWS words it: `Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 5.5`. */
  name: string;
  value: number;
  /** An increase can be asked for. */
  adjustable: boolean;
}

/** Bedrock has some 1500 quotas; a page holds 100. */
const maxPages = 40;

/** All quotas of Bedrock in a region. Errors: AwsFault (`forbidden` without servicequotas:ListServiceQuotas). */
export async function bedrockQuotas(
  place: { region: string; env: Env; network?: AwsNetwork },
  keys: SigningKeys,
  signal?: AbortSignal,
): Promise<BedrockQuota[]> {
  const where: AwsPlace = { service: 'service-quotas', ...place };
  const sdk = await import('@aws-sdk/client-service-quotas');
  const client = new sdk.ServiceQuotasClient({
    ...clientOptions('service-quotas', place.region, place.env, place.network),
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(keys),
  });
  const quotas: BedrockQuota[] = [];
  try {
    let next: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      const command = new sdk.ListServiceQuotasCommand({
        ServiceCode: 'bedrock',
        MaxResults: 100,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      const out = await callAws(
        where,
        secretsOf(keys),
        (o) => client.send(command, o),
        signal === undefined ? {} : { signal },
      );
      for (const { QuotaCode, QuotaName, Value, Adjustable } of out.Quotas ?? []) {
        if (!QuotaCode || !QuotaName || Value === undefined) continue;
        quotas.push({ code: QuotaCode, name: QuotaName, value: Value, adjustable: Adjustable === true });
      }
      if (!out.NextToken || out.NextToken === next) break;
      next = out.NextToken;
    }
    return quotas;
  } finally {
    client.destroy();
  }
}
