import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeChunk, encodeException, encodeMessage } from '../../../src/sandbox/event-stream.ts';

const utf8 = {
  to: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
  from: (text: string) => Buffer.from(text),
};
const numRuns = process.env.CI ? 2000 : 200;

/** Smithy's codec, which every JavaScript SDK reads streams with; it checks both checksums. */
const codec = new EventStreamCodec(utf8.to, utf8.from);

// Smithy collects headers in a plain object, which cannot hold `__proto__`.
const headerName = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' })
  .filter((name) => name !== '__proto__');
const headers = fc.dictionary(headerName, fc.string({ unit: 'grapheme', maxLength: 200 }), { maxKeys: 8 });

describe('event stream encoding', () => {
  it('is read back by Smithy as it was written', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 4096 }), (given, payload) => {
        const decoded = codec.decode(encodeMessage(given, payload));
        const names = Object.keys(decoded.headers);
        expect(names.sort()).toEqual(Object.keys(given).sort());
        for (const name of names)
          expect(decoded.headers[name]).toEqual({ type: 'string', value: given[name] });
        expect(Buffer.from(decoded.body)).toEqual(Buffer.from(payload));
      }),
      { numRuns },
    );
  });

  it('is byte for byte what Smithy writes', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 512 }), (given, payload) => {
        const typed = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [name, { type: 'string' as const, value }]),
        );
        const expected = codec.encode({ headers: typed, body: payload });
        expect(encodeMessage(given, payload).equals(Buffer.from(expected))).toBe(true);
      }),
      { numRuns },
    );
  });

  it('any flipped bit is noticed by the reader', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 0, max: 7 }), (text, at, bit) => {
        const message = encodeChunk({ text });
        const index = at % message.length;
        message.writeUInt8(message.readUInt8(index) ^ (1 << bit), index);
        expect(() => codec.decode(message)).toThrow();
      }),
      { numRuns },
    );
  });

  it('carries a model event in base64', () => {
    const event = {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'héllo 你好' },
    };
    const decoded = codec.decode(encodeChunk(event));
    expect(decoded.headers[':event-type']?.value).toBe('chunk');
    const { bytes } = JSON.parse(utf8.to(decoded.body)) as { bytes: string };
    expect(JSON.parse(Buffer.from(bytes, 'base64').toString())).toEqual(event);
  });

  it('names an exception', () => {
    const decoded = codec.decode(encodeException('throttlingException', 'slow'));
    expect(decoded.headers[':message-type']?.value).toBe('exception');
    expect(decoded.headers[':exception-type']?.value).toBe('throttlingException');
    expect(JSON.parse(utf8.to(decoded.body))).toEqual({ message: 'slow' });
  });
});
