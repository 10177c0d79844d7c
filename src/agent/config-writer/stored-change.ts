import * as z from 'zod';
import type { ConfigChange } from '../../aws/config-change.ts';

const Bytes = z.number().int().nonnegative();

/** A change of a file as it stands in a file of ours; the replaced pieces in base 64. */
export const StoredChange = z.object({
  file: z.string(),
  existed: z.boolean(),
  before: z.string(),
  after: z.string(),
  hunks: z.array(z.object({ at: Bytes, removed: z.base64(), inserted: Bytes })),
});
export type StoredChange = z.infer<typeof StoredChange>;

export const packChange = ({ file, existed, before, after, hunks }: ConfigChange): StoredChange => ({
  file,
  existed,
  before,
  after,
  hunks: hunks.map((h) => ({ ...h, removed: Buffer.from(h.removed).toString('base64') })),
});

export const unpackChange = (stored: StoredChange): ConfigChange => ({
  ...stored,
  hunks: stored.hunks.map((h) => ({ ...h, removed: Buffer.from(h.removed, 'base64') })),
});
