import { AsyncEntry } from '@napi-rs/keyring';

/**
 * A program of its own that asks the system's keyring: `get ACCOUNT` prints the entry (nothing where there is none),
 * `set ACCOUNT` takes it from standard input, `remove ACCOUNT` removes it. Base64 both ways. Exit 1 with one line on standard error otherwise.
 */
const SERVICE = 'Bedrock Tray';

async function main([verb, account]: readonly string[]): Promise<void> {
  if (account === undefined) throw new Error('usage: get|set|remove ACCOUNT');
  // Not the kernel's keyring, which forgets at the next start of the computer.
  const entry = new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
  if (verb === 'get') {
    process.stdout.write((await entry.getPassword()) ?? '');
    return;
  }
  if (verb === 'remove') {
    await entry.deleteCredential();
    return;
  }
  if (verb !== 'set') throw new Error('usage: get|set|remove ACCOUNT');
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  await entry.setPassword(Buffer.concat(parts).toString('utf8'));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${words.replace(/\s+/g, ' ')}\n`);
  process.exitCode = 1;
});
