import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SectionName } from '../../../src/contract/names.ts';
import { hasProgram } from '../../support/installation.ts';

/**
 * The hand-out client by curl alone: a server in the agent's place, and in the place of the Node client a program that
 * says how it was called. What the two print together is what the caller gets.
 */

const script = fileURLToPath(new URL('../../../src/cli/hand-out.sh', import.meta.url));
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const answer = `{\n  "Version": 1,\n  "SecretAccessKey": "${secret}"\n}\n`;
const curl = ['/usr/bin/curl', '/bin/curl', '/run/current-system/sw/bin/curl'].find((path) =>
  hasProgram(path),
);
const shells = ['/bin/sh', 'bash', 'dash', 'busybox'].filter((shell) =>
  hasProgram(shell, shell === 'busybox' ? ['sh', '-c', ':'] : ['-c', ':']),
);
const missing =
  process.platform === 'win32' ? ' (not on Windows)' : curl === undefined ? ' (no curl here)' : '';

let folder: string;
let state: string;
let socket: string;
let standIn: string;
let requests: URL[];
let respond: (response: ServerResponse) => void;
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  requests.push(new URL(request.url ?? '', 'http://agent'));
  respond(response);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curl client $(x) '));
  state = join(folder, 'the state');
  socket = join(state, 'agent.sock');
  standIn = join(folder, "the client's.sh");
  await mkdir(state, { mode: 0o700 });
  // NUL between the words; 3 as an exit code of its own.
  await writeFile(standIn, `printf 'standin'; for word do printf '\\0%s' "$word"; done; exit 3\n`);
  server.listen(socket);
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = [];
  respond = (response) => response.end(answer);
});

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

