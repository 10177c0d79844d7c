import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../aws/replace-file.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { systemReason } from '../aws-errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, Observable } from '../ports.ts';
import { type Keyring, KeyringError } from './keyring.ts';
import { KEY_BYTES, nonceBytes, seal, unseal } from './sealed.ts';

/** How long anybody waits for the keyring; it may still answer later (a person unlocks it). */
const PATIENCE_MS = 5_000;
/** A keyring that could not be had is asked again at most this often. */
const ASK_AGAIN_MS = 60_000;

/** What is kept, each kind by itself; roles by the SSO session that they came from. */
export type SecretKind = 'token' | 'registration' | 'role' | `role-${string}`;

/**
 * Secrets at rest: JSON values in files of their own, sealed with one random key that lies in the system's keyring.
 * Without a keyring they live in memory only, and `problem()` says why. A file that does not open is as if it were
 * not there.
 */
export class Vault implements Observable {
  readonly #folder: string;
  readonly #keyring: Keyring;
  readonly #context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  readonly #changes = new ChangeEmitter();
  /** What could not be written yet; null: removed. By file name. */
  readonly #unwritten = new Map<string, unknown>();
  #key: Uint8Array | null = null;
  #asking: Promise<void> | null = null;
  #askAgainAt = 0;
  #problem: BedrockTrayError<'KeyringUnavailable'> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: Pick<AgentContext, 'clock' | 'log' | 'random' | 'home'>, keyring: Keyring) {
    this.#context = context;
    this.#folder = join(context.home, 'vault');
    this.#keyring = keyring;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Tells when the key has come, and when it turned out not to. */
  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  /** Why secrets are in memory only; null where they are not, or where nobody has asked yet. */
  problem(): BedrockTrayError | null {
    return this.#problem;
  }

  /** Whether the key is at hand; waits for the keyring, but not for long. */
  async open(): Promise<boolean> {
    if (this.#key !== null) return true;
    const { clock } = this.#context;
    if (this.#asking === null && clock.now() < this.#askAgainAt) return false;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      this.#changes.emit();
    });
    const enough = new AbortController();
    await Promise.race([this.#asking, sleepUntil(clock, clock.now() + PATIENCE_MS, enough.signal)]);
    enough.abort();
    return this.#key !== null;
  }

  /** While the keyring is being asked: resolves when it has answered, or its time was up. */
  get pending(): Promise<void> | null {
    return this.#asking;
  }

  /** Asks now, whenever it was asked last. Errors: KeyringUnavailable. */
  async demand(): Promise<void> {
    this.#askAgainAt = 0;
    if (await this.open()) return;
    throw this.#problem ?? new BedrockTrayError('KeyringUnavailable', { reason: 'timeout' });
  }

  /** The value; null where there is none. `locked`: there may be one, but the key is not at hand. */
  async read(kind: SecretKind, id: string): Promise<{ value: unknown; locked: boolean }> {
    const name = fileNameOf(kind, id);
    const open = await this.open();
    await this.#last.catch(() => {});
    if (this.#unwritten.has(name)) return { value: this.#unwritten.get(name) ?? null, locked: false };
    const bytes = await readFile(join(this.#folder, name)).catch(() => null);
    if (bytes === null) return { value: null, locked: false };
    if (!open || this.#key === null) return { value: null, locked: true };
    const plain = unseal(this.#key, name, bytes);
    if (plain === null) {
      this.#context.log.warn({ file: name }, 'a sealed file does not open; it is as if it were not there');
      return { value: null, locked: false };
    }
    return { value: JSON.parse(plain.toString('utf8')), locked: false };
  }

  /** Keeps the value: on disk where there is a key, else in memory until there is one. Errors: StorageFailed. */
  async write(kind: SecretKind, id: string, value: unknown): Promise<void> {
    const name = fileNameOf(kind, id);
    await this.open();
    // Asked in the same moment: a key that comes just now writes what is there by then.
    if (this.#key === null) {
      this.#unwritten.set(name, value);
      return;
    }
    await this.#turn(() => this.#store(name, value));
  }

  /** Errors: StorageFailed. */
  async remove(kind: SecretKind, id: string): Promise<void> {
    const name = fileNameOf(kind, id);
    this.#unwritten.delete(name);
    await this.#turn(() => rm(join(this.#folder, name), { force: true }));
  }

  /** Removes the key: what it sealed opens no more, and nothing is sealed until there is a new one. Errors: KeyringUnavailable. */
  async forget(): Promise<void> {
    try {
      await this.#keyring.remove();
    } catch (e) {
      const reason = e instanceof KeyringError ? e.reason : systemReason(e);
      throw new BedrockTrayError('KeyringUnavailable', { reason }, { cause: e });
    }
    this.#key = null;
  }

  /** Removes everything of a kind. Errors: StorageFailed. */
  async clear(kind: SecretKind): Promise<void> {
    for (const name of [...this.#unwritten.keys()]) {
      if (name.startsWith(`${kind}-`)) this.#unwritten.delete(name);
    }
    await this.#turn(async () => {
      const names = await readdir(this.#folder).catch(() => []);
      for (const name of names) {
        if (name.startsWith(`${kind}-`)) await rm(join(this.#folder, name), { force: true });
      }
    });
  }

  async #store(name: string, value: unknown): Promise<void> {
    if (this.#key === null) throw new Error('no key');
    const plain = Buffer.from(JSON.stringify(value), 'utf8');
    const sealed = seal(this.#key, name, plain, this.#context.random(nonceBytes));
    plain.fill(0);
    await replaceFile(join(this.#folder, name), sealed, { mode: 0o600 });
    this.#unwritten.delete(name);
  }

  /** One operation after the other. Errors: StorageFailed. */
  #turn(operation: () => Promise<void>): Promise<void> {
    const turn = this.#last
      .catch(() => {})
      .then(operation)
      .catch((e) => {
        throw new BedrockTrayError('StorageFailed', { file: this.#folder, reason: systemReason(e) });
      });
    this.#last = turn;
    return turn;
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { clock, log, random } = this.#context;
    try {
      let key = await this.#keyring.get();
      if (key === null) {
        await this.#keyring.set(random(KEY_BYTES));
        // What another agent has put there in the same moment is the key of both.
        key = await this.#keyring.get();
      }
      if (key?.length !== KEY_BYTES) throw new KeyringError('its entry is not our key');
      this.#key = key;
      this.#problem = null;
    } catch (e) {
      const reason = e instanceof KeyringError ? e.reason : systemReason(e);
      this.#problem = new BedrockTrayError('KeyringUnavailable', { reason });
      this.#askAgainAt = clock.now() + ASK_AGAIN_MS;
      log.warn({ reason }, 'the keyring cannot be had: secrets stay in memory');
      return;
    }
    for (const name of [...this.#unwritten.keys()]) {
      const turn = this.#turn(async () => {
        // Removed, or written anew, before its turn came: the old value is nobody's any more.
        if (this.#unwritten.has(name)) await this.#store(name, this.#unwritten.get(name));
      });
      await turn.catch((err) => {
        log.warn({ file: name, err }, 'a secret could not be written');
      });
    }
  }
}

/** Says the kind, and nothing of whose it is. */
function fileNameOf(kind: SecretKind, id: string): string {
  return `${kind}-${createHash('sha256').update(`${kind}\n${id}`).digest('hex').slice(0, 40)}`;
}
