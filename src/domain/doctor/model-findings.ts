import type { ModelOffer, ResolvedModel } from '../../contract/bedrock.ts';
import type { Environment } from '../../contract/state.ts';
import { failed, ofError, type Told, warning } from './findings.ts';

const refusals = {
  onDemand: 'modelNeedsProfile',
  access: 'modelNotGranted',
  ended: 'modelEnded',
} as const;

/** Claude Code's own suffix for the long context. */
const plainId = (id: string): string => id.replace(/\[1m\]$/, '');

/** The id by which the same model works there; null where none is known. */
export function workingId(offer: Pick<ModelOffer, 'models'>, id: string): string | null {
  const own = plainId(id);
  const model = offer.models.find((m) => m.id === own)?.model ?? own.replace(/^[a-z-]+\.(?=anthropic\.)/, '');
  const found = offer.models.find((m) => m.proposed && m.refusal === null && m.model === model);
  return found && found.id !== own ? found.id : null;
}

/** Which of the models that Claude Code would ask for are not to be had, each told once. */
export function modelFindings(
  offer: ModelOffer,
  resolved: readonly ResolvedModel[],
  environment: Environment | null,
): Told[] {
  const seen = new Set<string>();
  return resolved.flatMap(({ use, id, from, offered, refusal }): Told[] => {
    if (seen.has(id)) return [];
    seen.add(id);
    const { region } = offer;
    const better = workingId(offer, id);
    const hint = {
      ...(from === 'environment' && better !== null ? { fix: true as const } : {}),
      ...(better === null ? {} : { text: better }),
    };
    // An alias that nobody may ever choose is no failure.
    const tell = use === 'primary' || use === 'background' ? failed : warning;
    if (refusal === 'geography')
      return [
        ofError(
          {
            code: 'ModelLeavesGeography',
            params: {
              model: id,
              geography: environment?.geography ?? '',
              environment: environment?.name ?? '',
            },
          },
          tell === failed ? 'failed' : 'warning',
        ),
      ];
    if (refusal !== null) return [tell(refusals[refusal], { model: id, region }, hint)];
    if (offered === false) return [tell('modelNotOffered', { model: id, region }, hint)];
    const legacy = offer.models.find((m) => m.id === plainId(id))?.lifecycle === 'legacy';
    return legacy ? [warning('modelLegacy', { model: id }, better === null ? {} : { text: better })] : [];
  });
}

/** An environment whose ids that fail are replaced by those that work; the same where none is known. */
export function repairedEnvironment(
  offer: Pick<ModelOffer, 'models'>,
  resolved: readonly ResolvedModel[],
  environment: Environment,
): Environment {
  const bad = new Set(
    resolved
      .filter((r) => r.from === 'environment' && (r.refusal !== null || r.offered === false))
      .map((r) => plainId(r.id)),
  );
  const mended = (id: string | null): string | null => {
    if (id === null || !bad.has(plainId(id))) return id;
    const better = workingId(offer, id);
    return better === null ? id : better + id.slice(plainId(id).length);
  };
  const { opus, sonnet, fable } = environment.pins;
  return {
    ...environment,
    model: mended(environment.model),
    smallFastModel: mended(environment.smallFastModel),
    pins: { opus: mended(opus), sonnet: mended(sonnet), fable: mended(fable) },
  };
}
