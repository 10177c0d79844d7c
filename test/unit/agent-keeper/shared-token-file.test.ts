import { beforeEach, describe, expect, it } from 'vitest';
import { SharedTokenFile } from '../../../src/agent/keeper/shared-token-file.ts';
import type { SsoToken } from '../../../src/agent/ports.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { MemoryAws, MemoryTokenCache } from '../../support/keep-alive-rooms.ts';

/** A cache whose reads and writes take as long as the test says. */
class SlowCache extends MemoryTokenCache {
  beforeWrite: () => Promise<void> = async () => {};
  afterRead: () => Promise<void> = async () => {};
  override async write(id: string, token: SsoToken): Promise<void> {
    await this.beforeWrite();
    return super.write(id, token);
  }
  override async read(id: string) {
    const read = await super.read(id);
    await this.afterRead();
    return read;
  }
}

let cache: SlowCache;
let aws: MemoryAws;
let file: SharedTokenFile;
beforeEach(() => {
  cache = new SlowCache();
  aws = new MemoryAws(new FakeClock());
  file = new SharedTokenFile(cache, 'corp');
});
const always = () => true;

describe('a token file shared with other tools', () => {
  it('tells each change of others once, and nothing of our own', async () => {
    expect(await file.look()).toEqual({ kind: 'nothing' });
    await file.write(aws.signIn(), always);
    expect(await file.look()).toEqual({ kind: 'nothing' });
    cache.files.set('corp', aws.signIn());
    expect(await file.look()).toMatchObject({ kind: 'token', token: { accessToken: 'access-2' } });
    expect(await file.look()).toEqual({ kind: 'nothing' });
    cache.files.delete('corp');
    expect(await file.look()).toEqual({ kind: 'gone' });
    expect(await file.look()).toEqual({ kind: 'nothing' });
    cache.files.set('corp', aws.signIn());
    await file.look();
    await file.remove();
    expect(await file.look()).toEqual({ kind: 'nothing' });
  });

  it('tells once more what was judged by a wrong clock', async () => {
    await file.write(aws.signIn(), always);
    file.tellAgain();
    expect(await file.look()).toMatchObject({ kind: 'token', token: { accessToken: 'access-1' } });
    expect(await file.look()).toEqual({ kind: 'nothing' });
    file.tellAgain();
    cache.files.delete('corp');
    expect(await file.look()).toEqual({ kind: 'gone' });
  });

  it('does not take the moment before our first write has landed for a sign-out', async () => {
    let land = () => {};
    cache.beforeWrite = () => new Promise((resolve) => (land = resolve));
    const written = file.write(aws.signIn(), always);
    const looked = file.look();
    await settle();
    land();
    await written;
    expect(await looked).toEqual({ kind: 'nothing' });
  });

  it('reads again what it read across a write of ours', async () => {
    cache.files.set('corp', aws.signIn());
    await file.look();
    let go = () => {};
    cache.afterRead = () => new Promise((resolve) => (go = resolve));
    const looked = file.look();
    await settle();
    cache.afterRead = async () => {};
    await file.write(aws.signIn(), always);
    go();
    expect(await looked).toEqual({ kind: 'nothing' });
  });

  it('a write that is no longer wanted when its turn comes is not done', async () => {
    let land = () => {};
    cache.beforeWrite = () => new Promise((resolve) => (land = resolve));
    let wanted = true;
    const first = file.write(aws.signIn(), always);
    const second = file.write(aws.signIn(), () => wanted);
    const removed = file.remove();
    wanted = false;
    await settle();
    land();
    await Promise.all([first, second, removed]);
    expect(cache.writes).toBe(1);
    expect(cache.files.size).toBe(0);
  });

  it('one that fails leaves the next its turn', async () => {
    cache.writeFails = 'ENOSPC';
    await expect(file.write(aws.signIn(), always)).rejects.toThrow('ENOSPC');
    cache.writeFails = null;
    await file.write(aws.signIn(), always);
    expect(cache.files.get('corp')).toMatchObject({ accessToken: 'access-2' });
  });
});
