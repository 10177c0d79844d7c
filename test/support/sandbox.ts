import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RequestRecord } from '../../src/sandbox/request-record.ts';
import type { Played, Script } from '../../src/sandbox/scripts.ts';
import type { Switches, SwitchesChange } from '../../src/sandbox/switches.ts';

/** A sandbox process for a test, a typed client of its admin paths, and the person in front of its pages. */

export type { Played, RequestRecord, Script, Switches, SwitchesChange };

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The pinned Node: the sandbox's sources run on it without a build. */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');
/** For programs of ours that tests start again and again: Node compiles each once, not at every start. */
export const compiledOnce = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled') };
const adminHeader = 'x-sandbox-admin';

export interface StartOptions {
  readonly lifetimes?: 'short' | 'normal';
  readonly region?: string;
  readonly port?: number;
  /** Applied before the sandbox is handed over. */
  readonly switches?: SwitchesChange;
}

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
  readonly generation: number;
  readonly arn: string;
}

export interface IssuedKeySummary {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly generation: number;
  readonly source: 'portal' | 'assume-role' | 'web-identity' | 'user' | 'session-token' | 'login' | 'admin';
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export interface SsoSessionSummary {
  readonly startedAt: string;
  readonly endsAt: string;
  readonly alive: boolean;
  readonly accessTokens: number;
  readonly refreshTokens: number;
}

export interface RequestQuery {
  /** Only requests with a greater id. */
  readonly after?: number;
  readonly service?: RequestRecord['service'];
  readonly operation?: string;
}

/** What became of a visit: where the browser ended, and what stood there. */
export interface Visit {
  readonly status: number;
  /** The address that the page redirected to (a client's listener), when it did. */
  readonly redirectedTo: URL | undefined;
  readonly text: string;
}

/**
 * A person with a browser: keeps cookies, opens sign-in addresses, presses Allow or Deny, and lets the browser follow
 * the redirect to the client's listener.
 */
export class Person {
  readonly #cookies = new Map<string, string>();
  readonly #language: string;

  constructor(language = 'en') {
    this.#language = language;
  }

  async #fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        'accept-language': this.#language,
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
    }
    return response;
  }

  /** Opens an authorize or device address and answers it. A warm session is redirected without being asked. */
  async answer(url: string | URL, decision: 'allow' | 'deny' = 'allow'): Promise<Visit> {
    let response = await this.#fetch(url);
    let text = await response.text();
    const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1];
    if (response.status === 200 && action !== undefined) {
      const form = new URLSearchParams({ decision });
      for (const [, name = '', value = ''] of text.matchAll(
        /<input type="hidden" name="([^"]+)" value="([^"]*)"/g,
      )) {
        form.set(name, value);
      }
      response = await this.#fetch(new URL(action, url), {
        method: 'POST',
        body: form,
        headers: { origin: new URL(url).origin },
      });
      text = await response.text();
    }
    const location = response.headers.get('location');
    if (location === null) return { status: response.status, redirectedTo: undefined, text };
    const redirectedTo = new URL(location, url);
    const landed = await this.#fetch(redirectedTo);
    return { status: landed.status, redirectedTo, text: await landed.text() };
  }

  /** The same person in a browser without any session. */
  forgetCookies(): void {
    this.#cookies.clear();
  }
}

export class SandboxProcess implements AsyncDisposable {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly startUrl: string;
  readonly region: string;
  readonly pid: number;
  /** A fresh folder with env.json, aws-data/ and home/.aws/config; it goes away with the sandbox. */
  readonly folder: string;
  readonly person = new Person();
  readonly #child: ChildProcess;
  readonly #environment: Record<string, string>;
  #stderr = '';

