import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PolicyDocument, PolicyKind } from '../../../../src/contract/policies.ts';
import { type BuiltPolicy, buildPolicy } from '../../../../src/domain/policies/build-policy.ts';
import { policyProblems } from '../../../../src/domain/policies/grammar.ts';
import { countedCharacters, policyLimits } from '../../../../src/domain/policies/limits.ts';
import type { PolicyPlan } from '../../../../src/domain/policies/policy-plan.ts';
import { policyTarget } from '../../../../src/domain/policies/policy-target.ts';
import { policies as words } from '../../../../src/locales/en/policies.ts';
import { aPlan, profileView, routes } from './sample-plan.ts';

const said = new Set(Object.keys(words).map((key) => key.replace(/_(one|other)$/, '')));
const models = [
  'anthropic.claude-opus-5-5',
  'anthropic.claude-opus-4-5-20251101-v1:0',
  'anthropic.claude-sonnet-5-5',
  'anthropic.claude-sonnet-4-6',
  'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-haiku-5-5',
  'anthropic.claude-haiku-4-5-20251001-v1:0',
  'anthropic.claude-fable-5-2',
];
const worlds = [
  { partition: 'aws', prefixes: ['us', 'global'], regions: routes.us ?? [] },
  { partition: 'aws', prefixes: ['eu', 'global'], regions: routes.eu ?? [] },
  { partition: 'aws', prefixes: ['apac', 'jp', 'global'], regions: routes.apac ?? [] },
  { partition: 'aws-us-gov', prefixes: ['us-gov'], regions: routes['us-gov'] ?? [] },
];

function built(plan: PolicyPlan): BuiltPolicy {
  const made = buildPolicy(plan);
  if (typeof made === 'string') throw new Error(`${plan.kind}: ${made}`);
  return made;
}

/** What is wrong with a document, of what must hold for every plan. Compared as text: there are thousands. */
function faultsOf(plan: PolicyPlan, { document, policies }: BuiltPolicy): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => {
    if (!holds) faults.push(`${plan.kind}: ${what}\n${document.text}`);
  };
  const [first] = policies;
  for (const policy of policies) {
    const problems = policyProblems(policy, plan.kind);
    must(problems.length === 0, JSON.stringify(problems));
  }
  must(PolicyDocument.safeParse(document).success, 'is no document of the contract');
  const { limit, counts } = policyLimits[plan.kind];
  must(document.limit === limit && document.size <= limit, `${document.size} of ${document.limit}`);
  if (document.format === 'json') {
    must(JSON.stringify(JSON.parse(document.text)) === JSON.stringify(first), 'is not the policy');
  }
  const counted = counts === 'text' ? Buffer.byteLength(document.text) : countedCharacters(first);
  must(document.size === counted, `${document.size} is ${counted}`);
  const lines = document.text.split('\n');
  for (const { fromLine, toLine, code } of document.notes) {
    must(fromLine >= 1 && fromLine <= toLine && !!lines[toLine - 1]?.trim(), `${code} is astray`);
  }
  for (const { code } of [...document.notes, ...document.warnings])
    must(said.has(code), `${code} has no words`);
  // Every line that says something is explained, headings apart.
  for (const [i, line] of lines.entries()) {
    if (!/[A-Za-z]/.test(line) || /^(\s*"?Statement"?:|Description:|Resources:)/.test(line)) continue;
    must(
      document.notes.some((note) => note.fromLine <= i + 1 && i + 1 <= note.toLine),
      `nothing explains ${line}`,
    );
  }
  return faults;
}

