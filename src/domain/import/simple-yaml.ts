/** A YAML map of maps and plain scalars. */
export interface YamlMap {
  [key: string]: string | YamlMap;
}

const unquoted = (text: string): string => {
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(text);
  if (quoted) return quoted[1]?.replace(/\\(.)/g, '$1') ?? quoted[2]?.replaceAll("''", "'") ?? '';
  return text.replace(/\s+#.*$/, '').trim();
};

/**
 * The maps and scalars of a YAML file that people write by hand (block style). Lists, block scalars, anchors and
 * flow style are left out, not misread: whatever stands below them belongs to nobody. Never throws.
 */
export function simpleYaml(text: string): YamlMap {
  const root: YamlMap = Object.create(null);
  /** Open maps, outermost first; null: what stands below is left out. */
  const open: { indent: number; map: YamlMap | null }[] = [{ indent: -1, map: root }];
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    if (/^\s*(#|$)/.test(line) || /^(---|\.\.\.)/.test(line)) continue;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    while (open.length > 1 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const map = open.at(-1)?.map ?? null;
    const entry =
      /^ *("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:#'"[\]{},&*!|>-][^:#]*?|-[^\s:][^:#]*?) *:(?:\s+(.*))?$/.exec(
        line,
      );
    if (!entry || map === null) {
      open.push({ indent, map: null });
      continue;
    }
    const key = unquoted(entry[1] ?? '');
    const rest = (entry[2] ?? '').replace(/^#.*$/, '').trim();
    if (rest === '') {
      const inner: YamlMap = Object.create(null);
      map[key] = inner;
      open.push({ indent, map: inner });
    } else {
      if (!/^[[{&*!|>]/.test(rest)) map[key] = unquoted(rest);
      open.push({ indent, map: null });
    }
  }
  return root;
}

/** The map at a key, or none. */
export const mapAt = (map: YamlMap | undefined, key: string): YamlMap | undefined => {
  const value = map?.[key];
  return typeof value === 'object' ? value : undefined;
};
/** The scalar at a key, or null. */
export const textAt = (map: YamlMap | undefined, key: string): string | null => {
  const value = map?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
};
