import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

export interface BedrockModel {
  /** What Claude Code's `--model` takes: the profile's id (`us.anthropic…`) or a foundation model's. */
  id: string;
  name: string;
  kind: 'inference-profile' | 'foundation-model';
}

const maxPages = 50;

async function bedrockClient(where: AwsPlace, credentials: SigningKeys) {
  const sdk = await import('@aws-sdk/client-bedrock');
  const client = new sdk.BedrockClient({
    ...clientOptions('bedrock', where.region, where.env, where.network),
    // An AWS_BEARER_TOKEN_BEDROCK of the process must not sign this.
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(credentials),
  });
  return { sdk, client };
}

/**
 * Anthropic models that this identity is offered in a region: system-defined inference profiles, and foundation
 * models that can be called on demand. Errors: AwsFault (`forbidden` where listing is not allowed).
 */
export async function listModels(
  options: { region: string; env: Env; network?: AwsNetwork },
  credentials: SigningKeys,
): Promise<BedrockModel[]> {
  const { region, env, network } = options;
  const where: AwsPlace = { service: 'bedrock', region, env, network };
  const secrets = secretsOf(credentials);
  const { sdk, client } = await bedrockClient(where, credentials);
  try {
    const profiles: BedrockModel[] = [];
    let nextToken: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      const input = { typeEquals: 'SYSTEM_DEFINED' as const, maxResults: 1000, nextToken };
      const out = await callAws(where, secrets, (o) =>
        client.send(new sdk.ListInferenceProfilesCommand(input), o),
      );
      for (const p of out.inferenceProfileSummaries ?? []) {
        if (p.inferenceProfileId?.includes('anthropic.')) {
          profiles.push({
            id: p.inferenceProfileId,
            name: p.inferenceProfileName ?? p.inferenceProfileId,
            kind: 'inference-profile',
          });
        }
      }
      if (!out.nextToken || out.nextToken === nextToken) break;
      nextToken = out.nextToken;
    }
    const out = await callAws(where, secrets, (o) =>
      client.send(
        new sdk.ListFoundationModelsCommand({ byProvider: 'Anthropic', byInferenceType: 'ON_DEMAND' }),
        o,
      ),
    );
    const models = (out.modelSummaries ?? []).flatMap((m): BedrockModel[] =>
      m.modelId ? [{ id: m.modelId, name: m.modelName ?? m.modelId, kind: 'foundation-model' }] : [],
    );
    return [...profiles, ...models];
  } finally {
    client.destroy();
  }
}

/**
 * The Anthropic model that an inference profile calls: its id, with `global.` where the profile routes worldwide; null
 * where it calls none. `profile`: id or ARN. Errors: AwsFault (`forbidden` without bedrock:GetInferenceProfile).
 */
export async function modelBehindProfile(
  options: { region: string; env: Env; network?: AwsNetwork },
  credentials: SigningKeys,
  profile: string,
): Promise<string | null> {
  const { region, env, network } = options;
  const where: AwsPlace = { service: 'bedrock', region, env, network };
  const { sdk, client } = await bedrockClient(where, credentials);
  try {
    const input = { inferenceProfileIdentifier: profile };
    const out = await callAws(where, secretsOf(credentials), (o) =>
      client.send(new sdk.GetInferenceProfileCommand(input), o),
    );
    const arns = (out.models ?? []).map(({ modelArn }) =>
      /^arn:[\w-]+:bedrock:([\w-]*):\d*:foundation-model\/(anthropic\..+)$/.exec(modelArn ?? ''),
    );
    const model = arns.find((arn) => arn !== null)?.[2];
    if (model === undefined) return null;
    // A worldwide profile names its model once without a region.
    return arns.some((arn) => arn?.[1] === '') ? `global.${model}` : model;
  } finally {
    client.destroy();
  }
}
