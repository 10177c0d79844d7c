/** What a person reads comes from src/locales: shown by a language that nobody speaks, and by reading the page's source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parseAst } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import { pseudo, speakPseudo, unmarked } from '../../support/pseudo-locale.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Names and signs that are the same in every language. */
const names =
  /^(Claude Code|Bedrock Tray|Amazon Bedrock|AWS|AWS CLI|WebGL|DOM|English|简体中文|id|USD|PATH|[A-Z]{1,5})$/;
const hasWords = (text: string): boolean => /[\p{L}]{2}/u.test(text) && !names.test(text.trim());

describe('the command line', () => {
  let program: Command;
  beforeAll(async () => {
    speakPseudo();
    process.env.LANG = 'en_US.UTF-8';
    for (const name of ['LC_ALL', 'LC_MESSAGES']) delete process.env[name];
    process.env.BEDROCK_TRAY_HOME = join(root, 'no-such-folder');
    const { makeProgram } = await import('../../../src/cli/program.ts');
    program = makeProgram();
  });

  const each = (
    command: Command,
    look: (command: Command, path: string) => void,
    path = command.name(),
  ): void => {
    look(command, path);
    for (const child of command.commands) each(child, look, `${path} ${child.name()}`);
  };

  test('every command, option and argument is described in the person’s language', () => {
    const found: string[] = [];
    let described = 0;
    each(program, (command, path) => {
      const parts = [
        command.description(),
        ...command.options.map((o) => o.description),
        ...command.registeredArguments.map((a) => a.description),
      ];
      for (const text of parts) {
        described++;
        if (hasWords(unmarked(text))) found.push(`${path}: ${text}`);
      }
    });
    expect(found).toEqual([]);
    expect(described).toBeGreaterThan(150);
  });

  test('help has no English of Commander’s own', () => {
    each(program, (command, path) => {
      const help = unmarked(
        command
          .createHelp()
          .formatHelp(command, command.createHelp())
          .replace(/⟦[^⟧]*$/gm, ''),
      );
      expect(help, path).not.toMatch(
        /Usage|Options|Commands|Arguments|display help|output the version|choices:|\[options\]|\[command\]/,
      );
    });
  });

  test('its mistakes are said in the person’s language, whatever the mistake', async () => {
    const { mistakeSaid } = await import('../../../src/cli/commander-words.ts');
    for (const said of [
      "error: unknown option '--jsn'\n(Did you mean --json?)",
      "error: unknown command 'lst'\n(Did you mean one of list, last?)",
      "error: missing required argument 'path'",
      "error: option '--env <name>' argument missing",
      "error: required option '--profile <name>' not specified",
      "error: too many arguments for 'list'. Expected 0 arguments but got 2: a, b.",
      'error: too many arguments. Expected 1 argument but got 2: a, b.',
      "error: option '--a' cannot be used with option '--b'",
      "error: option '--l <x>' argument 'y' is invalid. Allowed choices are short, normal.",
      "error: command-argument value 'x' is invalid for argument 'decision'. Allowed choices are allow, deny.",
      "error: option '--cap <usd>' argument 'x' is invalid. why",
    ]) {
      expect(unmarked(mistakeSaid(said)).trim(), said).toBe('');
    }
    expect(mistakeSaid("error: unknown option '--a'\nb'")).not.toContain('error:');
    expect(mistakeSaid('error: something new')).toBe('error: something new');
  });

  test('these are all the mistakes that Commander knows', () => {
    const source = readFileSync(join(root, 'node_modules', 'commander', 'lib', 'command.js'), 'utf8');
    const known = [...source.matchAll(/(?:message|invalidValueMessage|Message) = `(error: [^`]*)`/g)].map(
      (m) => (m[1] ?? '').replace(/\$\{[^}]*\}/g, '…'),
    );
    expect(known.sort()).toMatchInlineSnapshot(`
      [
        "error: command-argument value '…' is invalid for argument '…'.",
        "error: missing required argument '…'",
        "error: option '…' argument '…' is invalid.",
        "error: option '…' argument missing",
        "error: option '…' value '…' from env '…' is invalid.",
        "error: required option '…' not specified",
        "error: too many arguments…. Expected … argument… but got …: ….",
        "error: unknown command '…'…",
        "error: unknown option '…'…",
        "error: … cannot be used with …",
      ]
    `);
  });
});

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

/** Properties whose text a person sees or hears. */
const spoken =
  /^(label|hint|title|placeholder|alt|detail|message|description|note|text|error|aria-(label|description|roledescription|valuetext|placeholder))$/;

/** Strings in a page's source that a person would read. */
function hardCoded(source: string): string[] {
  const found: string[] = [];
  const text = (node: unknown): string | null => {
    const n = node as Node | null;
    if (n?.type === 'Literal' && typeof n.value === 'string') return n.value;
    if (n?.type === 'TemplateLiteral')
      return (n.quasis as { value: { raw: string } }[]).map((q) => q.value.raw).join(' ');
    return null;
  };
  const say = (value: unknown): void => {
    const n = value as Node | null;
    const own = text(n);
    if (own !== null && hasWords(own)) found.push(own.trim());
    if (n?.type === 'ConditionalExpression') for (const part of [n.consequent, n.alternate]) say(part);
    if (n?.type === 'LogicalExpression') say(n.right);
    if (n?.type === 'JSXExpressionContainer') say(n.expression);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) walk(each);
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    const n = node as Node;
    if (n.type === 'JSXText' && hasWords(String(n.value))) found.push(String(n.value).trim());
    if (n.type === 'JSXElement' || n.type === 'JSXFragment')
      for (const child of n.children as Node[]) if (child.type === 'JSXExpressionContainer') say(child);
    if (n.type === 'JSXAttribute' && spoken.test(String((n.name as Node).name))) say(n.value);
    if (n.type === 'Property' && spoken.test(String((n.key as Node).name ?? (n.key as Node).value)))
      say(n.value);
    for (const [key, each] of Object.entries(n)) if (key !== 'parent') walk(each);
  };
  walk(parseAst(source, { lang: 'tsx' } as Parameters<typeof parseAst>[1]));
  return found;
}

describe('the page', () => {
  const files = readdirSync(join(root, 'renderer', 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.tsx'),
  );

  /** What is the same in every language: what is typed, pressed or names a thing to the program. */
  const isCode = (text: string): boolean =>
    /^((\w+:)?[a-z][\w.-]*|https?:\/\/\S+|\/\S+|--[\w-]+( \w+)?|bedrock-tray( [a-z-]+)*|Esc|(Ctrl|Shift|Alt)(\+\w+)+)$/.test(
      text,
    );

  test('has no words of its own in its source', () => {
    expect(files.length).toBeGreaterThan(50);
    const found = files.flatMap((name) =>
      hardCoded(readFileSync(join(root, 'renderer', 'src', name), 'utf8'))
        .filter((text) => !isCode(text))
        .map((text) => `${name}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  test('the reading itself finds words wherever they stand', () => {
    const source = `export const A = ({ on }: { on: boolean }) => (
      <p title="One two" className="not said">Three four {'Five six'} {on ? 'Seven eight' : words.t('page:x')}
        <B label={\`Nine \${x} ten\`} options={[{ id: 'not-said', label: 'Eleven twelve' }]} />Claude Code
      </p>);`;
    expect(hardCoded(source).map((s) => s.replace(/\s+/g, ' '))).toEqual(
      expect.arrayContaining([
        'Three four',
        'Five six',
        'Seven eight',
        'One two',
        'Nine ten',
        'Eleven twelve',
      ]),
    );
    expect(hardCoded(source)).toHaveLength(6);
  });
});

test('dates, numbers, amounts and shares are written by Intl in the language shown, never by the system’s own', () => {
  const shown = ['renderer/src', 'src/cli', 'src/tray', 'src/domain'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const found = shown.filter((name) =>
    /\.toLocale\w*\(|\.toFixed\(|\.toDateString\(\)\}|Intl\.\w+\((?:\)|undefined|\[\])|\}%\s*</.test(
      readFileSync(join(root, name), 'utf8'),
    ),
  );
  // Tokens in few characters (12k, 1.2M), as Claude Code itself writes them in every language.
  // The shares of a grid, which are CSS. And what other programs read: CSV.
  expect(found).toEqual([
    'renderer/src/model/meter-words.ts',
    'renderer/src/routes/sessions/panes.tsx',
    'src/domain/usage/usage-export.ts',
  ]);
});

test('the pseudo-language keeps blanks, and is known again', () => {
  expect(pseudo('{{count}} sessions')).toBe('⟦{{count}} séssíóns~~~~~~⟧');
  expect(unmarked(`a${pseudo(`b ${pseudo('c')}`)}d`)).toBe('ad');
});
