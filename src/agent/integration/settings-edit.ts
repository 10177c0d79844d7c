import { isDeepStrictEqual } from 'node:util';
import { applyEdits, modify, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { type Hunk, hunksOf, type Splice, spliced } from '../../aws/config-edit.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { SET_ASIDE, type SettingsPlan } from '../../domain/integration.ts';

/**
 * Edits of the person's settings.json that leave every other byte as it is: order, indentation, line ends, a byte
 * order mark, a missing last line end. What comes out is parsed again and must say exactly what was wanted.
 */

/** A value that we wrote: what it was before (JSON text; null: it was not there). */
export interface WrittenKey {
  path: string[];
  ours: string;
  before: string | null;
}

export interface SettingsEdited {
  bytes: Uint8Array;
  hunks: Hunk[];
  written: WrittenKey[];
}

const BEARER = 'AWS_BEARER_TOKEN_BEDROCK';
const BOM = '\ufeff';
type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function malformed(file: string, reason: string): BedrockTrayError {
  return new BedrockTrayError('SettingsMalformed', { file, reason });
}

/** The text of the file without its byte order mark, and what it says; an empty one says {}. Errors: SettingsMalformed. */
export function parseSettings(
  file: string,
  bytes: Uint8Array | null,
): { bom: string; text: string; settings: Json } {
  let all: string;
  try {
    all = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
  } catch {
    throw malformed(file, 'not UTF-8');
  }
  const bom = all.startsWith(BOM) ? BOM : '';
  const text = all.slice(bom.length);
  if (text.trim() === '') return { bom, text, settings: {} };
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch (e) {
    // V8's message quotes what it stumbled on, which may be a secret: the place is enough.
    const position = /position (\d+)/.exec((e as Error).message)?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    throw malformed(file, line === undefined ? 'not JSON' : `not JSON, line ${line}`);
  }
  if (!isRecord(settings)) throw malformed(file, 'no JSON object');
  if (settings.env !== undefined && !isRecord(settings.env)) throw malformed(file, '"env" is no object');
  return { bom, text, settings };
}

function treeOf(file: string, text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (tree?.type !== 'object' || errors.length > 0) throw malformed(file, 'not JSON');
  return tree;
}

const keyNode = (property: Node): Node | undefined => property.children?.[0];
const valueNode = (property: Node): Node | undefined => property.children?.[1];
/** Of several of one name the last counts, as for JSON.parse. */
const propertyOf = (object: Node, name: string): Node | undefined =>
  object.children?.findLast((p) => keyNode(p)?.value === name);

/** How a file's members are laid out: the space before a member, and between its key and its value. */
function layoutOf(object: Node, text: string): { lead: string; colon: string } | null {
  const last = object.children?.at(-1);
  const [key, value] = [last && keyNode(last), last && valueNode(last)];
  if (!last || !key || !value) return null;
  let from = last.offset;
  while (/\s/.test(text[from - 1] ?? '')) from--;
  return {
    lead: text.slice(from, last.offset),
    colon: text.slice(key.offset + key.length, value.offset),
  };
}

type Members = readonly (readonly [string, unknown])[];

/** A value as text that stands behind `lead`; a nested object's members one step further in. */
function valueText(value: unknown, lead: string, colon: string, unit: string): string {
  if (!isRecord(value)) return JSON.stringify(value);
  const inner = lead.includes('\n') ? lead + unit : lead;
  const members = Object.entries(value).map(
    ([key, each]) => `${inner}${JSON.stringify(key)}${colon}${JSON.stringify(each)}`,
  );
  return `{${members.join(',')}${lead.includes('\n') ? lead : ''}}`;
}

/** Members appended to an object, laid out as its last one is. */
function appended(object: Node, text: string, members: Members, root: Node): Splice {
  const layout = layoutOf(object, text);
  const atRoot = layoutOf(root, text) ?? { lead: '\n  ', colon: ': ' };
  const unit = /[ \t]+$/.exec(atRoot.lead)?.[0] ?? '  ';
  if (layout) {
    const { lead, colon } = layout;
    const last = object.children?.at(-1) as Node;
    const insert = members
      .map(([key, value]) => `,${lead}${JSON.stringify(key)}${colon}${valueText(value, lead, colon, unit)}`)
      .join('');
    return { at: last.offset + last.length, remove: 0, insert };
  }
  const { lead: rootLead, colon } = atRoot;
  const own = object === root ? '\n' : rootLead;
  const lead = object === root ? rootLead : rootLead.includes('\n') ? rootLead + unit : rootLead;
  const all = members
    .map(([key, value]) => `${lead}${JSON.stringify(key)}${colon}${valueText(value, lead, colon, unit)}`)
    .join(',');
  return {
    at: object.offset,
    remove: object.length,
    insert: `{${all}${own.includes('\n') ? own : ''}}`,
  };
}

/** The file after a plan. Errors: SettingsMalformed (also one that says a key twice, so that nobody can tell which counts). */
export function editSettings(file: string, bytes: Uint8Array | null, plan: SettingsPlan): SettingsEdited {
  const { bom, text, settings } = parseSettings(file, bytes);
  const before = recordOfEnv(settings);
  const expected: Json = { ...settings };
  const env: Json = { ...before };
  const written: WrittenKey[] = [];
  if (plan.setAside) {
    env[SET_ASIDE] = env[BEARER];
    delete env[BEARER];
  }
  for (const { path, value } of plan.changes) {
    const [first, name] = path;
    const there = name === undefined ? settings[first] : env[name];
    written.push({
      path: [...path],
      ours: value,
      before: there === undefined ? null : JSON.stringify(there),
    });
    if (name === undefined) expected[first] = value;
    else env[name] = value;
  }
  if (plan.setAside || plan.changes.some(({ path }) => path[0] === 'env')) expected.env = env;

  if (text.trim() === '') {
    const made = Buffer.from(`${bom}${JSON.stringify(expected, null, 2)}\n`);
    const old = Buffer.from(bytes ?? []);
    return { bytes: made, hunks: [{ at: 0, removed: old, inserted: made.length }], written };
  }
  const splices = splicesOf(treeOf(file, text), text, plan, env);
  const result = spliced(text, splices);
  let says: unknown;
  try {
    says = JSON.parse(result);
  } catch {
    says = undefined;
  }
  if (!isDeepStrictEqual(says, expected)) throw malformed(file, 'a key stands twice');
  const all = splices.map((s) => ({ ...s, at: s.at + bom.length }));
  return { bytes: Buffer.from(bom + result), hunks: hunksOf(bom + text, all), written };
}

function splicesOf(root: Node, text: string, plan: SettingsPlan, env: Json): Splice[] {
  const splices: Splice[] = [];
  const replaced = (node: Node, insert: string) =>
    splices.push({ at: node.offset, remove: node.length, insert });
  const rootMembers: [string, unknown][] = [];
  const envMembers: [string, unknown][] = [];
  const envProperty = propertyOf(root, 'env');
  const envNode = envProperty && valueNode(envProperty);
  const bearer = plan.setAside && envNode ? propertyOf(envNode, BEARER) : undefined;
  const bearerKey = bearer && keyNode(bearer);
  if (bearerKey) replaced(bearerKey, JSON.stringify(SET_ASIDE));
  for (const { path, value } of plan.changes) {
    const [first, name] = path;
    const object = name === undefined ? root : envNode;
    const there = object && propertyOf(object, name ?? first);
    const node = there && there !== bearer ? valueNode(there) : undefined;
    if (node) replaced(node, JSON.stringify(value));
    else (name === undefined ? rootMembers : envMembers).push([name ?? first, value]);
  }
  if (envMembers.length > 0) {
    if (envNode) splices.push(appended(envNode, text, envMembers, root));
    else rootMembers.push(['env', env]);
  }
  if (rootMembers.length > 0) splices.push(appended(root, text, rootMembers, root));
  // Where both end at one place (`env` is the last member), the inner one comes first.
  return splices
    .map((s, n) => ({ s, n }))
    .sort((a, b) => a.s.at - b.s.at || a.n - b.n)
    .map(({ s }) => s);
}

function recordOfEnv(settings: Json): Json {
  return isRecord(settings.env) ? settings.env : {};
}

/**
 * Takes back, in a file that somebody changed since, what still is as we wrote it; all else stays. `setAside`: a bearer
 * token was set aside. Errors: SettingsMalformed.
 */
export function withoutOurs(
  file: string,
  bytes: Uint8Array,
  written: readonly WrittenKey[],
  { setAside, envWasMade }: { setAside: boolean; envWasMade: boolean },
): Uint8Array {
  const { bom, text, settings } = parseSettings(file, bytes);
  if (text.trim() === '') return bytes;
  let now = text;
  const at = (path: readonly string[]): unknown => {
    const [first = '', name] = path;
    const said = JSON.parse(now) as Json;
    return name === undefined ? said[first] : recordOfEnv(said)[name];
  };
  const lead = layoutOf(treeOf(file, text), text)?.lead ?? '';
  const set = (path: string[], value: unknown) => {
    now = applyEdits(now, modify(now, path, value, {}));
  };
  for (const { path, ours, before } of written.toReversed()) {
    if (at(path) !== ours) continue;
    set(path, before === null ? undefined : JSON.parse(before));
  }
  if (setAside && isRecord(settings.env) && at(['env', SET_ASIDE]) !== undefined) {
    const envNode = valueNode(propertyOf(treeOf(file, now), 'env') as Node) as Node;
    const aside = propertyOf(envNode, SET_ASIDE);
    const key = aside && keyNode(aside);
    if (key && at(['env', BEARER]) === undefined)
      now = now.slice(0, key.offset) + JSON.stringify(BEARER) + now.slice(key.offset + key.length);
  }
  const env = at(['env']);
  if (envWasMade && isRecord(env) && Object.keys(env).length === 0) set(['env'], undefined);
  // What was the last member leaves the space before it.
  if (lead.includes('\n') && now.trim() === '{}') now = now.replace(/\{\s*\}/, '{}');
  return Buffer.from(bom + now);
}
