import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { EnvironmentStore, ProfileCatalog, SettingsStore } from '../ports.ts';
import type { SessionRecord } from './session-record.ts';

/** Claude Code's own default on Bedrock. */
const DEFAULT_REGION = 'us-east-1';

export type SessionTarget = Pick<
  SessionRecord,
  'environment' | 'profile' | 'region' | 'model' | 'smallFastModel' | 'identityMode' | 'endpointUrl'
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
