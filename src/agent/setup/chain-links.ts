import { listModels } from '../../aws/bedrock.ts';
import { askOneToken } from '../../aws/bedrock-runtime.ts';
import { AwsFault } from '../../aws/faults.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import { callerIdentity } from '../../aws/sts.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { ClaudeView, Environment } from '../../contract/state.ts';
import { askedModel } from '../../domain/bedrock/bedrock-models.ts';
import { faultName } from '../../domain/keep-alive/fault.ts';
import { OLDEST_CLAUDE } from '../../domain/sessions/claude-version.ts';
import { errorOf } from '../aws-errors.ts';
import type {
  AgentContext,
  Broker,
  EnvironmentStore,
  Keeper,
  ProfileCatalog,
  RoleCredentials,
} from '../ports.ts';
import type { Held, Link } from './check-runner.ts';

export interface ChainParts {
  context: Pick<AgentContext, 'env'>;
  environments: Pick<EnvironmentStore, 'get' | 'active' | 'settled'>;
  profiles: Pick<ProfileCatalog, 'list' | 'source' | 'reload' | 'problem'>;
  keeper: Pick<Keeper, 'accessToken'>;
  broker: Pick<Broker, 'credentials'>;
  /** The way to AWS of a profile. */
  network(profile: string): AwsNetwork;
  /** Looks for Claude Code now. */
  claude(): Promise<ClaudeView | null>;
}

const portal = 'AWS access portal';
const bedrock = 'Amazon Bedrock';

/** Refusals of the keys, not of the model. */
const ofKeys =
  /^(ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|MissingAuthenticationToken|SignatureDoesNotMatch)/;

/** Why Bedrock did not answer with this model. */
function answerProblem(e: unknown, model: string): BedrockTrayError {
  if (!(e instanceof AwsFault) || ofKeys.test(e.name)) return errorOf(e);
  if (e.kind !== 'forbidden' && e.kind !== 'not-found' && e.kind !== 'client') return errorOf(e);
  const name = faultName(e.name);
  return new BedrockTrayError('ModelRefused', { model, reason: e.detail ? `${name}: ${e.detail}` : name });
}

/** What the links hand on to those after them. */
interface Chain {
  environment?: Environment;
  credentials?: RoleCredentials;
}

/** The links from what is configured to a model's answer, and Claude Code, which needs none of them. */
export function chainLinks(parts: ChainParts, wish: string | undefined): Link[] {
  const { environments, profiles, keeper, broker } = parts;
  const { env } = parts.context;
  const chain: Chain = {};
  const environment = () => chain.environment as Environment;
  const credentials = () => chain.credentials as RoleCredentials;
  const place = () => ({ region: environment().region, env, network: parts.network(environment().profile) });

  const links: Link[] = [
    {
      link: 'config',
      needs: [],
      timeoutMs: 5_000,
      service: 'Bedrock Tray',
      async check() {
        await environments.settled();
        const chosen = wish === undefined ? environments.active() : environments.get(wish);
        if (!chosen) throw new BedrockTrayError('EnvironmentMissing', {});
        await profiles.reload();
        profiles.source(chosen.profile);
        chain.environment = chosen;
        // Malformed by now: what the file said last holds.
        const problem = profiles.problem();
        const evidence = [chosen.profile, chosen.region, ...(chosen.model ? [chosen.model] : [])].join(' · ');
        return { evidence, ...(problem ? { problem } : {}) };
      },
    },
    {
      link: 'signIn',
      needs: ['config'],
      timeoutMs: 20_000,
      service: 'IAM Identity Center',
      async check() {
        const profile = profiles.list().find((p) => p.name === environment().profile);
        const ssoSession = profile?.ssoSession ?? null;
        // Nobody signs in for these: keys, a command.
        if (ssoSession === null) return { evidence: profile?.kind ?? null };
        await keeper.accessToken(ssoSession);
        return { evidence: ssoSession };
      },
    },
    {
      link: 'credentials',
      needs: ['signIn'],
      timeoutMs: 70_000,
      service: portal,
      async check() {
        const { profile } = environment();
        chain.credentials = await broker.credentials(profile);
        const { accountId, roleName } = profiles.list().find((p) => p.name === profile) ?? {};
        const who = [chain.credentials.accountId ?? accountId, roleName].filter((s) => typeof s === 'string');
        return { evidence: who.length === 0 ? profile : who.join(' / ') };
      },
    },
    {
      link: 'identity',
      needs: ['credentials'],
      timeoutMs: 25_000,
      service: 'AWS STS',
      async check() {
        const { arn } = await callerIdentity(place(), credentials());
        return { evidence: arn };
      },
    },
    {
      link: 'models',
      needs: ['credentials'],
      timeoutMs: 40_000,
      service: bedrock,
      check: () => models(place(), credentials()),
    },
    {
      link: 'answer',
      needs: ['credentials'],
      timeoutMs: 40_000,
      service: bedrock,
      async check(signal) {
        const { region, endpointUrl, model } = environment();
        const asked = askedModel(model, region);
        // What sessions are started with.
        const url = endpointUrl ?? (env.ANTHROPIC_BEDROCK_BASE_URL || null);
        try {
          const answer = await askOneToken({ ...place(), endpointUrl: url, signal }, credentials(), asked);
          return { evidence: `${asked} · ${answer.inputTokens} + ${answer.outputTokens}` };
        } catch (e) {
          const problem = answerProblem(e, asked);
          // It is there and is allowed.
          if (problem.code === 'Throttled') return { evidence: asked, problem: problem.view() };
          throw problem;
        }
      },
    },
    {
      link: 'claude',
      needs: [],
      timeoutMs: 30_000,
      service: 'Claude Code',
      async check() {
        const claude = await parts.claude();
        if (!claude) throw new BedrockTrayError('ClaudeNotInstalled', { searched: 'PATH' });
        const { path, version, support } = claude;
        if (support === 'older') {
          throw new BedrockTrayError('ClaudeTooOld', { path, version: version ?? '', needed: OLDEST_CLAUDE });
        }
        return { evidence: version === null ? path : `${version} · ${path}` };
      },
    },
  ];
  return links;
}

async function models(
  place: { region: string; env: AgentContext['env']; network: AwsNetwork },
  credentials: RoleCredentials,
): Promise<Held> {
  try {
    const found = await listModels(place, credentials);
    return { evidence: `${found.length} · ${place.region}` };
  } catch (e) {
    const { kind, name } = e as AwsFault;
    // Claude Code needs no list: whether the model answers is the next question.
    const isList =
      e instanceof AwsFault && (kind === 'throttle' || (kind === 'forbidden' && !ofKeys.test(name)));
    if (!isList) throw errorOf(e);
    return { evidence: null, problem: errorOf(e).view() };
  }
}
