import { modelBehindProfile } from '../../aws/bedrock.ts';
import { AwsFault } from '../../aws/faults.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import { isBedrockTrayError } from '../../contract/errors.ts';
import type { AgentContext, Broker } from '../ports.ts';

export interface InferenceProfilesParts {
  context: Pick<AgentContext, 'env' | 'log'>;
  broker: Pick<Broker, 'credentials'>;
  network(profile: string): AwsNetwork | undefined;
}

const applicationProfile = /^arn:[\w-]+:bedrock:([a-z0-9-]+):\d+:application-inference-profile\/[\w-]+$/;

/**
 * Which model an application inference profile calls, asked of Bedrock as the session itself would ask
 * (GetInferenceProfile, with the session's profile): a model id or `global.` profile that has a price. Null where that
 * is no such ARN or cannot be found out; then what it costs is not known.
 */
export function inferenceProfiles(parts: InferenceProfilesParts) {
  return async (arn: string, profile: string): Promise<string | null> => {
    const region = applicationProfile.exec(arn)?.[1];
    if (region === undefined) return null;
    const { context, broker, network } = parts;
    try {
      const through = network(profile);
      const place = { region, env: context.env, ...(through ? { network: through } : {}) };
      return await modelBehindProfile(place, await broker.credentials(profile), arn);
    } catch (error) {
      const reason =
        error instanceof AwsFault ? error.name : isBedrockTrayError(error) ? error.code : 'unknown';
      context.log.info({ arn, reason }, 'the model of an application inference profile is not known');
      return null;
    }
  };
}
