import type { Call, Reply } from './http.ts';
import { json, page, restError } from './http.ts';
import type { Model, Profile } from './models.ts';
import { models, profilesOf } from './models.ts';
import type { Refusal } from './sigv4.ts';
import { verify } from './sigv4.ts';
import type { IssuedKey, World } from './world.ts';

/** Bedrock's control plane: ListFoundationModels, GetFoundationModel, ListInferenceProfiles, GetInferenceProfile. */

/** What Bedrock answers to a caller whom it does not accept. */
function refusalReply(call: Call, refusal: Refusal): Reply {
  switch (refusal.reason) {
    case 'missing':
      return restError(call, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    case 'incomplete':
      return restError(
        call,
        403,
        'IncompleteSignatureException',
        'Authorization header requires a complete AWS Signature Version 4.',
      );
    case 'bearer':
      return restError(
        call,
        403,
        'AccessDeniedException',
        'Authentication failed: Please make sure your API Key is valid.',
        'Message',
      );
    case 'unknown-key':
      return restError(
        call,
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    case 'expired':
      return restError(
        call,
        403,
        'ExpiredTokenException',
        'The security token included in the request is expired',
      );
    case 'skew':
      return restError(
        call,
        403,
        'InvalidSignatureException',
        `Signature expired: ${refusal.amzDate} is not within 5 minutes of the server's time`,
      );
    case 'scope':
      return restError(
        call,
        403,
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${refusal.expected}'.`,
      );
    case 'signature':
      return restError(
        call,
        403,
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
  }
}

export interface Caller {
  readonly key: IssuedKey;
  readonly region: string;
}

/** The verified caller of a Bedrock call, or the refusal to send. Both Bedrock services sign as `bedrock`. */
export function bedrockCaller(world: World, call: Call): Caller | Reply {
  const verdict = verify(world, call, 'bedrock');
  return verdict.ok ? { key: verdict.key, region: verdict.region } : refusalReply(call, verdict.refusal);
}

/** Roles that may look but not invoke. */
const readOnlyRoles = ['ReadOnlyAccess'];

export function bedrockDenied(
  world: World,
  call: Call,
  key: IssuedKey,
  action: string,
  resource: string,
): Reply | undefined {
  const invokes = action.startsWith('bedrock:Invoke');
  const denied =
    world.isDenied(key.accountId, key.roleName) ||
    world.switches.deniedActions.includes(action) ||
    (invokes && readOnlyRoles.includes(key.roleName));
  if (!denied) return undefined;
  return restError(
    call,
    403,
    'AccessDeniedException',
    `User: ${key.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    'Message',
  );
}

const invalid = (call: Call, message: string) => restError(call, 400, 'ValidationException', message);

function modelSummary(region: string, model: Model) {
  return {
    modelArn: `arn:aws:bedrock:${region}::foundation-model/${model.modelId}`,
    modelId: model.modelId,
    modelName: model.modelName,
    providerName: model.providerName,
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    customizationsSupported: [],
    inferenceTypesSupported: [model.onDemand ? 'ON_DEMAND' : 'INFERENCE_PROFILE'],
    modelLifecycle: { status: model.status },
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

function listFoundationModels(call: Call, region: string): Reply {
  const { query } = call;
  const provider = query.get('byProvider')?.toLowerCase();
  const inference = query.get('byInferenceType');
  const output = query.get('byOutputModality');
  const customization = query.get('byCustomizationType');
  const summaries = models
    .map((model) => modelSummary(region, model))
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
  const denied = bedrockDenied(world, call, key, `bedrock:${operation}`, '*');
  if (denied !== undefined) return denied;
  switch (operation) {
    case 'ListFoundationModels':
      return listFoundationModels(call, region);
    case 'ListInferenceProfiles':
      return listInferenceProfiles(world, call, caller);
    case 'GetInferenceProfile': {
      const profile = profilesOf(region, key.accountId).find(
        ({ inferenceProfileId, inferenceProfileArn }) =>
          inferenceProfileId === id || inferenceProfileArn === id,
      );
      return profile === undefined
        ? restError(call, 404, 'ResourceNotFoundException', 'The specified inference profile is not found.')
        : json(200, profileSummary(profile));
    }
    case 'GetFoundationModel':
    case 'GetFoundationModelAvailability': {
      const model = models.find((candidate) => candidate.modelId === id);
      if (model === undefined) return invalid(call, 'The provided model identifier is invalid.');
      if (operation === 'GetFoundationModel') return json(200, { modelDetails: modelSummary(region, model) });
      const open = !world.switches.deniedModels.includes(id);
      return json(200, {
        modelId: id,
        agreementAvailability: { status: open ? 'AVAILABLE' : 'NOT_AVAILABLE' },
        authorizationStatus: open ? 'AUTHORIZED' : 'NOT_AUTHORIZED',
        entitlementAvailability: open ? 'AVAILABLE' : 'NOT_AVAILABLE',
        regionAvailability: 'AVAILABLE',
      });
    }
    default:
      return restError(call, 404, 'UnknownOperationException', 'Unknown operation');
  }
}