describe('documents of all combinations', () => {
  const world = fc.constantFrom(...worlds).chain((w) =>
    fc.record({
      partition: fc.constant(w.partition),
      regions: fc.uniqueArray(fc.constantFrom(...w.regions), { minLength: 1 }),
      profiles: fc.uniqueArray(
        fc.tuple(fc.constantFrom(...w.prefixes), fc.constantFrom(...models)).map((t) => t.join('.')),
        { minLength: 1, maxLength: 16 },
      ),
      direct: fc.uniqueArray(fc.constantFrom('anthropic.claude-3-haiku-20240307-v1:0', models[0] as string)),
      application: fc.boolean(),
      known: fc.boolean(),
    }),
  );
  const options = fc.record({
    account: fc.constantFrom('111122223333', '*'),
    marketplace: fc.boolean(),
    listing: fc.boolean(),
    denyLongLivedKeys: fc.boolean(),
    organization: fc.constantFrom('o-a1b2c3d4e5', null),
  });

  it('are policies as IAM takes them, within their size, explained line by line; or are refused for it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PolicyKind.options), world, options, (kind, w, o) => {
        const { partition, regions, profiles, direct, application, known } = w;
        const own = `arn:${partition}:bedrock:${regions[0]}:111122223333:application-inference-profile/a1b2c3`;
        const targets = regions.flatMap((region) => [
          ...profiles.map((id) => policyTarget(region, id, known ? profileView(id) : null)),
          ...direct.map((id) => policyTarget(region, id, null)),
          ...(application ? [policyTarget(region, own, null)] : []),
        ]);
        const plan: PolicyPlan = { ...o, kind, partition, regions, targets, destinations: 'named' };
        const made = buildPolicy(plan);
        if (typeof made !== 'string') expect(faultsOf(plan, made)).toEqual([]);
        else {
          expect(made).toBe('tooLarge');
          // Only what names many profiles can be.
          expect(targets.length).toBeGreaterThan(12);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('every kind, for each model in each region alone', () => {
    const faults: string[] = [];
    for (const kind of PolicyKind.options) {
      for (const { partition, prefixes, regions } of worlds) {
        for (const region of regions) {
          for (const prefix of prefixes) {
            for (const model of models) {
              const plan = aPlan({ kind, partition, regions: [region], profiles: [`${prefix}.${model}`] });
              faults.push(...faultsOf(plan, built(plan)));
            }
          }
        }
      }
    }
    expect(faults).toEqual([]);
  }, 20_000);
});

describe('the minimal policy', () => {
  it('names a profile where it is called, and its model wherever the profile routes to, by that profile alone', () => {
    const { policies } = built(aPlan());
    const profile = 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-opus-5-5';
    expect(policies[0]?.Statement).toEqual([
      expect.objectContaining({ Resource: profile }),
      expect.objectContaining({
        Resource: ['us-east-1', 'us-east-2', 'us-west-2'].map(
          (region) => `arn:aws:bedrock:${region}::foundation-model/anthropic.claude-opus-5-5`,
        ),
        Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
      }),
      expect.objectContaining({ Sid: 'ListModels' }),
    ]);
  });

  it('a global profile needs the model of all regions and that of the calling one', () => {
    const { policies, document } = built(aPlan({ profiles: ['global.anthropic.claude-opus-5-5'] }));
    expect(policies[0]?.Statement[1]).toMatchObject({
      Resource: [
        'arn:aws:bedrock:::foundation-model/anthropic.claude-opus-5-5',
        'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5',
      ],
    });
    expect(document.warnings).toContainEqual(expect.objectContaining({ code: 'warnGlobal' }));
  });

  it('where accounts are not told, the condition is a pattern', () => {
    const { policies } = built(aPlan({ account: '*' }));
    expect(policies[0]?.Statement[1]).toMatchObject({
      Condition: {
        ArnLike: {
          'bedrock:InferenceProfileArn':
            'arn:aws:bedrock:us-east-1:*:inference-profile/us.anthropic.claude-opus-5-5',
        },
      },
    });
  });

  it('where destinations are not told, any region of that model, by that profile', () => {
    const targets = [policyTarget('eu-west-1', 'eu.anthropic.claude-opus-5-5', null)];
    const { policies, document } = built(aPlan({ targets, regions: ['eu-west-1'] }));
    expect(policies[0]?.Statement[1]).toMatchObject({
      Resource: 'arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-5-5',
    });
    expect(document.warnings).toContainEqual(expect.objectContaining({ code: 'warnDestinationsUnknown' }));
  });

  it('subscribes only on request', () => {
    expect(built(aPlan()).document.text).not.toContain('aws-marketplace');
    expect(built(aPlan({ marketplace: true })).policies[0]?.Statement.at(-1)).toMatchObject({
      Action: ['aws-marketplace:Subscribe', 'aws-marketplace:ViewSubscriptions'],
      Condition: { StringEquals: { 'aws:CalledViaLast': 'bedrock.amazonaws.com' } },
    });
  });
});

describe('what does not fit', () => {
  const all = models.flatMap((m) => [`apac.${m}`, `global.${m}`]);
  const regions = routes.apac ?? [];

  it('leaves the regions of models to their profiles first, and says so', () => {
    const one = built(aPlan({ regions: ['ap-northeast-1'], profiles: models.map((m) => `apac.${m}`) }));
    expect(one.document.text).toContain('arn:aws:bedrock:*::foundation-model/');
    expect(one.document.warnings).toContainEqual({ code: 'warnAnyDestination', params: {} });
  });

  it('is refused where one policy must do', () => {
    expect(buildPolicy(aPlan({ regions, profiles: all }))).toBe('tooLarge');
    expect(buildPolicy(aPlan({ kind: 'permission-set', regions, profiles: all }))).toBe('tooLarge');
  });

  it('is split where a role takes several', () => {
    const plan = aPlan({ kind: 'stackset', account: '*', regions: regions.slice(0, 4), profiles: all });
    const { document, policies } = built(plan);
    expect(policies.length).toBeGreaterThan(1);
    expect(document.warnings).toContainEqual({ code: 'warnSplit', params: { count: policies.length } });
    for (const policy of policies) expect(countedCharacters(policy)).toBeLessThanOrEqual(6144);
  });

  it('of a service control policy loses its spaces first: Organizations counts them', () => {
    const plan = aPlan({
      kind: 'scp',
      account: '*',
      regions: ['eu-west-1', 'eu-north-1', 'eu-west-3'],
      profiles: models.map((m) => `eu.${m}`),
      denyLongLivedKeys: true,
    });
    const { document } = built(plan);
    expect(document.text.split('\n').length).toBeLessThan(20);
    expect(faultsOf(plan, built(plan))).toEqual([]);
  });
});

describe('without models or regions', () => {
  it('there is nothing to allow', () => {
    expect(buildPolicy(aPlan({ targets: [] }))).toBe('noModels');
    expect(buildPolicy(aPlan({ regions: [], targets: [] }))).toBe('noRegions');
    expect(built(aPlan({ kind: 'broad', targets: [], regions: [] })).document.text).toContain(
      'aws-marketplace',
    );
  });
});
