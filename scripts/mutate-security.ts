/**
 * Shows that the tests of docs/security.md fail when what they protect is taken away: each protection is edited out of
 * a copy of what is committed, the tray is built there, and that row's test has to fail. First every test has to pass
 * in the untouched copy. Prints the table as Markdown. Not part of CI: it takes half an hour.
 *
 *   npm run mutate -- security [--only ROW]...        ROW: as the table's first column has it, `15` for all of 15a, 15b
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');

interface Mutation {
  row: string;
  /** What is taken away. */
  away: string;
  edits: readonly (readonly [file: string, from: string, to: string])[];
  test: string;
  /** Part of the test's name. */
  name: string;
}

const S = 'test/e2e/tray-security.test.ts';
const U = (name: string) => `test/unit/tray/${name}.test.ts`;
const session = 'src/tray/session-security.ts';
const host = 'src/tray/page-host.ts';
const verdict = 'src/tray/link-verdict.ts';
const strict = 'has the strict preferences';
const careless = 'what guards the page';
/** A preference of the window turned round. */
const preference = (row: string, from: string, to: string): Mutation => ({
  row,
  away: `\`${from}\` becomes \`${to}\``,
  edits: [[host, `        ${from},\n`, `        ${to},\n`]],
  test: S,
  name: strict,
});

