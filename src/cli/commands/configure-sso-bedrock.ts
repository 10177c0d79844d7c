import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { Environment, ModelView } from '../../contract/index.ts';
import { askedModel } from '../../domain/bedrock/bedrock-models.ts';
import { proposedBedrockRegion } from '../../domain/bedrock/bedrock-proposals.ts';
import { usableModels } from '../../domain/bedrock/model-views.ts';
import { promptOutput } from '../prompt-words.ts';
import { answered, ask } from '../prompting.ts';
import { badInput, translator } from '../shell.ts';
import { plain } from '../table.ts';
import type { Step } from './configure-sso-questions.ts';

/** Bedrock's region, the likeliest first; a person presses Enter. */
export async function chooseBedrockRegion(
  agent: AgentConnection,
  given: string | undefined,
  wishes: readonly (string | null | undefined)[],
): Promise<string> {
  if (given !== undefined) return given;
  const { regions } = await agent.call('regions.list', {});
  const proposal = proposedBedrockRegion(wishes, regions);
  const all = [proposal, ...regions.filter((region) => region !== proposal)];
  return ask(undefined, '--bedrock-region', () =>
    clack.autocomplete({
      output: promptOutput(),
      message: translator().t('setup:bedrockRegion'),
      maxItems: 10,
      initialValue: proposal,
      options: all.map((region) => ({ value: region, label: region })),
    }),
  );
}

/** The environment of a profile: there already, or made now. It is the active one from then on. */
export async function takeProfile(
  agent: AgentConnection,
  profile: string,
  region: string,
): Promise<Environment> {
  const { environments, settings } = await agent.call('state.get', {});
  const own = environments.filter((e) => e.profile === profile);
  const there = own.find((e) => e.name === profile) ?? own[0];
  const isTaken = (name: string): boolean => environments.some((e) => e.name === name);
  // The name may be another profile's environment.
  let name = profile;
  for (let n = 2; isTaken(name); n++) name = `${profile}-${n}`;
  const environment: Environment = there
    ? { ...there, region }
    : {
        name,
        profile,
        region,
        model: null,
        smallFastModel: null,
        identityMode: settings.identityMode,
        endpointUrl: null,
        pins: { opus: null, sonnet: null, fable: null },
        geography: null,
        budget: null,
      };
  await agent.call(there ? 'environments.update' : 'environments.create', environment);
  await agent.call('environments.use', { name: environment.name });
  return environment;
}

const isOffered = (models: readonly ModelView[], id: string): boolean =>
  // ARNs are not listed, whoever has one knows why.
  id.startsWith('arn:') || models.some((m) => m.id === id);

/** The environment's model, from what Bedrock offers to this role here. */
export async function chooseModel(
  agent: AgentConnection,
  environment: Environment,
  given: string | undefined,
  step: Step,
): Promise<Environment> {
  const { t } = translator();
  const { name, region, model: before } = environment;
  const offer = await step(agent.call('models.list', { environment: name, region }));
  const { source } = offer;
  const models = usableModels(offer.models);
  let model: string | null;
  if (given !== undefined) {
    const asked = askedModel(given, region);
    if (source === 'live' && !isOffered(models, asked))
      throw badInput('--model', t('setup:modelNone', { model: given }));
    model = given;
  } else if (source === 'shipped') {
    clack.log.info(t('setup:modelsUnknown'));
    model = before;
  } else {
    const own = askedModel(null, region);
    const isDefault = isOffered(models, own);
    const choice = answered(
      await clack.autocomplete({
        output: promptOutput(),
        message: t('setup:model'),
        maxItems: 10,
        initialValue: before ?? (isDefault ? '' : (models.find((m) => m.proposed)?.id ?? '')),
        options: [
          // Where it is not offered, choosing it would fail.
          ...(isDefault || before === null ? [{ value: '', label: t('setup:modelDefault'), hint: own }] : []),
          ...(before === null || isOffered(models, before) ? [] : [{ value: before, label: before }]),
          ...models.map((m) => ({ value: m.id, label: plain(m.name), hint: m.id })),
        ],
      }),
    );
    model = choice === '' ? null : choice;
  }
  const next = { ...environment, model };
  if (model !== before) await agent.call('environments.update', next);
  return next;
}
