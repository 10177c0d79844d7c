import { EventEmitter, once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';

/** Electron's end of a channel, as main sees it. */
class Port extends EventEmitter {
  readonly sent: unknown[] = [];
  closed = false;
  start(): void {}
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
    this.emit('close');
  }
  say(data: unknown): void {
    this.emit('message', { data });
  }
}

const wires = vi.hoisted(() => ({ open: async (): Promise<unknown> => undefined }));
vi.mock('../../../src/tray/relay-wires.ts', () => ({ openWire: () => wires.open() }));
const { relayChannel } = await import('../../../src/tray/page-relay.ts');

const link = { whenConnected: async () => {} };

class FakeWire {
  readonly sent: unknown[] = [];
  closed = 0;
  paused = false;
  waiting = 0;
  data: (frame: string | ArrayBuffer) => void = () => {};
  end: () => void = () => {};
  send = (frame: unknown) => void this.sent.push(frame);
  unsent = () => this.waiting;
  pause = () => {
    this.paused = true;
  };
  resume = () => {
    this.paused = false;
  };
  onData = (listener: (frame: string | ArrayBuffer) => void) => {
    this.data = listener;
  };
  onEnd = (listener: () => void) => {
    this.end = listener;
  };
  close = () => {
    this.closed += 1;
  };
}

async function relayed() {
  const wire = new FakeWire();
  wires.open = async () => wire;
  const port = new Port();
  relayChannel('pty', port as never, link);
  port.say('early');
  await vi.waitFor(() => expect(wire.sent).toEqual(['early']), { timeout: 10_000 });
  return { wire, port };
}

describe('the relay between page and socket', () => {
  test('carries frames both ways, in order, those sent before the socket is open too', async () => {
    const { wire, port } = await relayed();
    const bytes = new Uint8Array([1, 2]).buffer;
    port.say(bytes);
    wire.data('answer');
    wire.data(bytes);
    expect(wire.sent).toEqual(['early', bytes]);
    expect(port.sent).toEqual(['answer', bytes]);
  });

  test('stops reading while the page is behind and reads on when it has caught up', async () => {
    const { wire, port } = await relayed();
    wire.data(new ArrayBuffer(900_000));
    expect(wire.paused).toBe(false);
    wire.data(new ArrayBuffer(200_000));
    expect(wire.paused).toBe(true);
    port.say(800_000);
    expect(wire.paused).toBe(true);
    port.say(100_000);
    expect(wire.paused).toBe(false);
  });

  test.each([
    ['the page says so', (p: Port) => p.say(null)],
    ['the page is gone', (p: Port) => p.close()],
    ['the page sends what is no frame', (p: Port) => p.say({ hello: 1 })],
  ])('ends once when %s', async (_name, end) => {
    const { wire, port } = await relayed();
    end(port);
    expect(wire.closed).toBe(1);
    expect(port.closed).toBe(true);
    port.say('late');
    expect(wire.sent).toEqual(['early']);
  });

  test('ends when the socket ends, telling the page', async () => {
    const { wire, port } = await relayed();
    wire.end();
    expect(port.sent).toEqual([null]);
    expect(port.closed).toBe(true);
  });

  test('ends when the page sends more than the socket takes', async () => {
    const { wire, port } = await relayed();
    wire.waiting = 33 * 1024 * 1024;
    port.say('more');
    expect(port.closed).toBe(true);
  });

  test('ends when nothing can be reached, and closes a socket that comes too late', async () => {
    wires.open = () => Promise.reject(new Error('no agent'));
    const port = new Port();
    relayChannel('rpc', port as never, link);
    await once(port, 'close');
    expect(port.sent).toEqual([null]);

    const late = new FakeWire();
    let arrive: (wire: FakeWire) => void = () => {};
    wires.open = () => new Promise((resolve) => (arrive = resolve));
    const left = new Port();
    relayChannel('rpc', left as never, link);
    left.close();
    arrive(late);
    await vi.waitFor(() => expect(late.closed).toBe(1), { timeout: 10_000 });
  });
});
