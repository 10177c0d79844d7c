import type { ModelView, ResolvedModel } from '../../../../src/contract/bedrock.ts';
import { type Family, familyOf } from '../../../../src/domain/bedrock/claude-models.ts';
import { modelFamily } from '../../../../src/domain/bedrock/model-family.ts';
import { plainText } from '../../model/plain-text.ts';

/** Families in the order in which they are listed; what belongs to none comes last. */
export const families = ['fable', 'opus', 'sonnet', 'haiku'] as const satisfies readonly Family[];

/** All ids of one model. */
export interface ModelRow {
  key: string;
  /** "Sonnet 4.5", or what Bedrock calls it. */
  name: string;
  family: Family | null;
  /** The id to use here; where none can be used the one that comes nearest. */
  best: ModelView;
  /** All of them, the best first, those that would fail last. */
  ids: readonly ModelView[];
  usable: boolean;
}

/** Claude Code's own mark for the long context is not part of the id that Bedrock is asked for. */
export const plainId = (id: string): string => id.replace(/\[1m\]$/i, '');

/** "Sonnet 4.5" for whatever names it. */
export function shownName(view: Pick<ModelView, 'id' | 'name' | 'model'>): string {
  return modelFamily(view.model ?? view.id) ?? plainText(view.name, 80);
}

const versionOf = (name: string): number => Number(/[\d.]+$/.exec(name)?.[0] ?? 0);
const rank = (view: ModelView): number => (view.proposed ? 0 : view.refusal === null ? 1 : 2);

/** The models behind the ids: by family, the newest first; those of which no id can be used behind all others. */
export function modelRows(models: readonly ModelView[]): ModelRow[] {
  const groups = new Map<string, ModelView[]>();
  for (const m of models) {
    const key = m.model ?? m.id;
    groups.set(key, [...(groups.get(key) ?? []), m]);
  }
  const rows = [...groups].flatMap(([key, found]): ModelRow[] => {
    const ids = found.sort((a, b) => rank(a) - rank(b));
    const best = ids[0];
    if (best === undefined) return [];
    const usable = best.refusal === null;
    return [{ key, name: shownName(best), family: familyOf(best.model ?? best.id), best, ids, usable }];
  });
  const place = ({ family }: ModelRow): number =>
    family === null ? families.length : families.indexOf(family);
  return rows.sort(
    (a, b) =>
      Number(b.usable) - Number(a.usable) ||
      place(a) - place(b) ||
      versionOf(b.name) - versionOf(a.name) ||
      a.name.localeCompare(b.name),
  );
}

export interface RowFilter {
  text: string;
  family: Family | null;
  onlyUsable: boolean;
}

export function filtered(rows: readonly ModelRow[], { text, family, onlyUsable }: RowFilter): ModelRow[] {
  const needle = text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (!onlyUsable || row.usable) &&
      (family === null || row.family === family) &&
      (needle === '' ||
        `${row.name} ${row.ids.map((v) => `${v.id} ${v.name}`).join(' ')}`.toLowerCase().includes(needle)),
  );
}

/** What Claude Code uses an id for. */
export function usesOf(id: string, resolved: readonly ResolvedModel[]): ResolvedModel[] {
  return resolved.filter((r) => plainId(r.id) === id);
}