const mutations: readonly Mutation[] = [
  {
    row: '1',
    away: 'no request is cancelled',
    edits: [[session, 'answer({ cancel: !allowed });', 'answer({ cancel: !allowed && false });']],
    test: S,
    name: careless,
  },
  preference('2', 'nodeIntegration: false', 'nodeIntegration: true'),
  preference('3', 'contextIsolation: true', 'contextIsolation: false'),
  {
    row: '4a',
    away: '`app.enableSandbox()`',
    edits: [['src/tray/main.ts', '  app.enableSandbox();\n', '']],
    test: S,
    name: careless,
  },
  {
    row: '4b',
    away: 'both: `app.enableSandbox()` and `sandbox: true`',
    edits: [
      ['src/tray/main.ts', '  app.enableSandbox();\n', ''],
      [host, '        sandbox: true,\n', '        sandbox: false,\n'],
    ],
    test: S,
    name: 'runs in the real sandbox',
  },
  {
    row: '5a',
    away: 'every request for a permission is granted',
    edits: [[session, 'answer(grants(permission, details.requestingUrl)),', 'answer(true),']],
    test: S,
    name: 'every permission is denied',
  },
  {
    row: '5b',
    away: 'every check of a permission says yes',
    edits: [[session, '=> grants(permission, origin));', '=> true || grants(permission, origin));']],
    test: S,
    name: 'every permission is denied',
  },
  {
    row: '5c',
    away: 'what nobody named is granted',
    edits: [
      [
        'src/tray/permissions.ts',
        'return Object.hasOwn(permissions, permission) &&',
        'return !Object.hasOwn(permissions, permission) ||',
      ],
    ],
    test: U('permissions'),
    name: 'what nobody named is denied',
  },
  preference('6', 'webSecurity: true', 'webSecurity: false'),
  {
    row: '7a',
    away: 'the header’s policy on scripts',
    edits: [
      [
        'src/tray/served-file.ts',
        `"script-src 'self'",`,
        `"script-src 'self' 'unsafe-inline' 'unsafe-eval'",`,
      ],
    ],
    test: S,
    name: 'is served with a strict policy',
  },
  {
    row: '7b',
    away: 'Trusted Types, in the header',
    edits: [['src/tray/served-file.ts', `  "require-trusted-types-for 'script'",\n`, '']],
    test: U('served-file'),
    name: 'the policy lets no text become code',
  },
  {
    row: '7c',
    away: 'Trusted Types, in header and page',
    edits: [
      ['src/tray/served-file.ts', `  "require-trusted-types-for 'script'",\n  "trusted-types 'none'",\n`, ''],
      ['out/renderer/index.html', "; require-trusted-types-for 'script'; trusted-types 'none'", ''],
    ],
    test: S,
    name: 'the policy stops',
  },
  {
    row: '7d',
    away: 'the browser page’s policy',
    edits: [['src/agent/page-server/guard.ts', `      "script-src 'self'",\n`, `      'script-src *',\n`]],
    test: 'test/integration/agent-process/page-server.test.ts',
    name: 'each answer forbids',
  },
  preference('8', 'allowRunningInsecureContent: false', 'allowRunningInsecureContent: true'),
  preference('9', 'experimentalFeatures: false', 'experimentalFeatures: true'),
  preference('10', 'spellcheck: false', "spellcheck: false, enableBlinkFeatures: 'CSSVariables'"),
  preference('11', 'webviewTag: false', 'webviewTag: true'),
  {
    row: '12',
    away: '`will-attach-webview` is let through',
    edits: [[session, `  contents.on('will-attach-webview', (event) => event.preventDefault());\n`, '']],
    test: S,
    name: careless,
  },
  {
    row: '13',
    away: '`will-navigate` is let through',
    edits: [[session, `  contents.on('will-navigate', (event) => event.preventDefault());\n`, '']],
    test: S,
    name: 'it cannot navigate away',
  },
  {
    row: '14',
    away: 'new windows are allowed',
    edits: [[session, `return { action: 'deny' };`, `return { action: 'allow' };`]],
    test: S,
    name: 'it cannot navigate away',
  },
  {
    row: '15a',
    away: 'other schemes than https are refused',
    edits: [[verdict, `  if (url.protocol !== 'https:') return { verdict: 'refuse' };\n`, '']],
    test: U('link-verdict'),
    name: 'refused:',
  },
  {
    row: '15b',
    away: 'a user’s name in an address is refused',
    edits: [[verdict, ` || url.username !== '' || url.password !== ''`, '']],
    test: U('link-verdict'),
    name: 'refused:',
  },
  {
    row: '15c',
    away: 'the whole address counts, not its beginning',
    edits: [[verdict, 'parsed(known)?.href === url.href', 'url.href.startsWith(parsed(known)?.href ?? "?")']],
    test: U('link-verdict'),
    name: 'exactly as they are',
  },
  {
    row: '15d',
    away: 'the question before an address opens',
    edits: [
      ['src/tray/external-links.ts', 'await this.#ask(judged);', 'await shell.openExternal(judged.url);'],
    ],
    test: S,
    name: 'links: https is shown whole',
  },
  {
    row: '16',
    away: 'Electron is pinned',
    edits: [['package.json', '"electron": "45.', '"electron": "^45.']],
    test: U('security-table'),
    name: 'Electron is pinned',
  },
  {
    row: '17a',
    away: 'only windows of ours',
    edits: [
      ['src/tray/ipc-sender.ts', 'webContents.id === sender.id', 'webContents.id === sender.id || sender'],
    ],
    test: U('ipc-sender'),
    name: 'no other window',
  },
  {
    row: '17b',
    away: 'only the main frame',
    edits: [['src/tray/ipc-sender.ts', 'senderFrame !== sender.mainFrame', 'senderFrame === undefined']],
    test: U('ipc-sender'),
    name: 'no frame inside',
  },
  {
    row: '17c',
    away: 'only our page',
    edits: [
      [
        'src/tray/ipc-sender.ts',
        'isPageUrl(senderFrame.url) ? window : null',
        'isPageUrl(senderFrame.url) || window ? window : null',
      ],
    ],
    test: U('ipc-sender'),
    name: 'no page that is not ours',
  },
  {
    row: '17d',
    away: 'the check of a call',
    edits: [['src/tray/page-ipc.ts', `    if (window === null) throw new Error('refused');\n`, '']],
    test: S,
    name: 'main answers no message',
  },
  {
    row: '17e',
    away: 'the check of a channel',
    edits: [
      [
        'src/tray/page-ipc.ts',
        'senderWindow(event, windows()) === null || !channel.success',
        '!channel.success',
      ],
    ],
    test: S,
    name: 'main answers no message',
  },
  {
    row: '18a',
    away: 'only files of known kinds',
    edits: [['src/tray/served-file.ts', ' && contentTypes[extname(file)] !== undefined', '']],
    test: U('served-file'),
    name: 'not /package.json',
  },
  {
    row: '18b',
    away: 'nothing above the root',
    edits: [
      ['src/tray/served-file.ts', ` || path.split('/').includes('..')`, ''],
      ['src/tray/served-file.ts', 'file.startsWith(root + sep) && ', ''],
    ],
    test: U('served-file'),
    name: 'not /..%2ftray',
  },
  {
    row: '19',
    away: 'the fuse RunAsNode is off',
    edits: [['scripts/dist/fuses.ts', 'RunAsNode: false,', 'RunAsNode: true,']],
    test: 'test/e2e/package.test.ts',
    name: 'every fuse is as decided',
  },
  {
    row: '20a',
    away: 'the bridge alone is exposed',
    edits: [
      [
        'src/tray/preload.ts',
        `  startAgent: () =>`,
        `  ...{ raw: () => ipcRenderer.eventNames() },\n  startAgent: () =>`,
      ],
    ],
    test: S,
    name: strict,
  },
  {
    row: '20b',
    away: 'the agent asks which role calls',
    edits: [
      [
        'src/agent/api/dispatch.ts',
        'if (!row.roles.includes(connection.role)) {',
        'if (row.roles.length === 0) {',
      ],
    ],
    test: S,
    name: 'through its channel',
  },
  {
    row: 'downloads',
    away: 'downloads are prevented',
    edits: [
      [session, 'event.preventDefault();\n  });\n  session.webRequest', ';\n  });\n  session.webRequest'],
    ],
    test: S,
    name: careless,
  },
  {
    row: 'browser',
    away: 'the Host of a request is asked for',
    edits: [['src/agent/page-server/guard.ts', '  if (headers.host !== host) return false;\n', '']],
    test: 'test/integration/agent-process/page-server.test.ts',
    name: 'a foreign Host',
  },
  {
    row: 'update a',
    away: 'the signature counts',
    edits: [
      [
        'src/tray/update-signature.ts',
        'return isSigned ? body : null;',
        'return isSigned || body ? body : null;',
      ],
    ],
    test: 'test/e2e/updates.test.ts',
    name: 'an announcement whose signature is not ours',
  },
  {
    row: 'update b',
    away: 'the name is signed too',
    edits: [['src/tray/update-signature.ts', `\${fileName}\\n`, '']],
    test: 'test/e2e/updates.test.ts',
    name: 'an announcement whose signature is not ours',
  },
  {
    row: 'update c',
    away: 'older versions are refused, by both',
    edits: [
      [
        'src/tray/update-provider.ts',
        'isNewerVersion(parsed.data.version, version) ? parsed.data.version : version',
        'isNewerVersion(parsed.data.version, version) || parsed.data.version !== version ? parsed.data.version : version',
      ],
      ['src/tray/update-engine.ts', 'updater.allowDowngrade = false;', 'updater.allowDowngrade = true;'],
    ],
    test: 'test/e2e/updates.test.ts',
    name: 'nothing new: an older version',
  },
  {
    row: 'update d',
    away: 'an update waits while Claude works',
    edits: [
      [
        'src/domain/updates/update.ts',
        `return working ? 'hold' : 'install';`,
        `return working ? 'install' : 'install';`,
      ],
    ],
    test: 'test/e2e/updates.test.ts',
    name: 'held while Claude works',
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});
if (positionals.length !== 1 || positionals[0] !== 'security') {
  console.error('usage: npm run mutate -- security [--only ROW]...');
  process.exit(2);
}
const chosen = mutations.filter(
  ({ row }) => values.only?.some((one) => row.replace(/[a-z]$/, '') === one || row === one) ?? true,
);

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const copy = mkdtempSync(join(tmpdir(), 'bedrock-tray-mutate-'));
const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8', timeout: 8 * 60_000 });

