import { Zip, ZipDeflate } from 'fflate';

export interface ArchiveFile {
  name: string;
  /** In pieces, each small enough to be packed at once. */
  pieces: AsyncIterable<string> | Iterable<string>;
}

/**
 * A zip file of some texts. It is packed on the thread that hands out credentials, so piece by piece: whoever waits is
 * served in between. `at`: when the files say they were made, epoch ms.
 */
export async function zipOf(files: readonly ArchiveFile[], at: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let failed: Error | null = null;
  const zip = new Zip((error, part) => {
    failed ??= error;
    if (part) parts.push(part);
  });
  for (const { name, pieces } of files) {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = at;
    // Made on Unix, for its owner alone.
    entry.os = 3;
    entry.attrs = (0o100600 << 16) >>> 0;
    zip.add(entry);
    for await (const piece of pieces) {
      entry.push(Buffer.from(piece), false);
      await new Promise((next) => setImmediate(next));
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  if (failed) throw failed;
  return Buffer.concat(parts);
}