async function call(
  flags: readonly string[],
  options: {
    env?: Record<string, string>;
    shell?: string;
    shellFlags?: readonly string[];
    cwd?: string;
  } = {},
): Promise<Outcome> {
  const shell = options.shell ?? '/bin/sh';
  const before = shell === 'busybox' ? ['sh'] : [];
  const child = spawn(
    shell,
    [...before, ...(options.shellFlags ?? []), script, '/bin/sh', standIn, ...flags],
    {
      env: { PATH: '/usr/bin:/bin', HOME: folder, BEDROCK_TRAY_HOME: state, ...options.env },
      cwd: options.cwd ?? folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

const printed = { status: 0, stdout: answer, stderr: '' };
/** The Node client was called with these words, and nothing was said before. */
const handedOn = (...words: string[]) => ({
  status: 3,
  stdout: ['standin', ...words].join('\0'),
  stderr: '',
});

describe.skipIf(missing !== '')(`credentials by curl${missing}`, () => {
  test.each(shells)('%s prints what the agent answers, byte for byte', async (shell) => {
    expect(await call(['--profile', 'dev'], { shell })).toEqual(printed);
    expect(await call(['export-credentials', '--format=env', '--profile=a b'], { shell })).toEqual(printed);
    const session = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
    expect(
      await call(['--socket', socket, '--session', session, '--format', 'claude'], {
        shell,
        env: { BEDROCK_TRAY_HOME: '/nowhere', AWS_PROFILE: 'not-this' },
      }),
    ).toEqual(printed);
    expect(await call([], { shell, env: { AWS_PROFILE: 'from-the-environment' } })).toEqual(printed);
    expect(requests.map((url) => [url.pathname, Object.fromEntries(url.searchParams)])).toEqual([
      ['/v1/credentials', { profile: 'dev', format: 'process' }],
      ['/v1/credentials', { profile: 'a b', format: 'env' }],
      ['/v1/credentials', { session, format: 'claude' }],
      ['/v1/credentials', { profile: 'from-the-environment', format: 'process' }],
    ]);
  });

  test('a Claude Code that is none of ours says its process id; a session of ours does not', async () => {
    expect(
      await call(['export-credentials', '--profile', 'dev', '--format', 'claude', '--claude-pid', '4711']),
    ).toEqual(printed);
    expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
      profile: 'dev',
      format: 'claude',
      claude: '4711',
    });
    const both = ['--session', 'x', '--claude-pid', '4711'];
    expect(await call(both)).toEqual(handedOn(...both));
  });

  test('a profile’s name is a name, whatever it holds', async () => {
    const name = fc
      .oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.constantFrom(
          '$(touch here)',
          '`touch here`',
          '"; touch here; "',
          "'; touch here; '",
          '@/etc/passwd',
          'a&format=env',
          'a=b%20c+d#e?f',
          '-K',
          '--config',
          '{a,b}',
          '名前 🙂',
          '\\',
          '*',
        ),
      )
      .filter((text) => SectionName.safeParse(text).success);
    await fc.assert(
      fc.asyncProperty(name, async (profile) => {
        requests = [];
        expect(await call(['--profile', profile])).toEqual(printed);
        expect(requests.map((url) => [...url.searchParams])).toEqual([
          [
            ['profile', profile],
            ['format', 'process'],
          ],
        ]);
      }),
      { numRuns: process.env.CI === 'true' ? 300 : 40 },
    );
    await expect(readFile(join(folder, 'here'))).rejects.toThrow('ENOENT');
  });

  const refusals: [string, (response: ServerResponse) => void][] = [
    ...[400, 403, 404, 424, 500].map((status): [string, (response: ServerResponse) => void] => [
      `an answer of ${status}`,
      (response) => response.writeHead(status).end('{"message":"no"}\n'),
    ]),
    ['an empty answer', (response) => response.end()],
    ['no answer', (response) => response.destroy()],
    [
      'an answer that is cut off',
      (response) => {
        response.writeHead(200, { 'content-length': 4000 });
        response.write(answer, () => response.destroy());
      },
    ],
  ];
  test.each(refusals)('%s is left to the Node client, with nothing printed before', async (_, broken) => {
    respond = broken;
    const words = ['export-credentials', '--profile', 'a  b', '--format=env'];
    expect(await call(words)).toEqual(handedOn(...words));
    expect(requests.length).toBe(1);
  });

  test.each([
    [['--profile', 'a', '--verbose']],
    [['--help']],
    [['--profile']],
    [['--profile', 'a', 'export-credentials']],
    [['--profile', 'a', '--session', 'b']],
    [[]],
    [['--profile', '']],
  ])('words that are not for it: %j', async (words) => {
    expect(await call(words)).toEqual(handedOn(...words));
    expect(requests).toEqual([]);
  });

  test('no agent, no socket, no state folder, no HOME', async () => {
    const words = ['--profile', 'a'];
    await writeFile(join(folder, 'agent.sock'), '');
    for (const env of [
      { BEDROCK_TRAY_HOME: folder },
      { BEDROCK_TRAY_HOME: '/nowhere' },
      { BEDROCK_TRAY_HOME: '' },
      { BEDROCK_TRAY_HOME: '', HOME: '' },
    ])
      expect(await call(words, { env })).toEqual(handedOn(...words));
    // Left by an agent that was killed.
    const dead = join(folder, 'dead.sock');
    const gone = spawn(
      process.execPath,
      [
        '-e',
        `require('net').createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, 9))`,
      ],
      { stdio: 'ignore' },
    );
    await once(gone, 'exit');
    expect(await call(['--socket', dead, ...words])).toEqual(handedOn('--socket', dead, ...words));
    // Longer than a socket's address can be, though it is there.
    const long = join(folder, 'l'.repeat(100));
    await mkdir(long, { mode: 0o700 });
    await symlink(socket, join(long, 'agent.sock'));
    expect(await call(words, { env: { BEDROCK_TRAY_HOME: long } })).toEqual(handedOn(...words));
    expect(requests).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    `someone else’s folder is not trusted${process.getuid?.() === 0 ? '' : ' (needs root, to give a folder away)'}`,
    async () => {
      await chown(state, 12_345, -1);
      try {
        expect(await call(['--profile', 'a'])).toEqual(handedOn('--profile', 'a'));
      } finally {
        await chown(state, process.getuid?.() ?? 0, -1);
      }
      expect(requests).toEqual([]);
      expect(await call(['--profile', 'a'])).toEqual(printed);
    },
  );

  test('the state folder is found by the person’s HOME as the agent finds it', async () => {
    const data = join(folder, 'data home');
    await mkdir(data);
    await symlink(state, join(data, 'bedrock-tray'));
    const env = { BEDROCK_TRAY_HOME: '', XDG_DATA_HOME: data };
    expect(await call(['--profile', 'a'], { env })).toEqual(
      process.platform === 'darwin' ? handedOn('--profile', 'a') : printed,
    );
  });

  test('neither the PATH nor a curlrc nor a proxy has a say, and no program is shown the answer', async () => {
    const evil = join(folder, 'evil bin');
    await mkdir(evil);
    for (const name of ['curl', 'printf', '[', 'sh', 'cat', 'echo']) {
      await writeFile(join(evil, name), `#!/bin/sh\necho "${name} $*" >>'${folder}/called'\n`, {
        mode: 0o755,
      });
    }
    await writeFile(join(folder, '.curlrc'), 'url = "http://127.0.0.1:1/"\noutput = "stolen"\n');
    for (const shell of shells) {
      const outcome = await call(['--profile', 'a'], {
        shell,
        cwd: evil,
        env: {
          PATH: [evil, '/usr/bin', '/bin'].join(delimiter),
          http_proxy: 'http://127.0.0.1:1',
          ALL_PROXY: 'socks5://127.0.0.1:1',
          CURL_HOME: folder,
        },
      });
      expect(outcome, shell).toEqual(printed);
    }
    await expect(readFile(join(folder, 'called'))).rejects.toThrow('ENOENT');
    await expect(readFile(join(evil, 'stolen'))).rejects.toThrow('ENOENT');
  });

  test.skipIf(!shells.includes('bash'))(
    'a shell without a printf of its own leaves it to the Node client',
    async () => {
      const without = { shell: 'bash', shellFlags: ['-c', 'enable -n printf; . "$0"'] };
      expect(await call(['--profile', 'a'], without)).toEqual(handedOn('--profile', 'a'));
      const withIt = { shell: 'bash', shellFlags: ['-c', '. "$0"'] };
      expect(await call(['--profile', 'a'], withIt)).toEqual(printed);
    },
  );

  test('a shell that traces does not show the answer', async () => {
    const traced = await call(['--profile', 'a'], { shellFlags: ['-x'] });
    expect(traced.stdout).toBe(answer);
    expect(traced.stderr).not.toContain(secret);
    if (!shells.includes('bash')) return;
    const env = { SHELLOPTS: 'xtrace' };
    const bash = await call(['--profile', 'a'], { env, shell: 'bash', shellFlags: ['--posix'] });
    expect(bash.stdout).toBe(answer);
    expect(bash.stderr).not.toContain(secret);
  });
});

const relay = fileURLToPath(new URL('../../../src/cli/hook-relay.sh', import.meta.url));
afterEach(() => {
  expect(server.listening).toBe(true);
});

describe.skipIf(missing !== '')(`a hook’s event by curl${missing}`, () => {
  /** Runs the relay with `event` on stdin. */
  async function relayed(event: string, at = socket): Promise<Outcome & { ms: number }> {
    const began = performance.now();
    const child = spawn('/bin/sh', [relay, '/bin/sh', standIn, at, 'the-session'], {
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    // It may have ended before it read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(event);
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr, ms: performance.now() - began };
  }
  const quiet = { status: 0, stdout: '', stderr: '' };

  test('is sent as it is; whatever comes of it, Claude Code hears nothing and goes on', async () => {
    const bodies: string[] = [];
    const answers = [204, 404, 500];
    server.removeAllListeners('request');
    server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
      bodies.push(`${request.method} ${request.url} ${Buffer.concat(await request.toArray())}`);
      const status = answers.shift() ?? 204;
      response.writeHead(status).end(status === 204 ? '' : 'to be ignored');
    });
    const event = JSON.stringify({
      hook_event_name: 'Stop',
      text: `it's "q" \n @x \u{1F642} ${'x'.repeat(50_000)}`,
    });
    for (let i = 0; i < 3; i++) expect(await relayed(event)).toMatchObject(quiet);
    expect(bodies).toEqual(Array(3).fill(`POST /v1/hook?session=the-session ${event}`));
    expect(await relayed('', join(folder, 'no.sock'))).toMatchObject(quiet);
    // What it answers is for Claude Code, as it is.
    const given = `{"continue":false,"stopReason":"it's %s \\\\n ${'x'.repeat(5_000)}"}`;
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      request.resume().on('end', () => response.end(given));
    });
    expect(await relayed(event)).toMatchObject({ ...quiet, stdout: given });
    // An agent that does not answer holds nobody up.
    server.removeAllListeners('request');
    const held = await relayed(event);
    expect(held).toMatchObject(quiet);
    expect(held.ms).toBeLessThan(6_000);
    // Ended from outside it lets go of the agent too.
    const gone = new Promise<void>((resolve) => {
      server.on('request', (_: IncomingMessage, response: ServerResponse) => {
        response.on('close', () => resolve());
        child.kill('SIGTERM');
      });
    });
    const child = spawn('/bin/sh', [relay, '/bin/sh', standIn, socket, 'the-session', '600'], {
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    const exited = once(child, 'exit');
    // It may have ended before it read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(event);
    await gone;
    expect(await exited).toEqual([0, null]);
  });
});
