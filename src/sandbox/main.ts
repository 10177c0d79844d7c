import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeEnvironment } from './environment.ts';
import { startSandbox } from './server.ts';
import { lifetimePresets } from './switches.ts';
import { World } from './world.ts';

const usage = `Usage: main [options]
  --port N                   listen on this port of 127.0.0.1 (default: any free one)
  --lifetimes short|normal   how long tokens and credentials live (default: normal)
  --region R                 region of the SSO instance (default: us-east-1)
  --auto-approve             allow sign-ins without asking
  --state-file PATH          write {baseUrl, adminToken, pid, startUrl, region} there, readable by the owner only
  --write-environment DIR    write env.json, aws-data/ and home/.aws/config there, for clients
  --with-parent              end when standard input closes
`;

function fail(message: string): never {
  process.stderr.write(`sandbox: ${message}\n`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        lifetimes: { type: 'string', default: 'normal' },
        region: { type: 'string', default: 'us-east-1' },
        'auto-approve': { type: 'boolean', default: false },
        'state-file': { type: 'string' },
        'write-environment': { type: 'string' },
        'with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** Atomic, and never readable by others, not even for a moment. */
async function writePrivately(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await rename(temporary, path);
}

async function main(): Promise<void> {
  const given = options();
  if (given.help) {
    process.stdout.write(usage);
    return;
  }
  const port = Number(given.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port: not a port: ${given.port}`);
  const preset = given.lifetimes;
  if (preset !== 'short' && preset !== 'normal') {
    fail(`--lifetimes: one of ${Object.keys(lifetimePresets).join(', ')}`);
  }

  const world = new World(preset, given.region, { autoApprove: given['auto-approve'] });
  const sandbox = await startSandbox(world, port).catch((error: unknown) =>
    fail(`cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}`),
  );
  const state = {
    baseUrl: sandbox.baseUrl,
    adminToken: sandbox.adminToken,
    pid: process.pid,
    startUrl: world.startUrl,
    region: world.region,
  };
  const stateFile = given['state-file'];
  if (stateFile !== undefined) await writePrivately(stateFile, `${JSON.stringify(state)}\n`);
  const folder = given['write-environment'];
  if (folder !== undefined) await writeEnvironment(resolve(folder), state);

  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void (async () => {
      await sandbox.close();
      if (stateFile !== undefined) await rm(stateFile, { force: true });
      process.exit(0);
    })();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (given['with-parent']) process.stdin.once('end', end).once('close', end).resume();

  process.stdout.write(`${JSON.stringify({ ready: true, ...state })}\n`);
}

await main();
