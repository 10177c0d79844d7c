import { crc32 } from 'node:zlib';

/**
 * application/vnd.amazon.eventstream, the writing side. A message is: total length, header length, CRC-32 of those
 * eight bytes, headers, payload, CRC-32 of everything before; numbers are big-endian. Only string headers (type 7)
 * occur here.
 */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = Buffer.from(name);
    const valueBytes = Buffer.from(value);
    if (nameBytes.length > 255 || valueBytes.length > 0xffff)
      throw new RangeError('event stream header too long');
    const sizes = Buffer.alloc(4);
    sizes.writeUInt8(nameBytes.length, 0);
    sizes.writeUInt8(7, 1);
    sizes.writeUInt16BE(valueBytes.length, 2);
    parts.push(sizes.subarray(0, 1), nameBytes, sizes.subarray(1), valueBytes);
  }
  const headerBytes = Buffer.concat(parts);
  const total = 16 + headerBytes.length + payload.length;
  const message = Buffer.alloc(total);
  message.writeUInt32BE(total, 0);
  message.writeUInt32BE(headerBytes.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headerBytes.copy(message, 12);
  message.set(payload, 12 + headerBytes.length);
  message.writeUInt32BE(crc32(message.subarray(0, total - 4)), total - 4);
  return message;
}

/** One `chunk` event of InvokeModelWithResponseStream: the model's own JSON event in base64, padded like the service's. */
export function encodeChunk(event: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  // The service pads chunks with a slice of this alphabet so that their length says little of their content.
  const p = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.slice(
    0,
    1 + (bytes.length % 31),
  );
  return encodeMessage(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify({ bytes, p })),
  );
}

/** An exception in the middle of a stream, after which the service closes it. */
export function encodeException(type: string, message: string): Buffer {
  return encodeMessage(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    Buffer.from(JSON.stringify({ message })),
  );
}
