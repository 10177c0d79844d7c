import { spawn } from 'node:child_process';

/** Where the one key lies: the system's keyring. */
export interface Keyring {
  /** The key, or null where there is none yet. Errors: KeyringError. */
  get(): Promise<Uint8Array | null>;
  /** Errors: KeyringError. */
  set(key: Uint8Array): Promise<void>;
  /** Nothing there is fine. Errors: KeyringError. */
  remove(): Promise<void>;
}

/** `reason`: `timeout` (locked, and nobody unlocks it), or the keyring's own words, one line. */
export class KeyringError extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = 'KeyringError';
    this.reason = reason;
  }
}

/** A person may be asked to unlock it, and types a password; meanwhile nobody waits (vault.ts). */
const ANSWER_WITHIN_MS = 60_000;

/**
 * The keyring by a program of its own (keyring-main.ts): a native call that waits for a person cannot be taken back,
 * a process can. The key goes through pipes, never through arguments or the environment.
 */
export function processKeyring(options: {
  command: readonly string[];
  /** Names the entry: one key for each state folder. */
  account: string;
  env: Readonly<Record<string, string | undefined>>;
  answerWithinMs?: number;
}): Keyring & { stop(): void } {
  const { command, account, env, answerWithinMs = ANSWER_WITHIN_MS } = options;
  const running = new Set<() => void>();
  const ask = (verb: 'get' | 'set' | 'remove', input: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const [file = '', ...args] = command;
      const child = spawn(file, [...args, verb, account], {
        env: env as NodeJS.ProcessEnv,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
      });
      const failed = (e: unknown) => new KeyringError((e as NodeJS.ErrnoException).code ?? 'Error');
      // Its error follows; where descriptors have run out (EMFILE) it does not even have pipes.
      if (child.pid === undefined) return void child.once('error', (e) => reject(failed(e)));
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr = `${stderr}${text}`.slice(0, 2_000);
      });
      const end = () => child.kill('SIGKILL');
      running.add(end);
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        end();
      }, answerWithinMs);
      child.on('error', (e) => {
        clearTimeout(timer);
        running.delete(end);
        reject(failed(e));
      });
      child.on('close', (code) => {
        clearTimeout(timer);
        running.delete(end);
        if (late) reject(new KeyringError('timeout'));
        else if (code === 0) resolve(stdout.trim());
        else reject(new KeyringError(stderr.trim().split('\n').at(-1)?.slice(0, 200) || `exit ${code}`));
      });
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  return {
    async get() {
      const text = await ask('get', '');
      return text === '' ? null : Buffer.from(text, 'base64');
    },
    async set(key) {
      await ask('set', Buffer.from(key).toString('base64'));
    },
    async remove() {
      await ask('remove', '');
    },
    stop() {
      for (const end of running) end();
    },
  };
}
