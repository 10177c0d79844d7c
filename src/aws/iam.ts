import { partitionFacts, partitionIdOf } from '../domain/profiles/partition.ts';
import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import type { AwsNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** Any region of the partition: IAM is called and signed in the one that it lives in. */
export interface IamPlace {
  region: string;
  env: Env;
  network?: AwsNetwork | undefined;
}

export type Decision = 'allowed' | 'implicitDeny' | 'explicitDeny';
export interface Simulated {
  action: string;
  resource: string;
  decision: Decision;
}

const maxPages = 50;

type Sdk = typeof import('@aws-sdk/client-iam');

async function withClient<T>(
  place: IamPlace,
  keys: SigningKeys,
  work: (sdk: Sdk, client: InstanceType<Sdk['IAMClient']>, where: AwsPlace) => Promise<T>,
): Promise<T> {
  const region = partitionFacts(partitionIdOf(place.region)).homeRegion;
  const where: AwsPlace = { service: 'iam', region, env: place.env, network: place.network };
  const sdk = await import('@aws-sdk/client-iam');
  const client = new sdk.IAMClient({
    ...clientOptions('iam', region, place.env, place.network),
    credentials: sdkCredentials(keys),
  });
  try {
    return await work(sdk, client, where);
  } finally {
    client.destroy();
  }
}

/** A role's whole ARN, its path included; null where there is no such role. Errors: AwsFault (`forbidden` without iam:GetRole). */
export function roleArn(place: IamPlace, keys: SigningKeys, roleName: string): Promise<string | null> {
  return withClient(place, keys, async (sdk, client, where) => {
    const out = await callAws(where, secretsOf(keys), (o) =>
      client.send(new sdk.GetRoleCommand({ RoleName: roleName }), o),
    );
    return out.Role?.Arn ?? null;
  });
}

/**
 * Whether a role or user may do these actions to each of these resources, by all policies that hold for it
 * (SimulatePrincipalPolicy). `context`: condition keys that the calls carry. Errors: AwsFault (`forbidden` where
 * this may not be asked; `NoSuchEntityException` where there is no such principal).
 */
export function simulatePrincipal(
  place: IamPlace,
  keys: SigningKeys,
  wish: {
    principalArn: string;
    actions: readonly string[];
    resources: readonly string[];
    context: Readonly<Record<string, string>>;
  },
): Promise<Simulated[]> {
  return withClient(place, keys, async (sdk, client, where) => {
    const simulated: Simulated[] = [];
    let marker: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      const command = new sdk.SimulatePrincipalPolicyCommand({
        PolicySourceArn: wish.principalArn,
        ActionNames: [...wish.actions],
        ResourceArns: [...wish.resources],
        ContextEntries: Object.entries(wish.context).map(([ContextKeyName, value]) => ({
          ContextKeyName,
          ContextKeyType: 'string' as const,
          ContextKeyValues: [value],
        })),
        MaxItems: 1000,
        ...(marker === undefined ? {} : { Marker: marker }),
      });
      const out = await callAws(where, secretsOf(keys), (o) => client.send(command, o));
      for (const result of out.EvaluationResults ?? []) {
        const action = result.EvalActionName ?? '';
        // One resource stands in the result itself, several in a list of their own.
        const each = result.ResourceSpecificResults ?? [];
        const rows =
          each.length > 0
            ? each.map((r) => ({ resource: r.EvalResourceName, decision: r.EvalResourceDecision }))
            : [{ resource: result.EvalResourceName, decision: result.EvalDecision }];
        for (const { resource = '*', decision } of rows) {
          simulated.push({ action, resource, decision: decisionOf(decision) });
        }
      }
      if (!out.IsTruncated || !out.Marker || out.Marker === marker) break;
      marker = out.Marker;
    }
    return simulated;
  });
}

/** Whatever is not said to be allowed is not. */
const decisionOf = (decision: string | undefined): Decision =>
  decision === 'allowed' || decision === 'explicitDeny' ? decision : 'implicitDeny';