  constructor(
    child: ChildProcess,
    folder: string,
    state: { baseUrl: string; adminToken: string; startUrl: string; region: string; pid: number },
    environment: Record<string, string>,
  ) {
    this.#child = child;
    this.folder = folder;
    this.baseUrl = state.baseUrl;
    this.adminToken = state.adminToken;
    this.startUrl = state.startUrl;
    this.region = state.region;
    this.pid = state.pid;
    this.#environment = environment;
    child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString();
    });
  }

  /** What the sandbox complained of; empty when all went well. */
  get stderr(): string {
    return this.#stderr;
  }

  /** A HOME with ~/.aws/config for this sandbox. */
  get home(): string {
    return join(this.folder, 'home');
  }

  /** A whole environment for a client: PATH, the sandbox's HOME, what turns clients to the sandbox, and `extra`. */
  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { PATH: process.env.PATH ?? '', HOME: this.home, LANG: 'C.UTF-8', ...this.#environment, ...extra };
  }

  async #admin<T>(method: 'GET' | 'POST', path: string, body?: unknown, timeoutMs = 30_000): Promise<T> {
    const response = await fetch(`${this.baseUrl}/_sandbox/${path}`, {
      method,
      headers: { [adminHeader]: this.adminToken },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`sandbox: ${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Changes switches (lifetimes are merged) and does acts such as `expireCredentials`. Gives what holds now. */
  switches(change?: SwitchesChange): Promise<Switches> {
    return change === undefined ? this.#admin('GET', 'switches') : this.#admin('POST', 'switches', change);
  }

  /** As just started: switches, records, sessions and keys are gone, and the person's cookies with them. */
  async reset(): Promise<void> {
    await this.#admin('POST', 'reset');
    this.person.forgetCookies();
  }

  async requests(query: RequestQuery = {}): Promise<RequestRecord[]> {
    return this.waitForRequests(query, 1, 0);
  }

  /** Waits until `count` requests match; gives those that do, fewer when time ran out. */
  async waitForRequests(query: RequestQuery, count = 1, waitMs = 15_000): Promise<RequestRecord[]> {
    const parameters = new URLSearchParams({ count: String(count), waitMs: String(waitMs) });
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
    const path = `requests?${parameters}`;
    const { requests } = await this.#admin<{ requests: RequestRecord[] }>(
      'GET',
      path,
      undefined,
      waitMs + 10_000,
    );
    return requests;
  }

  /** What the model does in the conversation whose person says the marker (src/sandbox/scripts.ts). */
  async script(marker: string, turns: Script['turns']): Promise<void> {
    await this.#admin('POST', 'scripts', { marker, turns } satisfies Script);
  }

  /** Answers the requests that a turn with `hold` keeps waiting; how many those were. */
  async release(marker: string): Promise<number> {
    return (await this.#admin<{ released: number }>('POST', 'scripts/release', { marker })).released;
  }

  /** Waits until so many requests were given a turn and so many have ended; gives what there is when time ran out. */
  async played(
    marker: string,
    until: { asked?: number; ended?: number } = {},
    waitMs = 20_000,
  ): Promise<Played[]> {
    const { asked = 0, ended = 0 } = until;
    const query = new URLSearchParams({
      marker,
      asked: String(asked),
      ended: String(ended),
      waitMs: String(waitMs),
    });
    return (await this.#admin<{ played: Played[] }>('GET', `scripts?${query}`, undefined, waitMs + 10_000))
      .played;
  }

  async issued(): Promise<IssuedKeySummary[]> {
    return (await this.#admin<{ keys: IssuedKeySummary[] }>('GET', 'issued')).keys;
  }

  async sessions(): Promise<SsoSessionSummary[]> {
    return (await this.#admin<{ sessions: SsoSessionSummary[] }>('GET', 'sessions')).sessions;
  }

  /** Credentials without any sign-in. A negative lifetime gives expired ones. */
  issueCredentials(
    options: { accountId?: string; roleName?: string; lifetimeSeconds?: number } = {},
  ): Promise<IssuedCredentials> {
    return this.#admin('POST', 'credentials', options);
  }

  /** An IAM user with keys of their own and an MFA device. */
  createUser(options: { accountId?: string; userName?: string; keyAgeDays?: number } = {}): Promise<{
    accessKeyId: string;
    secretAccessKey: string;
    arn: string;
    mfaSerial: string;
  }> {
    return this.#admin('POST', 'users', options);
  }

  /** What `aws login` leaves in its cache file. */
  createLogin(
    options: { accountId?: string; userName?: string; lifetimeSeconds?: number } = {},
  ): Promise<Record<string, unknown>> {
    return this.#admin('POST', 'logins', options);
  }

  /** Acts as the person in the browser at an authorize or device address. */
  approve(url: string | URL): Promise<Visit> {
    return this.person.answer(url, 'allow');
  }

  deny(url: string | URL): Promise<Visit> {
    return this.person.answer(url, 'deny');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(killer);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Environment variables of static keys, as a person's shell would have them. */
export function keyVariables(
  credentials: Pick<IssuedCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>,
): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

/** Starts a sandbox of its own for a test. It ends with `stop()`, and at the latest with the test's process. */
export async function startSandbox(options: StartOptions = {}): Promise<SandboxProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const child = spawn(
    pinnedNode,
    [
      join(root, 'src', 'sandbox', 'main.ts'),
      '--with-parent',
      `--port=${options.port ?? 0}`,
      `--lifetimes=${options.lifetimes ?? 'normal'}`,
      `--region=${options.region ?? 'us-east-1'}`,
      `--write-environment=${folder}`,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...compiledOnce } },
  );
  try {
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(45_000) }).then(([line]) => String(line)),
      once(child, 'exit').then(async () => {
        const complaint = await child.stderr.toArray();
        throw new Error(`the sandbox did not start: ${Buffer.concat(complaint as Buffer[]).toString()}`);
      }),
    ]);
    const environment = JSON.parse(await readFile(join(folder, 'env.json'), 'utf8')) as Record<
      string,
      string
    >;
    const sandbox = new SandboxProcess(child, folder, JSON.parse(first), environment);
    if (options.switches !== undefined) await sandbox.switches(options.switches);
    return sandbox;
  } catch (error) {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
