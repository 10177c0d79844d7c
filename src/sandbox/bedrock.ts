import type { Caller } from './access.ts';
import { bedrockCaller, bedrockDenied } from './bedrock-access.ts';
import type { Call, Reply } from './http.ts';
import { json, page, restError } from './http.ts';
import type { Model, Profile } from './models.ts';
import { isOffered, models, profilesOf } from './models.ts';
import type { World } from './world.ts';

/**
 * Bedrock's control plane: ListFoundationModels, GetFoundationModel, GetFoundationModelAvailability,
 * ListInferenceProfiles, GetInferenceProfile.
 */

const invalid = (call: Call, message: string) => restError(call, 400, 'ValidationException', message);

const partitionOf = (region: string) => (region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');
const modelArn = (region: string, id: string) =>
  `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${id}`;
const midnight = (day: string) => `${day}T00:00:00Z`;

/** What the switches say of a model, beside what is always so. */
function lifecycle(world: World, { modelId, born, legacySince, ends, status }: Model) {
  const ended = world.switches.modelTroubles[modelId] === 'ended';
  return {
    status: ended ? 'LEGACY' : status,
    startOfLifeTime: midnight(born),
    ...(legacySince === undefined ? {} : { legacyTime: midnight(legacySince) }),
    ...(ended
      ? { endOfLifeTime: '2026-01-15T00:00:00Z' }
      : ends === undefined
        ? {}
        : { endOfLifeTime: midnight(ends) }),
  };
}

function modelSummary(world: World, region: string, model: Model) {
  return {
    modelArn: modelArn(region, model.modelId),
    modelId: model.modelId,
    modelName: model.modelName,
    providerName: model.providerName,
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [],
    inferenceTypesSupported: [model.onDemand ? 'ON_DEMAND' : 'INFERENCE_PROFILE'],
    modelLifecycle: lifecycle(world, model),
  };
}

/** GetFoundationModelAvailability, by the switches. */
function availability(world: World, region: string, model: Model) {
  const { deniedModels, modelTroubles } = world.switches;
  const trouble = modelTroubles[model.modelId];
  const denied = deniedModels.includes(model.modelId);
  const agreed = !denied && trouble !== 'use-case' && trouble !== 'marketplace';
  const agreement = trouble === 'pending' ? 'PENDING' : agreed ? 'AVAILABLE' : 'NOT_AVAILABLE';
  return {
    modelId: model.modelId,
    agreementAvailability: { status: agreement },
    authorizationStatus: denied ? 'NOT_AUTHORIZED' : 'AUTHORIZED',
    entitlementAvailability: agreement === 'AVAILABLE' ? 'AVAILABLE' : 'NOT_AVAILABLE',
    regionAvailability: isOffered(region, model) ? 'AVAILABLE' : 'NOT_AVAILABLE',
  };
}

function profileSummary(profile: Profile) {
  const { base: _, ...summary } = profile;
  return {
    ...summary,
    status: 'ACTIVE',
    createdAt: '2026-01-15T00:00:00Z',
    updatedAt: '2026-10-01T00:00:00Z',
  };
}

function listFoundationModels(world: World, call: Call, region: string): Reply {
  const { query } = call;
  const provider = query.get('byProvider')?.toLowerCase();
  const inference = query.get('byInferenceType');
  const output = query.get('byOutputModality');
  const customization = query.get('byCustomizationType');
  const summaries = models
    .filter((model) => isOffered(region, model))
    .map((model) => modelSummary(world, region, model))
    .filter((summary) => provider === undefined || summary.providerName.toLowerCase() === provider)
    .filter((summary) => inference === null || summary.inferenceTypesSupported.includes(inference))
    .filter((summary) => output === null || summary.outputModalities.includes(output))
    .filter(() => customization === null);
  return json(200, { modelSummaries: summaries });
}

function listInferenceProfiles(world: World, call: Call, { key, region }: Caller): Reply {
  const type = call.query.get('type');
  if (type !== null && type !== 'SYSTEM_DEFINED' && type !== 'APPLICATION') {
    return invalid(call, `Value '${type}' at 'typeEquals' failed to satisfy constraint`);
  }
  const asked = Number(call.query.get('maxResults') ?? 1000);
  if (!Number.isInteger(asked) || asked < 1 || asked > 1000)
    return invalid(call, "Invalid value at 'maxResults'");
  const all = profilesOf(region, key.accountId).filter((profile) => type === null || profile.type === type);
  const found = page(all, call.query.get('nextToken'), Math.min(asked, world.switches.bedrockPageSize));
  if (found === undefined) return invalid(call, 'The provided nextToken is invalid.');
  return json(200, {
    inferenceProfileSummaries: found.items.map(profileSummary),
    nextToken: found.nextToken,
  });
}

/** Answers a control-plane call. `path` starts with /foundation-models or /inference-profiles. */
export function bedrock(world: World, call: Call): Reply {
  const [, collection = '', ...rest] = call.path.split('/');
  const id = decodeURIComponent(rest.join('/'));
  const operations: Record<string, string> = {
    'foundation-models': id === '' ? 'ListFoundationModels' : 'GetFoundationModel',
    'inference-profiles': id === '' ? 'ListInferenceProfiles' : 'GetInferenceProfile',
    'foundation-model-availability': 'GetFoundationModelAvailability',
  };
  const operation = operations[collection] ?? 'unknown';
  call.note.operation = operation;
  const caller = bedrockCaller(world, call);
  if ('status' in caller) return caller;
  const { key, region } = caller;
  const profile = profilesOf(region, key.accountId).find(
    ({ inferenceProfileId, inferenceProfileArn }) => inferenceProfileId === id || inferenceProfileArn === id,
  );
  // As AWS's refusals name them.
  const resources: Record<string, string> = {
    ListInferenceProfiles: `arn:${partitionOf(region)}:bedrock:${region}:${key.accountId}:inference-profile/*`,
    GetInferenceProfile:
      profile?.inferenceProfileArn ??
      `arn:${partitionOf(region)}:bedrock:${region}:${key.accountId}:inference-profile/${id}`,
    GetFoundationModel: modelArn(region, id),
  };
  const arn = resources[operation] ?? '*';
  const denied = bedrockDenied(world, call, caller, `bedrock:${operation}`, [{ arn }]);
  if (denied !== undefined) return denied;
  switch (operation) {
    case 'ListFoundationModels':
      return listFoundationModels(world, call, region);
    case 'ListInferenceProfiles':
      return listInferenceProfiles(world, call, caller);
    case 'GetInferenceProfile':
      return profile === undefined
        ? restError(call, 404, 'ResourceNotFoundException', 'The specified inference profile is not found.')
        : json(200, profileSummary(profile));
    case 'GetFoundationModel':
    case 'GetFoundationModelAvailability': {
      const model = models.find((candidate) => candidate.modelId === id);
      if (model === undefined) return invalid(call, 'The provided model identifier is invalid.');
      if (operation === 'GetFoundationModel') {
        return isOffered(region, model)
          ? json(200, { modelDetails: modelSummary(world, region, model) })
          : restError(call, 404, 'ResourceNotFoundException', 'The specified model is not found.');
      }
      return json(200, availability(world, region, model));
    }
    default:
      return restError(call, 404, 'UnknownOperationException', 'Unknown operation');
  }
}
