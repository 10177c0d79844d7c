import { analyzePolicy } from '../../aws/access-analyzer.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment, PolicyFinding, ProcedureOutput } from '../../contract/index.ts';
import { oneLine } from '../../domain/conversations/conversation-words.ts';
import { type BuiltPolicy, buildPolicy } from '../../domain/policies/build-policy.ts';
import { plannedCalls } from '../../domain/policies/calls.ts';
import type { PolicyPlan } from '../../domain/policies/policy-plan.ts';
import type { Note } from '../../domain/policies/statement.ts';
import { accountOfStack } from '../../domain/policies/templates.ts';
import { errorOf } from '../aws-errors.ts';
import type { Models, Policies as PoliciesPort } from '../bedrock-ports.ts';
import type { AgentContext, Broker, EnvironmentStore, ProfileCatalog } from '../ports.ts';
import { simulateCalls } from './simulation.ts';
import { readWish } from './wish.ts';

export interface PoliciesParts {
  context: Pick<AgentContext, 'env'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  profiles: Pick<ProfileCatalog, 'list' | 'ssoSessions'>;
  models: Pick<Models, 'list' | 'resolve'>;
  broker: Pick<Broker, 'credentials'>;
  network(profile: string): AwsNetwork;
}

type Wish = Parameters<PoliciesPort['build']>[0];
type AskedWish = Parameters<PoliciesPort['validate']>[0];

const policyTypes = {
  policy: 'IDENTITY_POLICY',
  broad: 'IDENTITY_POLICY',
  'permission-set': 'IDENTITY_POLICY',
  stackset: 'IDENTITY_POLICY',
  scp: 'SERVICE_CONTROL_POLICY',
  'vpc-endpoint': 'RESOURCE_POLICY',
} as const;

/** Documents for administrators: made of what Bedrock offers here, and judged by AWS where it may be asked. */
export class PoliciesRoom implements PoliciesPort {
  readonly #parts: PoliciesParts;

  constructor(parts: PoliciesParts) {
    this.#parts = parts;
  }

  /** `policies.build`. Errors: EnvironmentUnknown, EnvironmentMissing, PolicyImpossible. */
  async build(wish: Wish): ReturnType<PoliciesPort['build']> {
    const { built, warnings } = await this.#made(wish);
    return { ...built.document, warnings: [...warnings, ...built.document.warnings] };
  }

  /** `policies.validate`. Errors: as `build`. */
  async validate(wish: AskedWish): ReturnType<PoliciesPort['validate']> {
    const { built } = await this.#made(wish);
    const { document, policies } = built;
    const environment = this.#asker(wish);
    try {
      const credentials = await this.#parts.broker.credentials(environment.profile);
      const place = this.#place(environment);
      const account = credentials.accountId ?? '123456789012';
      const findings: PolicyFinding[] = [];
      for (const [n, policy] of policies.entries()) {
        // A template's policies are asked about as what they become.
        const own = document.format === 'json';
        const text = own
          ? document.text
          : JSON.stringify(policy, null, 2).replaceAll(accountOfStack, account);
        const found = await analyzePolicy(place, credentials, { text, type: policyTypes[document.kind] });
        for (const { statement, ...finding } of found) {
          findings.push({
            type: finding.type,
            code: oneLine(finding.code).slice(0, 100),
            text: oneLine(finding.text).slice(0, 1000),
            line: own ? finding.line : statement === null ? null : lineOfStatement(built, n, statement),
          });
        }
      }
      return { findings, problem: null };
    } catch (e) {
      return { findings: [], problem: errorOf(e).view() };
    }
  }

  /** `policies.compare`. Errors: as `build`. */
  async compare(wish: AskedWish): ReturnType<PoliciesPort['compare']> {
    const { plan } = await this.#made(wish);
    const environment = this.#asker(wish);
    try {
      const { ssoSession } = this.#parts.profiles.list().find((p) => p.name === environment.profile) ?? {};
      const regions = this.#parts.profiles.ssoSessions();
      const own = regions.filter((s) => s.id === ssoSession);
      const calls = await simulateCalls({
        place: this.#place(environment),
        keys: await this.#parts.broker.credentials(environment.profile),
        ssoRegions: [...new Set((own.length > 0 ? own : regions).map((s) => s.region))],
        // A document for any account is asked about in this one.
        calls: (account) => plannedCalls({ ...plan, account: plan.account === '*' ? account : plan.account }),
      });
      return { calls, problem: null } satisfies ProcedureOutput<'policies.compare'>;
    } catch (e) {
      return { calls: [], problem: errorOf(e).view() };
    }
  }

  async #made(wish: Wish): Promise<{ built: BuiltPolicy; plan: PolicyPlan; warnings: Note[] }> {
    const { plan, warnings } = await readWish(this.#parts, wish);
    const built = buildPolicy(plan);
    if (typeof built === 'string') {
      throw new BedrockTrayError('PolicyImpossible', { kind: wish.kind, reason: built });
    }
    return { built, plan, warnings };
  }

  /** Whose identity asks AWS. */
  #asker(wish: AskedWish): Environment {
    const name = wish.environment ?? wish.environments?.[0];
    const found = name === undefined ? this.#parts.environments.active() : this.#parts.environments.get(name);
    if (!found) throw new BedrockTrayError('EnvironmentMissing', {});
    return found;
  }

  #place({ profile, region }: Environment) {
    return { region, env: this.#parts.context.env, network: this.#parts.network(profile) };
  }
}

/** Where a policy's statement begins in a template: Sids are unique in a policy, and policies stand in their order. */
function lineOfStatement(
  { document, policies }: BuiltPolicy,
  policy: number,
  statement: number,
): number | null {
  const sid = policies[policy]?.Statement[statement]?.Sid;
  const before = policies.slice(0, policy).filter((p) => p.Statement.some((s) => s.Sid === sid)).length;
  const lines = document.text
    .split('\n')
    .flatMap((line, i) => (line.trim().replace(/^- /, '') === `Sid: ${sid}` ? [i + 1] : []));
  return lines[before] ?? null;
}
