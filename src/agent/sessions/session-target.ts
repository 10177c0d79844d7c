import type { Geography } from '../../contract/bedrock.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import { leavesByName } from '../../domain/bedrock/environment-models.ts';
import type { EnvironmentStore, ProfileCatalog, SettingsStore } from '../ports.ts';
import type { SessionRecord } from './session-record.ts';

/** Claude Code's own default on Bedrock. */
const DEFAULT_REGION = 'us-east-1';

export type SessionTarget = Pick<
  SessionRecord,
  | 'environment'
  | 'profile'
  | 'region'
  | 'model'
  | 'smallFastModel'
  | 'pins'
  | 'geography'
  | 'identityMode'
  | 'endpointUrl'
>;

interface Parts {
  profiles: Pick<ProfileCatalog, 'source' | 'list' | 'reload'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  settings: Pick<SettingsStore, 'get'>;
}

/**
 * What a session is opened with: a profile alone, the environment that is named, or the active one. Errors:
 * BadInput, EnvironmentMissing, EnvironmentUnknown, ProfileUnknown, ProfileUnsupported, ConfigMalformed.
 */
export async function sessionTarget(
  parts: Parts,
  wish: {
    environment?: string | undefined;
    profile?: string | undefined;
    region?: string | undefined;
    model?: string | undefined;
  },
): Promise<SessionTarget> {
  const { environments, settings } = parts;
  if (wish.profile !== undefined) {
    if (wish.environment !== undefined) {
      throw new BedrockTrayError('BadInput', { field: 'profile', reason: 'environment' });
    }
    const profile = wish.profile;
    await checkProfile(parts, profile);
    const region = parts.profiles.list().find((p) => p.name === profile)?.region;
    return {
      environment: null,
      profile,
      region: wish.region ?? region ?? DEFAULT_REGION,
      model: wish.model ?? null,
      smallFastModel: null,
      pins: { opus: null, sonnet: null, fable: null },
      geography: null,
      identityMode: settings.get().identityMode,
      endpointUrl: null,
    };
  }
  const environment =
    wish.environment === undefined ? environments.active() : environments.get(wish.environment);
  if (!environment) throw new BedrockTrayError('EnvironmentMissing', {});
  await checkProfile(parts, environment.profile);
  return {
    environment: environment.name,
    profile: environment.profile,
    region: wish.region ?? environment.region,
    model: wish.model ?? environment.model,
    smallFastModel: environment.smallFastModel,
    pins: environment.pins,
    geography: environment.geography,
    identityMode: environment.identityMode,
    endpointUrl: environment.endpointUrl,
  };
}

/** A profile that is not known may have been written a moment ago. */
async function checkProfile({ profiles }: Pick<Parts, 'profiles'>, name: string): Promise<void> {
  try {
    profiles.source(name);
  } catch (error) {
    if (!isBedrockTrayError(error) || error.code !== 'ProfileUnknown') throw error;
    await profiles.reload();
    profiles.source(name);
  }
}

/** A model would be answered outside of the environment's geography. */
export function leaves(
  { environment, profile }: Pick<SessionTarget, 'environment' | 'profile'>,
  geography: Geography,
  model: string,
): BedrockTrayError<'ModelLeavesGeography'> {
  const about = { model, geography, environment: environment ?? profile };
  return new BedrockTrayError('ModelLeavesGeography', about);
}

/**
 * Refuses what is known to leave the geography by its name alone, before anybody signs in for it; the rest is looked
 * at when the session gets its process. Errors: ModelLeavesGeography.
 */
export function requireGeography(target: SessionTarget, also: readonly string[] = []): void {
  const { geography, model, smallFastModel, pins } = target;
  if (geography === null) return;
  const leaving = leavesByName(geography, [model, smallFastModel, ...Object.values(pins), ...also]);
  if (leaving !== null) throw leaves(target, geography, leaving);
}
