import type { ModelOffer } from '../contract/bedrock.ts';
import type { MenuInput } from '../domain/menu/menu-input.ts';

/** Where a list of models comes from, with its time as the language writes it. */
export function modelsFrom(offer: ModelOffer, language: string): NonNullable<MenuInput['modelsFrom']> | null {
  const { source, askedAt, tableDate } = offer;
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const date = Date.parse(`${tableDate}T00:00:00Z`);
  if (source === 'shipped') return Number.isNaN(date) ? null : { source, date: days.format(date) };
  if (askedAt === null) return null;
  const isToday = new Date(askedAt).toDateString() === new Date().toDateString();
  const at = new Intl.DateTimeFormat(language, {
    ...(isToday ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  });
  return { source, at: at.format(askedAt) };
}
