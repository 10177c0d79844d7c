/**
 * `bedrock-tray export-credentials`: one HTTP request on the agent's socket, and nothing else loaded. Also what
 * Claude Code runs as awsCredentialExport, as `--socket PATH --session ID --format claude`. Anything that it does
 * not understand, and a missing agent, is handed to the full program.
 */
import { existsSync, lstatSync, writeSync } from 'node:fs';
import { createConnection } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isPrivateFolder, socketPlace, stateFolder } from '../contract/socket-path.ts';

/** A Claude session's export waits ten minutes for a sign-in. */
const PATIENCE_MS = 660_000;
const known = new Set(['--profile', '--session', '--format', '--socket', '--claude-pid']);

/** Flags as a map, or undefined when something unknown stands among them. */
function parse(argv: readonly string[]): Map<string, string> | undefined {
  const flags = new Map<string, string>();
  for (let i = argv[0] === 'export-credentials' ? 1 : 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    const equals = arg.indexOf('=');
    const name = equals > 0 ? arg.slice(0, equals) : arg;
    const value = equals > 0 ? arg.slice(equals + 1) : argv[++i];
    if (!known.has(name) || value === undefined) return undefined;
    flags.set(name, value);
  }
  return flags;
}

/** The agent's socket, by the same rule as in src/client/agent-places.ts, which would load too much here. */
function socketPath(): string {
  const { env, platform } = process;
  const userHome = env.HOME || env.USERPROFILE || homedir();
  const uid = process.getuid?.() ?? 0;
  const place = socketPlace('agent', {
    platform,
    uid,
    home: resolve(stateFolder({ platform, env, userHome })),
    // Loaded only when asked for (a path too long, or Windows): loading it takes several ms.
    sha256: (text) => process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex'),
  });
  // Someone else's folder may hold someone else's agent: the full program says so.
  if (place.folder !== null && existsSync(place.folder) && !isPrivateFolder(lstatSync(place.folder), uid))
    return '';
  return place.path;
}

/** Starts the agent, explains what was wrong, or goes on trying for a session; see commands/export-credentials.ts. */
function fullProgram(): void {
  if (process.env.BEDROCK_TRAY_HAND_OUT_RETRY) {
    process.exitCode = 4;
    return;
  }
  if (process.argv[2] !== 'export-credentials') process.argv.splice(2, 0, 'export-credentials');
  // A variable keeps the bundler from following the import.
  const main = join(__dirname, 'main.mjs');
  void import(main);
}

function run(argv: readonly string[]): void {
  const flags = parse(argv);
  const profile =
    flags?.get('--profile') ?? (flags?.has('--session') ? undefined : process.env.AWS_PROFILE || undefined);
  const session = flags?.get('--session');
  const claude = flags?.get('--claude-pid');
  if (
    !flags ||
    (profile === undefined) === (session === undefined) ||
    (claude !== undefined && session !== undefined)
  ) {
    fullProgram();
    return;
  }
  // Claude Code would fall back to whatever AWS identity is around.
  const neverFails = session !== undefined || claude !== undefined;
  const query = new URLSearchParams();
  if (profile !== undefined) query.set('profile', profile);
  if (session !== undefined) query.set('session', session);
  if (claude !== undefined) query.set('claude', claude);
  query.set('format', flags.get('--format') ?? 'process');
  const language = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '';
  const path = flags.get('--socket') ?? socketPath();
  if (path === '') {
    fullProgram();
    return;
  }
  const socket = createConnection(path);
  const chunks: Buffer[] = [];
  let connected = false;
  // The agent itself gives up sooner; a client that outlived it would wait for ever.
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the agent does not answer')));
  socket.on('connect', () => {
    connected = true;
  });
  // Sent once connected. HTTP/1.0: the body ends with the connection, so there is nothing to parse but the head.
  socket.write(
    `GET /v1/credentials?${query} HTTP/1.0\r\nHost: agent\r\nAccept-Language: ${language.replace(/[^\w-]/g, '-')}\r\n\r\n`,
  );
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!connected || neverFails) {
      fullProgram();
      return;
    }
    process.stderr.write(`bedrock-tray: ${error.message}\n`);
    process.exitCode = 4;
  });
  socket.on('end', () => {
    const answer = Buffer.concat(chunks);
    const split = answer.indexOf('\r\n\r\n');
    const status = Number(answer.toString('latin1', 9, 12));
    const body = answer.subarray(split + 4);
    // Every format ends its last line: what does not was cut off.
    if (split > 0 && status === 200 && body.at(-1) === 0x0a) {
      printAndExit(body);
      return;
    }
    // On the second try the full program judges by the exit code.
    if (neverFails && !process.env.BEDROCK_TRAY_HAND_OUT_RETRY) {
      fullProgram();
      return;
    }
    let message = 'the agent ended before it answered; try again';
    let exitCode = 4;
    try {
      const refused = JSON.parse(body.toString()) as { code?: string; message?: string; exitCode?: number };
      // The full program knows the options and names what can be given.
      if (refused.code === 'BadInput' && !process.env.BEDROCK_TRAY_HAND_OUT_RETRY) {
        fullProgram();
        return;
      }
      message = refused.message ?? message;
      exitCode = refused.exitCode ?? 1;
    } catch {
      // Keep the sentence above: the answer was cut off.
    }
    process.stderr.write(`bedrock-tray: ${message}\n`);
    process.exitCode = exitCode;
  });
}

/** Past `process.stdout` and the ordinary end of a process, which together take longer than the request. */
function printAndExit(body: Buffer): void {
  let written = 0;
  try {
    while (written < body.length) written += writeSync(1, body, written);
  } catch (error) {
    // A pipe that does not block and is full takes the rest when it can; one that nobody reads takes nothing.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(1);
    process.stdout.write(body.subarray(written));
    return;
  }
  process.exit(0);
}

run(process.argv.slice(2));
