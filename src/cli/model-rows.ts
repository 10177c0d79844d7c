import type { ModelOffer, ModelView, ResolvedModel } from '../contract/index.ts';
import { familyOf } from '../domain/bedrock/claude-models.ts';
import { translateLegacyModel } from '../domain/bedrock/legacy-models.ts';
import { modelFamily } from '../domain/bedrock/model-family.ts';
import { durationMessage } from '../domain/duration.ts';
import { translator } from './shell.ts';
import { cellWidth, table } from './table.ts';

/** What the command line prints of models. */

/** Where the list is from, and how old that answer is. */
export function offerLine({ region, source, askedAt, tableDate, problem }: ModelOffer, now: number): string {
  const { t, error } = translator();
  const why = problem ? error(problem) : '';
  if (source === 'shipped') return t('cli:models.shipped', { region, date: tableDate ?? '', why });
  const duration = durationMessage(now - (askedAt ?? now));
  const age =
    duration.key === 'durationNone'
      ? t('cli:models.askedNow', { region })
      : t('cli:models.asked', { region, age: t(`page:${duration.key}`, duration.params) });
  return problem ? `${age} ${t('cli:models.inPart', { why })}` : age;
}

const order = ['opus', 'sonnet', 'haiku', 'fable'] as const;

/** Views by the model behind them, as people look for them: family by family, the newest first. */
function byModel(views: readonly ModelView[]): { name: string; views: ModelView[] }[] {
  const groups = new Map<string, ModelView[]>();
  for (const view of views) {
    const key = view.model ?? view.id;
    groups.set(key, [...(groups.get(key) ?? []), view]);
  }
  const version = (name: string) => Number(/\d+(\.\d+)?/.exec(name)?.[0] ?? 0);
  const rank = (model: string) => {
    const at = order.indexOf(familyOf(model) as never);
    return at < 0 ? order.length : at;
  };
  return [...groups]
    .map(([model, own]) => ({ model, name: modelFamily(model) ?? model, views: own }))
    .sort(
      (a, b) =>
        rank(a.model) - rank(b.model) || version(b.name) - version(a.name) || (a.model < b.model ? 1 : -1),
    );
}

function contextText(tokens: number | null): string {
  if (tokens === null) return '-';
  return tokens >= 1_000_000 ? `${tokens / 1_000_000}M` : `${Math.round(tokens / 1000)}k`;
}

function priceText({ rates }: ModelView): string {
  if (!rates) return '-';
  const { language } = translator();
  const usd = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
  });
  return `${usd.format(rates.input)} / ${usd.format(rates.output)}`;
}

/** What is to be known of an id before it is used: why it fails, what is known of access, and when it ends. */
function stateText(
  { refusal, access, lifecycle, endOfLife }: ModelView,
  source: ModelOffer['source'],
): string {
  const { t } = translator();
  const able = source === 'live' ? t(`cli:models.access.${access}`) : t('cli:models.untold');
  const word = refusal === null ? able : t(`cli:models.refusal.${refusal}`);
  const ends =
    endOfLife !== null && refusal !== 'ended'
      ? t('cli:models.ends', { date: endOfLife })
      : lifecycle === 'legacy'
        ? t('cli:models.legacy')
        : '';
  return [word, ends].filter((text) => text !== '').join(', ');
}

/** A table, without one after the other of its columns `spare` while it is wider than `columns`: what wraps is no table. */
function fitted(
  [head, ...rows]: readonly (readonly string[])[],
  spare: readonly number[],
  columns: number,
): string {
  const text = table(head ?? [], rows);
  const [drop, ...others] = spare;
  if (drop === undefined || text.split('\n').every((line) => cellWidth(line) <= columns)) return text;
  const without = (row: readonly string[]) => row.filter((_, n) => n !== drop);
  return fitted([without(head ?? []), ...rows.map(without)], others, columns);
}

/**
 * One row for each model with the id to use; `all`: one for each id, the one to use marked. Where `columns` of a
 * terminal do not hold it all, prices and then sizes are left out.
 */
export function modelRows(
  { models: views, source }: Pick<ModelOffer, 'models' | 'source'>,
  all: boolean,
  columns: number,
): string {
  const { t } = translator();
  const head = [
    t('cli:head.model'),
    t('cli:head.modelId'),
    t('cli:head.context'),
    t('cli:head.price'),
    t('cli:head.state'),
  ];
  const rows = byModel(views).flatMap(({ name, views: own }) => {
    const proposed = own.find((view) => view.proposed);
    const first = proposed ?? own[0];
    if (!first) return [];
    const shown = all ? [first, ...own.filter((view) => view !== first)] : [first];
    return shown.map((view, at) => [
      at === 0 ? name : '',
      // Where none can be used, none is named for use.
      all || proposed ? `${all ? (view.proposed ? '* ' : '  ') : ''}${view.id}` : '-',
      contextText(view.contextTokens),
      priceText(view),
      stateText(view, source),
    ]);
  });
  const table_ = fitted([head, ...rows], [3, 2], columns);
  const own = all ? [] : views.filter((view) => view.kind === 'application-profile' && view.refusal === null);
  if (own.length === 0) return table_;
  const applications = table(
    [t('cli:models.applications'), t('cli:head.model'), t('cli:head.modelId')],
    own.map((view) => [view.name, modelFamily(view.model ?? '') ?? view.model ?? '-', view.id]),
  );
  return `${table_}\n\n${applications}`;
}

/** What Claude Code will ask for, and who decided so. */
export function resolvedRows(resolved: readonly ResolvedModel[]): string {
  const { t } = translator();
  const note = ({ offered, refusal }: ResolvedModel) =>
    refusal !== null
      ? t(`cli:models.refusal.${refusal}`)
      : offered === false
        ? t('cli:models.notOffered')
        : '';
  return table(
    [t('cli:models.use'), t('cli:head.modelId'), t('cli:models.from'), ''],
    resolved.map((each) => [
      t(`cli:models.use.${each.use}`),
      each.id,
      each.where === null
        ? t(`cli:models.from.${each.from}`)
        : t('cli:models.fromWhere', { from: t(`cli:models.from.${each.from}`), where: each.where }),
      note(each),
    ]),
  );
}

/** What is the matter with ids of older documentation, and what to use instead: a line for each that is such a one. */
export function translations(ids: readonly (string | null | undefined)[], region: string): string[] {
  const { t } = translator();
  return [...new Set(ids)].flatMap((given) => {
    const instead = given ? translateLegacyModel(given, region) : null;
    return given && instead ? [t(`cli:models.old.${instead.why}`, { given, id: instead.id })] : [];
  });
}
