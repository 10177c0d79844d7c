import { PoliciesRoom } from '../../../src/agent/policies/policies-room.ts';
import type {
  Environment,
  ModelView,
  ProcedureArguments,
  ProcedureOutput,
  Snapshot,
} from '../../../src/contract/index.ts';
import { resolvedModels } from './bedrock.ts';

/** The agent's own documents, made of what the fake agent has and offers. AWS is not asked. */
export function builtPolicy(
  wish: ProcedureArguments<'policies.build'>,
  { environments, activeEnvironment }: Pick<Snapshot, 'environments' | 'activeEnvironment'>,
  offered: (region: string, environment: Environment) => ModelView[],
): Promise<ProcedureOutput<'policies.build'>> {
  const named = (name: string | null | undefined) =>
    environments.find((e) => e.name === (name ?? activeEnvironment)) as Environment;
  const unasked = (): never => {
    throw new Error('not asked');
  };
  const room = new PoliciesRoom({
    context: { env: {} },
    environments: { active: () => named(null) ?? null, get: named },
    profiles: { list: () => [], ssoSessions: () => [] },
    models: {
      list: async ({ environment, region = '' }) => ({
        region,
        source: 'live',
        askedAt: 0,
        tableDate: null,
        problem: null,
        models: offered(region, named(environment)),
      }),
      resolve: async (input) => {
        const region = input.region ?? named(input.environment).region;
        return resolvedModels({ ...input, region }, offered(region, named(input.environment)));
      },
    },
    broker: { credentials: unasked },
    network: unasked,
  });
  return room.build({ account: '111122223333', ...wish });
}
