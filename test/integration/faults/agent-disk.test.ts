import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/index.ts';
import { canMount, mount, unmount } from '../../support/faults/mount.ts';
import { type Installation, install } from '../../support/installation.ts';

/** The whole product with a HOME that cannot be written: what must be written is refused, all else goes on. */

describe.skipIf(!canMount)('a read-only HOME (needs root and mount)', () => {
  let it_: Installation;
  beforeAll(async () => {
    it_ = await install();
    const { home } = it_.sandbox;
    expect(mount('--bind', home, home)).toBe(true);
    expect(mount('-o', 'remount,bind,ro', home)).toBe(true);
  });
  afterAll(async () => {
    if (it_) unmount(it_.sandbox.home);
    await it_?.stop();
  });
  const config = () => join(it_.sandbox.home, '.aws', 'config');
  const status = async (): Promise<Snapshot> => JSON.parse((await it_.run(['status', '--json'])).stdout);

  it('a sign-in works: its token is kept in memory, and status says why', async () => {
    const done = await it_.login({ args: ['--sso-session', 'sandbox'] });
    expect(done.status).toBe(0);
    const session = (await status()).ssoSessions.find((s) => s.id === 'sandbox');
    expect(session).toMatchObject({ state: 'degraded', problem: { code: 'StorageFailed' } });
    expect((await it_.run(['export-credentials', '--profile', 'sandbox'])).status).toBe(0);
  });

  it('a profile is refused with one sentence, and nothing of it stays', async () => {
    const before = readFileSync(config(), 'utf8');
    const refused = await it_.run([
      ...['configure', 'sso', '--sso-session', 'sandbox', '--account', '222233334444'],
      ...['--role', 'BedrockPowerUser', '--profile', 'new', '--bedrock-region', 'us-west-2'],
    ]);
    expect(refused.stderr).toContain(config());
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    expect(refused.status).toBe(1);
    expect(readFileSync(config(), 'utf8')).toBe(before);
    expect((await it_.run(['configure', 'undo'])).stderr).toContain('nothing to take back');
  });

  it('what lies in the state folder is written as ever', async () => {
    const agent = await it_.connect();
    expect((await agent.call('settings.set', { theme: 'dark' })).theme).toBe('dark');
    agent.close();
  });
});
