import type { ReactNode } from 'react';
import type { ModelView } from '../../../../src/contract/bedrock.ts';
import type { Environment } from '../../../../src/contract/state.ts';
import {
  type LegacyReason,
  type Translation,
  translateLegacyModel,
} from '../../../../src/domain/bedrock/legacy-models.ts';
import { modelFamily } from '../../../../src/domain/bedrock/model-family.ts';
import { modelOfId } from '../../../../src/domain/bedrock/model-views.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useWords } from '../../model/app-context.tsx';
import { choose, chosenFor, slots } from '../../model/model-slots.ts';
import { plainText } from '../../model/plain-text.ts';

const whyKeys = {
  retired: 'models:page.legacyRetired',
  legacy: 'models:page.legacySucceeded',
  undated: 'models:page.legacyUndated',
  noPrefix: 'models:page.legacyNoPrefix',
} as const satisfies Record<LegacyReason, string>;

/** Ids of older documentation that the environment chose: what is the matter with each, and what to use instead. */
export function LegacyIds({
  environment,
  models,
  onUpdate,
}: {
  environment: Environment;
  /** What Bedrock offers in the environment's region; null until it is known. */
  models: readonly ModelView[] | null;
  /** Null: nothing can be changed now. */
  onUpdate: ((next: Environment) => void) | null;
}): ReactNode {
  const words = useWords();
  const chosen = new Set(slots.map((slot) => chosenFor(environment, slot)).filter((id) => id !== null));
  const found = [...chosen].flatMap((id) => {
    const translation = translateLegacyModel(id, environment.region);
    return translation ? [{ old: id, ...offeredOf(translation, models) }] : [];
  });
  return found.map(({ old, to, why }) => (
    <Notice
      key={old}
      tone="attention"
      action={
        onUpdate && (
          <Button
            onPress={() =>
              onUpdate(
                slots.reduce(
                  (next, slot) => (chosenFor(next, slot) === old ? choose(next, slot, to) : next),
                  environment,
                ),
              )
            }
          >
            {words.t('models:page.legacyUse', { model: modelFamily(to) ?? plainText(to, 80) })}
          </Button>
        )
      }
    >
      <p>{words.t(whyKeys[why], { id: plainText(old, 120) })}</p>
      <p className="quiet small">{words.t('models:page.legacyInstead', { id: plainText(to, 120) })}</p>
    </Notice>
  ));
}

/** What Bedrock itself proposes for the model, where that is known. */
function offeredOf(
  { id, why }: Translation,
  models: readonly ModelView[] | null,
): { to: string; why: LegacyReason } {
  const model = modelOfId(id);
  const offered = models?.find((m) => m.proposed && m.refusal === null && m.model === model);
  return { to: offered?.id ?? id, why };
}
