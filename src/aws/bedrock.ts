import type { ModelView } from '../contract/bedrock.ts';
import { ModelId } from '../contract/names.ts';
import { type ListedModel, type ListedProfile, modelOfId } from '../domain/bedrock/model-views.ts';
import { oneLine } from '../domain/conversations/conversation-words.ts';
import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

interface Options {
  region: string;
  env: Env;
  network?: AwsNetwork;
}

const maxPages = 50;

/** What is no id stands in no command, policy or setting. */
const isModelId = (id: string | undefined): id is string => ModelId.safeParse(id).success;
/** An application profile's name is somebody's own words. */
const nameOf = (name: string | undefined, id: string): string => oneLine(name ?? '').slice(0, 200) || id;

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

/** Bedrock's lists for one identity in one region, over one client. */
export interface BedrockLists {
  /** Inference profiles of models of Anthropic's, all pages. Errors: AwsFault. */
  profiles(type: 'SYSTEM_DEFINED' | 'APPLICATION'): Promise<ListedProfile[]>;
  /** Foundation models of Anthropic's that are called by id, not as provisioned throughput. Errors: AwsFault. */
  models(): Promise<ListedModel[]>;
  /** Whether the account may use a foundation model. Errors: AwsFault (`forbidden` without bedrock:GetFoundationModelAvailability). */
  access(model: string): Promise<ModelView['access']>;
}

/** Lends out Bedrock's lists while `use` runs. */
export async function withBedrock<T>(
  options: Options,
  credentials: SigningKeys,
  use: (bedrock: BedrockLists) => Promise<T>,
): Promise<T> {
  const { region, env, network } = options;
  const where: AwsPlace = { service: 'bedrock', region, env, network };
  const secrets = secretsOf(credentials);
  const { sdk, client } = await bedrockClient(where, credentials);
  try {
    return await use({
      async profiles(type) {
        const kind = type === 'APPLICATION' ? 'application-profile' : 'inference-profile';
        const profiles: ListedProfile[] = [];
        let nextToken: string | undefined;
        for (let n = 0; n < maxPages; n++) {
          const input = { typeEquals: type, maxResults: 1000, nextToken };
          const out = await callAws(where, secrets, (o) =>
            client.send(new sdk.ListInferenceProfilesCommand(input), o),
          );
          for (const p of out.inferenceProfileSummaries ?? []) {
            const id = kind === 'application-profile' ? p.inferenceProfileArn : p.inferenceProfileId;
            const models = (p.models ?? []).flatMap(({ modelArn }) => (modelArn ? [modelArn] : []));
            if (!isModelId(id) || ![id, ...models].some((each) => modelOfId(each) !== null)) continue;
            profiles.push({ id, name: nameOf(p.inferenceProfileName, id), kind, models });
          }
          if (!out.nextToken || out.nextToken === nextToken) break;
          nextToken = out.nextToken;
        }
        return profiles;
      },
      async models() {
        const out = await callAws(where, secrets, (o) =>
          client.send(new sdk.ListFoundationModelsCommand({ byProvider: 'Anthropic' }), o),
        );
        return (out.modelSummaries ?? []).flatMap((m): ListedModel[] => {
          const types: readonly string[] = m.inferenceTypesSupported ?? [];
          // `…:200k` and such: variants for provisioned throughput alone.
          if (!isModelId(m.modelId) || (types.length > 0 && types.every((type) => type === 'PROVISIONED')))
            return [];
          const { status, endOfLifeTime } = m.modelLifecycle ?? {};
          return [
            {
              id: m.modelId,
              name: nameOf(m.modelName, m.modelId),
              onDemand: types.includes('ON_DEMAND'),
              lifecycle: status === 'LEGACY' ? 'legacy' : 'active',
              endOfLife: endOfLifeTime?.toISOString().slice(0, 10) ?? null,
            },
          ];
        });
      },
      async access(model) {
        const out = await callAws(where, secrets, (o) =>
          client.send(new sdk.GetFoundationModelAvailabilityCommand({ modelId: model }), o),
        );
        const { authorizationStatus, entitlementAvailability, regionAvailability } = out;
        if (authorizationStatus === 'NOT_AUTHORIZED') return 'denied';
        if (entitlementAvailability === 'NOT_AVAILABLE' || regionAvailability === 'NOT_AVAILABLE')
          return 'denied';
        // An agreement that is still missing is made by the first request, where the identity may subscribe.
        return out.agreementAvailability?.status === 'AVAILABLE' ? 'granted' : 'unknown';
      },
    });
  } finally {
    client.destroy();
  }
}

/**
 * The Anthropic model that an inference profile calls: its id, with `global.` where the profile routes worldwide; null
 * where it calls none. `profile`: id or ARN. Errors: AwsFault (`forbidden` without bedrock:GetInferenceProfile).
 */
export async function modelBehindProfile(
  options: Options,
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
      /^arn:[\w-]+:bedrock:([\w-]*):\d*:foundation-model\/(anthropic\.[\w.:-]+)$/.exec(modelArn ?? ''),
    );
    const model = arns.find((arn) => arn !== null)?.[2];
    if (model === undefined) return null;
    // A worldwide profile names its model once without a region.
    return arns.some((arn) => arn?.[1] === '') ? `global.${model}` : model;
  } finally {
    client.destroy();
  }
}
