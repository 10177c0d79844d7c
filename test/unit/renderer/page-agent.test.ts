import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectPage } from '../../../renderer/src/transport/page-agent.ts';

/** A page's server that is there; what it opens a WebSocket to may not be. */
class Server extends EventTarget {
  static opened = 0;
  static agentThere = false;
  readyState = 0;
  constructor() {
    super();
    Server.opened++;
    setTimeout(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
      if (!Server.agentThere) this.close();
    }, 1);
  }
  send(): void {}
  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

const shell = new EventTarget();
const page = Object.assign(new EventTarget(), { hidden: false });

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  vi.stubGlobal('window', {});
  vi.stubGlobal('document', page);
  vi.stubGlobal('location', { href: 'http://127.0.0.1:1/' });
  vi.stubGlobal('addEventListener', shell.addEventListener.bind(shell));
  vi.stubGlobal('WebSocket', Server);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a page that is looked at again, or has its network again, does not wait for the end of a long pause', async () => {
  const agent = connectPage();
  // Long after the agent went, it is tried twice a minute at most.
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  for (const wake of [
    () => page.dispatchEvent(new Event('visibilitychange')),
    () => shell.dispatchEvent(new Event('online')),
  ]) {
    const before = Server.opened;
    await vi.advanceTimersByTimeAsync(100);
    expect(Server.opened).toBe(before);
    wake();
    expect(Server.opened).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(100);
  }
  page.hidden = true;
  const before = Server.opened;
  page.dispatchEvent(new Event('visibilitychange'));
  expect(Server.opened).toBe(before);
  page.hidden = false;
  Server.agentThere = true;
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(100);
  expect(agent.state().kind).toBe('connected');
});
