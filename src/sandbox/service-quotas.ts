import { page } from './http.ts';
import type { JsonBody, JsonOperation, JsonService } from './json-protocol.ts';
import { JsonFault } from './json-protocol.ts';
import type { Model } from './models.ts';
import { isOffered, models, profilesOf } from './models.ts';
import { sha256Hex } from './sigv4.ts';
import type { World } from './world.ts';

/** Service Quotas, for Bedrock alone: tokens and requests a minute of each model, under the names that AWS gives them. */

const services = [
  { ServiceCode: 'bedrock', ServiceName: 'Amazon Bedrock' },
  { ServiceCode: 'ec2', ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)' },
];

interface Quota {
  readonly name: string;
  readonly value: number;
}

/** AWS has renamed them: recent models' quotas are of InvokeModel, older ones' of `model inference`. */
function quotasOf(world: World, region: string, accountId: string, model: Model): Quota[] {
  const { quotas } = world.switches;
  const prefixes = profilesOf(region, accountId)
    .filter(({ type, base }) => type === 'SYSTEM_DEFINED' && base === model)
    .map(({ inferenceProfileId }) => inferenceProfileId.split('.')[0]);
  const renamed = /claude-\w+-5/.test(model.modelId);
  const version = /-v(\d+):\d+$/.exec(model.modelId)?.[1];
  const name = `${model.providerName} ${model.modelName}${renamed || version === undefined ? '' : ` V${version}`}`;
  const tokens = quotas[model.modelId] ?? 2_000_000;
  const what = renamed ? 'InvokeModel' : 'model inference';
  const forms = [
    ...(model.onDemand ? ['On-demand'] : []),
    ...(prefixes.some((prefix) => prefix !== 'global') ? [renamed ? 'Cross-Region' : 'Cross-region'] : []),
    ...(prefixes.includes('global') ? [renamed ? 'Global Cross-Region' : 'Global cross-region'] : []),
  ];
  return [
    ...forms.flatMap((form) => [
      { name: `${form} ${what} tokens per minute for ${name}`, value: tokens },
      ...(renamed
        ? []
        : [{ name: `${form} ${what} requests per minute for ${name}`, value: Math.ceil(tokens / 10_000) }]),
    ]),
    { name: `Model invocation max tokens per day for ${name}`, value: tokens * 1440 },
  ];
}

function all(world: World, region: string, accountId: string) {
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return models
    .filter((model) => isOffered(region, model))
    .flatMap((model) => quotasOf(world, region, accountId, model))
    .map(({ name, value }) => {
      const code = `L-${sha256Hex(name).slice(0, 8).toUpperCase()}`;
      return {
        ServiceCode: 'bedrock',
        ServiceName: 'Amazon Bedrock',
        QuotaArn: `arn:${partition}:servicequotas:${region}:${accountId}:bedrock/${code}`,
        QuotaCode: code,
        QuotaName: name,
        Value: value,
        Unit: 'None',
        Adjustable: !name.includes('max tokens per day'),
        GlobalQuota: false,
      };
    });
}

function checkService(body: JsonBody): void {
  if (body.ServiceCode !== 'bedrock') {
    const known = services.some(({ ServiceCode }) => ServiceCode === body.ServiceCode);
    throw new JsonFault(
      'NoSuchResourceException',
      known
        ? 'The sandbox plays the quotas of Bedrock only.'
        : 'The request failed because the specified service does not exist.',
    );
  }
}

function paged<T>(items: readonly T[], body: JsonBody, key: string) {
  const size = typeof body.MaxResults === 'number' ? body.MaxResults : 100;
  if (!(size >= 1 && size <= 100)) {
    throw new JsonFault('IllegalArgumentException', 'MaxResults must be between 1 and 100.');
  }
  const token = typeof body.NextToken === 'string' ? body.NextToken : null;
  const found = page(items, token, size);
  if (found === undefined) throw new JsonFault('InvalidPaginationTokenException', 'Invalid token.');
  return { [key]: found.items, ...(found.nextToken === undefined ? {} : { NextToken: found.nextToken }) };
}

const listServiceQuotas: JsonOperation = (world, body, { key, region }) => {
  checkService(body);
  return paged(all(world, region, key.accountId), body, 'Quotas');
};

const getServiceQuota: JsonOperation = (world, body, { key, region }) => {
  checkService(body);
  const quota = all(world, region, key.accountId).find(({ QuotaCode }) => QuotaCode === body.QuotaCode);
  if (quota === undefined) {
    throw new JsonFault(
      'NoSuchResourceException',
      'The request failed because the specified quota does not exist.',
    );
  }
  return { Quota: quota };
};

export const serviceQuotas: JsonService = {
  signingName: 'servicequotas',
  actions: 'servicequotas',
  operations: {
    ListServices: (_, body) => paged(services, body, 'Services'),
    ListServiceQuotas: listServiceQuotas,
    GetServiceQuota: getServiceQuota,
  },
};
