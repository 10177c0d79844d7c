import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteDuplex, TerminalConnection } from '../../../src/client/terminal-connection.ts';
import { decodeJson, encodeFrame, encodeJson, FrameReader } from '../../../src/contract/pty-frames.ts';
import { flowControl, frameType, PTY_PROTOCOL_VERSION } from '../../../src/contract/pty-protocol.ts';

/** A pty-host's end in memory. */
function peer() {
  const sent: { type: number; json?: unknown; text?: string }[] = [];
  const reader = new FrameReader((type, body) => {
    if (type === frameType.json) sent.push({ type, json: decodeJson(body) });
    else sent.push({ type, text: new TextDecoder().decode(body) });
  });
  let handlers: Parameters<ByteDuplex['open']>[0] | undefined;
  let closed = false;
  const duplex: ByteDuplex = {
    open: (given) => {
      handlers = given;
    },
    send: (bytes) => reader.push(bytes),
    close: () => {
      closed = true;
    },
  };
  return {
    sent,
    duplex,
    closed: () => closed,
    bytes: (...frames: Uint8Array[]) => {
      for (const frame of frames) handlers?.bytes(frame);
    },
    lost: () => handlers?.closed(),
  };
}

const id = '0f0e0d0c-0b0a-4000-8000-000000000001';
const welcome = encodeJson({ type: 'welcome', protocol: PTY_PROTOCOL_VERSION, id, cols: 80, rows: 24 });
const output = (text: string) => encodeFrame(frameType.output, new TextEncoder().encode(text));
const live = encodeJson({ type: 'live' });
const hello = { ticket: 't', cols: 80, rows: 24 };

function attached() {
  const host = peer();
  const log: string[] = [];
  const connection = new TerminalConnection(host.duplex, hello, {
    output: (chunk) => log.push(`output ${new TextDecoder().decode(chunk)}`),
    size: (cols, rows) => log.push(`size ${cols}x${rows}`),
    live: () => log.push('live'),
    exit: (end) => log.push(`exit ${end.exitCode} ${end.signal}`),
    closed: (reason) => log.push(`closed ${reason}`),
  });
  return { host, log, connection };
}

describe('TerminalConnection', () => {
  it('says hello, and hands everything over in order however the bytes are cut', () => {
    const stream = Buffer.concat([
      welcome,
      encodeJson({ type: 'size', cols: 90, rows: 30 }),
      output('one 漢字'),
      output(''),
      live,
      output('two'),
      encodeJson({ type: 'exit', exitCode: 3, signal: null }),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (cuts) => {
        const { host, log } = attached();
        expect(host.sent).toEqual([
          { type: 0, json: { type: 'hello', protocol: PTY_PROTOCOL_VERSION, role: 'terminal', ...hello } },
        ]);
        for (let at = 0, i = 0; at < stream.length; i++) {
          const n = cuts[i % cuts.length] as number;
          // A chunk whose memory is used again afterwards, as sockets do.
          const chunk = Buffer.from(stream.subarray(at, at + n));
          host.bytes(chunk);
          chunk.fill(0);
          at += n;
        }
        host.lost();
        expect(log).toEqual([
          'size 90x30',
          'output one 漢字',
          'output ',
          'output two',
          'exit 3 null',
          'closed exit',
        ]);
      }),
    );
  });

  it('types nothing before the screen is rebuilt, that is: consumed', () => {
    const { host, log, connection } = attached();
    host.bytes(welcome, output('old'), live);
    connection.input('answer');
    expect(connection.live).toBe(false);
    connection.consumed(3);
    expect(log.at(-1)).toBe('live');
    connection.input('né');
    connection.resize(100, 40);
    expect(host.sent.slice(1)).toEqual([
      { type: 2, text: 'né' },
      { type: 0, json: { type: 'resize', cols: 100, rows: 40 } },
    ]);
  });

  it('acknowledges what was consumed, seldom', () => {
    const { host, connection } = attached();
    host.bytes(welcome, live);
    for (let i = 0; i < 10; i++) connection.consumed(flowControl.ackBytes / 4);
    expect(host.sent.slice(1)).toEqual([
      { type: 0, json: { type: 'ack', bytes: flowControl.ackBytes } },
      { type: 0, json: { type: 'ack', bytes: flowControl.ackBytes } },
    ]);
  });

  it('cuts a paste into frames that the host accepts', () => {
    const { host, connection } = attached();
    host.bytes(welcome, live);
    const paste = 'x'.repeat(300_000);
    connection.input(paste);
    const frames = host.sent.slice(1).map((f) => f.text ?? '');
    expect(frames.join('')).toBe(paste);
    expect(Math.max(...frames.map((f) => f.length))).toBeLessThanOrEqual(65_536);
  });

  it.each([
    ['refused', encodeJson({ type: 'refused', reason: 'ticket' })],
    ['protocol', encodeJson({ type: 'refused', reason: 'protocol' })],
    ['protocol', encodeJson({ type: 'nonsense' })],
    ['protocol', Uint8Array.of(255, 255, 255, 255, 1)],
    ['protocol', Uint8Array.of(0, 0, 0, 2, 9, 9)],
  ])('ends with the reason %s, once', (reason, bytes) => {
    const { host, log } = attached();
    host.bytes(bytes);
    host.lost();
    expect(log).toEqual([`closed ${reason}`]);
    expect(host.closed()).toBe(true);
  });

  it('is lost when the other side goes away', () => {
    const { host, log } = attached();
    host.bytes(welcome);
    host.lost();
    expect(log).toEqual(['closed lost']);
  });

  it('runs in a browser', async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('../../../src/client/terminal-connection.ts', import.meta.url))],
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      logLevel: 'silent',
    });
    expect(outputFiles[0]?.text).not.toMatch(/node:/);
  });
});