/** The tests of one file whose names hold one of these texts: how many passed, and what the failed ones said. */
function tested(file: string, names: readonly string[]): { passed: number; said: string[] } {
  const report = join(copy, '.cache/mutation.json');
  rmSync(report, { force: true });
  const pattern = names.map((name) => name.replaceAll(/[()[\].*+?|]/g, '\\$&')).join('|');
  const { stderr } = run(
    ...['node_modules/vitest/vitest.mjs', 'run', file, '-t', pattern, '--retry=0'],
    ...['--reporter=json', `--outputFile=${report}`],
  );
  try {
    const { numPassedTests: passed, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const said = testResults.flatMap(({ message, assertionResults }) => [
      ...(message ? [message] : []),
      ...assertionResults.flatMap(({ failureMessages }) => failureMessages ?? []),
    ]);
    return { passed, said };
  } catch {
    throw new Error(`${file} was not run: ${stderr}`);
  }
}

interface Report {
  numPassedTests: number;
  testResults: { message?: string; assertionResults: { failureMessages?: string[] }[] }[];
}

function build(...args: string[]): void {
  const { status, stderr } = run('scripts/build.ts', ...args);
  if (status !== 0) throw new Error(`the copy cannot be built: ${stderr}`);
}

const rows: string[] = [];
let surprises = 0;
try {
  execFileSync('sh', ['-c', 'git archive HEAD | tar x -C "$1"', 'sh', copy], { cwd: root });
  execFileSync('chmod', ['755', copy]);
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, '.cache'));
  for (const name of readdirSync(join(root, '.cache')))
    if (/^(test-electron|claude|actionlint|electron-22)/.test(name))
      symlinkSync(join(root, '.cache', name), join(copy, '.cache', name));
  build();
  for (const file of new Set(chosen.map(({ test }) => test))) {
    const names = [...new Set(chosen.filter((one) => one.test === file).map(({ name }) => name))];
    const { passed, said } = tested(file, names);
    if (said.length > 0 || passed < names.length)
      throw new Error(`untouched, ${file}: ${passed} of ${names.length} passed: ${said.join('; ')}`);
    console.error(`untouched: ${file}: ${passed} pass`);
  }
  for (const { row, away, edits, test, name } of chosen) {
    const before = new Map(edits.map(([file]) => [file, readFileSync(join(copy, file), 'utf8')]));
    for (const [file, from, to] of edits) {
      const text = readFileSync(join(copy, file), 'utf8');
      if (text.split(from).length !== 2) throw new Error(`${row}: not once in ${file}: ${from}`);
      writeFileSync(
        join(copy, file),
        text.replace(from, () => to),
      );
    }
    if (test === S) build('--tray');
    const { said } = tested(test, [name]);
    const isSeen = said.length > 0;
    if (!isSeen) surprises++;
    rows.push(
      `| ${row} | ${away} | \`${edits
        .map(([file]) => file)
        .filter((f, i, all) => all.indexOf(f) === i)
        .join('`, `')}\` | \`${test}\` “${name}” | ${isSeen ? 'fails' : '**PASSES**'} |`,
    );
    console.error(`${rows.at(-1)}\n    ${said[0]?.split('\n')[0]}`);
    for (const [file, text] of before) writeFileSync(join(copy, file), text);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(
  `Commit ${commit}, ${new Date().toISOString().slice(0, 10)}: ${rows.length - surprises} of ${rows.length} seen.\n`,
);
console.log('| # | taken away | in | test | without it |\n| --- | --- | --- | --- | --- |');
console.log(rows.join('\n'));
if (surprises > 0) process.exitCode = 1;
