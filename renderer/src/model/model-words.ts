import type {
  Geography,
  ModelOffer,
  ModelRates,
  ModelView,
  ResolvedModel,
} from '../../../src/contract/bedrock.ts';
import { profilePrefix } from '../../../src/domain/bedrock/geography.ts';
import type { Indicator } from '../../../src/domain/overview.ts';
import type { Translator } from '../../../src/locales/index.ts';
import type { Slot } from './model-slots.ts';
import { plainText } from './plain-text.ts';

/** What is said of models: figures by Intl, everything else by words. */

export const geographyKeys = {
  us: 'models:page.geo.us',
  'us-gov': 'models:page.geo.us-gov',
  ca: 'models:page.geo.ca',
  eu: 'models:page.geo.eu',
  jp: 'models:page.geo.jp',
  au: 'models:page.geo.au',
  apac: 'models:page.geo.apac',
} as const satisfies Record<Geography, string>;

export const useKeys = {
  primary: 'models:page.usePrimary',
  background: 'models:page.useBackground',
  opus: 'models:page.useOpus',
  sonnet: 'models:page.useSonnet',
  haiku: 'models:page.useHaiku',
  fable: 'models:page.useFable',
} as const satisfies Record<ResolvedModel['use'], string>;

export const slotKeys = {
  model: 'models:page.slotPrimary',
  smallFastModel: 'models:page.slotSmallFast',
  opus: 'models:page.slotOpus',
  sonnet: 'models:page.slotSonnet',
  fable: 'models:page.slotFable',
} as const satisfies Record<Slot, string>;

export const fromKeys = {
  environment: 'models:page.fromEnvironment',
  settings: 'models:page.fromSettings',
  managed: 'models:page.fromManaged',
  variable: 'models:page.fromVariable',
  default: 'models:page.fromDefault',
} as const satisfies Record<ResolvedModel['from'], string>;

const kindKeys = {
  'inference-profile': 'models:page.kindProfile',
  'application-profile': 'models:page.kindApplication',
  'foundation-model': 'models:page.kindModel',
} as const;

/** "US$3" as the language writes it; cents only where there are any. */
export function usd(amount: number, { language }: Translator): string {
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    trailingZeroDisplay: 'stripIfInteger',
  } as Intl.NumberFormatOptions).format(amount);
}

/** "200K" as the language shortens it. */
export function contextWords(tokens: number | null, { language }: Translator): string | null {
  if (tokens === null) return null;
  return new Intl.NumberFormat(language, { notation: 'compact' }).format(tokens);
}

export function pricePair(
  rates: ModelRates | null,
  words: Translator,
): { input: string; output: string } | null {
  return rates && { input: usd(rates.input, words), output: usd(rates.output, words) };
}

/** A day (`YYYY-MM-DD`) as the language writes it. */
export function dayWords(day: string, { language }: Translator): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return plainText(day, 20);
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

/** How long ago, in minutes, hours or days; null within the last minute. */
export function ageWords(ms: number, { language }: Translator): string | null {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return null;
  const said = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (minutes < 60) return said.format(-minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? said.format(-hours, 'hour') : said.format(-Math.floor(hours / 24), 'day');
}

/** The area of a profile's id (`us.anthropic…`); null where it names none that we know. */
function areaOf(id: string): Geography | null {
  const prefix = profilePrefix(id);
  return prefix !== null && prefix in geographyKeys ? (prefix as Geography) : null;
}

/** Where requests to it are answered: the place, and how many regions that are where that is told. */
export function routeWords(
  view: ModelView,
  region: string,
  { t }: Translator,
): { place: string; detail: string | null } {
  const count = view.regions.length;
  const regions = count === 0 ? null : t('models:page.scopeRegions', { count });
  if (view.scope === 'global') return { place: t('models:page.scopeGlobal'), detail: regions };
  const only = count === 1 ? view.regions[0] : view.scope === 'region' ? region : undefined;
  if (only !== undefined)
    return { place: t('models:page.scopeRegion', { region: plainText(only, 40) }), detail: null };
  const area = areaOf(view.id);
  if (area === null) return { place: regions ?? t('models:page.offeredUnknown'), detail: null };
  return { place: t(geographyKeys[area]), detail: regions };
}

export function kindWords(kind: ModelView['kind'], { t }: Translator): string {
  return t(kindKeys[kind]);
}

export interface StatusWords {
  tone: Indicator;
  label: string;
  /** Why, in a sentence. */
  why: string | null;
}

/** Whether an id can be used, and why not. Of a list that is not AWS's own (`shipped`) nobody can tell. */
export function statusWords(
  view: ModelView,
  { geography, source }: { geography: Geography | null; source: ModelOffer['source'] },
  words: Translator,
): StatusWords {
  const { t } = words;
  const area = geography === null ? '' : t(geographyKeys[geography]);
  switch (view.refusal) {
    case 'onDemand':
      return { tone: 'problem', label: t('models:page.refusalOnDemand'), why: t('models:page.whyOnDemand') };
    case 'access':
      return { tone: 'problem', label: t('models:page.refusalAccess'), why: t('models:page.whyAccess') };
    case 'geography':
      return {
        tone: 'off',
        label: t('models:page.refusalGeography'),
        why: t('models:page.whyGeography', { geography: area }),
      };
    case 'ended':
      return {
        tone: 'off',
        label:
          view.endOfLife === null
            ? t('models:page.refusalEnded')
            : t('models:page.endedOn', { date: dayWords(view.endOfLife, words) }),
        why: t('models:page.whyEnded'),
      };
    case null:
      if (source === 'shipped') return { tone: 'off', label: t('models:page.offeredUnknown'), why: null };
      return view.access === 'granted'
        ? { tone: 'ready', label: t('models:page.usable'), why: null }
        : {
            tone: 'ready',
            label: t('models:page.usableUnknown'),
            why: t('models:page.usableUnknownHint'),
          };
  }
}

/** What is to be said about a model's end, beside whether it can be used; null: nothing. */
export function lifeWords(view: ModelView, words: Translator): string | null {
  if (view.refusal === 'ended') return null;
  const date = view.endOfLife === null ? null : dayWords(view.endOfLife, words);
  if (view.lifecycle === 'legacy')
    return date === null ? words.t('models:page.legacy') : words.t('models:page.legacyUntil', { date });
  return date === null ? null : words.t('models:page.endsOn', { date });
}

/** Why an id that Claude Code would use fails, in a word. */
export function refusalWord(refusal: ModelView['refusal'], { t }: Translator): string | null {
  if (refusal === null) return null;
  return t(
    (
      {
        onDemand: 'models:page.refusalOnDemand',
        access: 'models:page.refusalAccess',
        geography: 'models:page.refusalGeography',
        ended: 'models:page.refusalEnded',
      } as const
    )[refusal],
  );
}
