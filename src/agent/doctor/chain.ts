import { askedModel } from '../../domain/bedrock/bedrock-models.ts';
import type { DoctorSubject } from '../../domain/doctor/subject.ts';
import type { Chain, DoctorParts, ReadSettings } from './doctor-parts.ts';
import { readSettingsFiles } from './settings-files.ts';

/** Where Bedrock is thought to be before there is an environment: Claude Code's own default. */
const lastRegion = 'us-east-1';

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The state of one run. */
export function makeChain(parts: DoctorParts, wish: string | undefined, ask: boolean): Chain {
  const { context, profiles, platform } = parts;
  const loginEnv = once(() => parts.loginEnv({ fresh: true }));
  const subject = (): DoctorSubject => {
    const { environment } = chain;
    const { env } = context;
    const profile = environment?.profile ?? (env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE || 'default');
    const view = profiles.list().find((p) => p.name === profile);
    const [session] = profiles.ssoSessions();
    const region = environment?.region ?? view?.region ?? session?.region ?? lastRegion;
    return {
      platform,
      environment: environment?.name ?? null,
      profile,
      region,
      ssoSession: view?.ssoSession ?? (environment === null ? (session?.id ?? null) : null),
      model: chain.model ?? askedModel(environment?.model ?? null, region),
      // What sessions are started with.
      endpointUrl: environment?.endpointUrl ?? (env.ANTHROPIC_BEDROCK_BASE_URL || null),
    };
  };
  const chain: Chain = {
    parts,
    wish,
    ask,
    environment: null,
    model: null,
    credentials: null,
    loginEnv,
    settings: once(async (): Promise<ReadSettings[]> => readSettingsFiles(parts, await loginEnv())),
    subject,
    place: () => {
      const { profile, region } = subject();
      return { region, env: context.env, network: parts.network(profile) };
    },
  };
  return chain;
}
