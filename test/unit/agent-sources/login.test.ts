import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromLogin } from '../../../src/agent/sources/login.ts';
import type { SourceParts } from '../../../src/agent/sources/source-parts.ts';
import { loginCacheDir, loginFileName } from '../../../src/aws/login-cache.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context, minute } from '../../support/keep-alive-rooms.ts';

test.each(['no key at all', '-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----\n'])(
  'a key that does not sign is the source’s fault, and quoted nowhere: %j',
  async (dpopKey) => {
    const userHome = await mkdtemp(join(tmpdir(), 'login-'));
    try {
      const clock = new FakeClock();
      const dir = loginCacheDir({}, userHome);
      await mkdir(dir, { recursive: true });
      const document = {
        accessToken: {
          accessKeyId: 'ASIAX',
          secretAccessKey: 's',
          sessionToken: 't',
          accountId: '111122223333',
          expiresAt: new Date(clock.now() - minute).toISOString(),
        },
        clientId: 'client',
        refreshToken: 'r1',
        dpopKey,
      };
      await writeFile(join(dir, loginFileName('someone')), JSON.stringify(document));
      const parts = {
        context: { ...context(clock), userHome },
        unwritten: new Map(),
      } as unknown as SourceParts;
      const fetching = {
        key: 'console',
        profile: 'console',
        region: null,
        asked: true,
        urgent: true,
        forced: false,
        upstream: () => Promise.reject(new Error('none')),
      };
      const source = { kind: 'login', loginSession: 'someone', region: 'us-east-1' } as const;
      const error = await fromLogin(source, fetching, parts).catch((e) => e);
      expect(error).toMatchObject({
        code: 'SourceFailed',
        params: { profile: 'console', reason: 'the key in its cache is unreadable; run “aws login”' },
      });
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(dpopKey.slice(0, 30));
    } finally {
      await rm(userHome, { recursive: true, force: true });
    }
  },
);
