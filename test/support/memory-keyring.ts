import { type Keyring, KeyringError } from '../../src/agent/vault/keyring.ts';

/** A keyring in memory, that can be locked, away, or slow. */
export class MemoryKeyring implements Keyring {
  key: Uint8Array | null = null;
  /** Set: this is what it says instead. */
  refuses: string | null = null;
  /** Set: answers wait for it. */
  gate: Promise<void> | null = null;
  asked = 0;

  async get(): Promise<Uint8Array | null> {
    this.asked++;
    await this.gate;
    if (this.refuses !== null) throw new KeyringError(this.refuses);
    return this.key;
  }
  async set(key: Uint8Array): Promise<void> {
    await this.gate;
    if (this.refuses !== null) throw new KeyringError(this.refuses);
    this.key = Uint8Array.from(key);
  }
  async remove(): Promise<void> {
    if (this.refuses !== null) throw new KeyringError(this.refuses);
    this.key = null;
  }
}
