import {
  type BedrockTrayBridge,
  type ChannelFrame,
  type ChannelMessage,
  channelMessageType,
  type PageChannel,
} from '../../../src/contract/page-relay.ts';

declare global {
  interface Window {
    /** Exposed by the preload; absent in a plain browser. */
    readonly bedrockTray?: BedrockTrayBridge;
  }
}

/** How long main may take to open a channel, in ms. */
const OPEN_WITHIN = 10_000;

/**
 * A channel of the preload in the shape of a WebSocket: the same clients run over both. Events `open`, `message`,
 * `close`; frames are strings or ArrayBuffers.
 */
export class PortSocket extends EventTarget {
  readyState = 0;
  #port: MessagePort | null = null;

  constructor(bridge: BedrockTrayBridge, channel: PageChannel) {
    super();
    const id = crypto.randomUUID();
    const timer = setTimeout(() => this.#closed(1006), OPEN_WITHIN);
    const onMessage = (event: MessageEvent): void => {
      const message = event.data as Partial<ChannelMessage> | null;
      if (event.source !== window || message?.type !== channelMessageType || message.id !== id) return;
      removeEventListener('message', onMessage);
      clearTimeout(timer);
      const port = event.ports[0];
      if (port) this.#opened(port);
    };
    addEventListener('message', onMessage);
    bridge.openChannel(channel, id);
  }

  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState !== 1) throw new DOMException('not open', 'InvalidStateError');
    // A view may be part of a larger buffer: what crosses is exactly its bytes.
    const frame = ArrayBuffer.isView(data)
      ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
      : data;
    this.#port?.postMessage(frame);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.#port?.postMessage(null satisfies ChannelFrame);
    this.#closed(1000);
  }

  #opened(port: MessagePort): void {
    if (this.readyState === 3) {
      port.postMessage(null satisfies ChannelFrame);
      port.close();
      return;
    }
    this.#port = port;
    port.onmessage = (event: MessageEvent<ChannelFrame>) => {
      const frame = event.data;
      if (frame === null) return this.#closed(1000);
      this.dispatchEvent(new MessageEvent('message', { data: frame }));
      // Main reads the socket on only while what it sent is handled (contract/page-relay.ts).
      if (typeof frame !== 'number')
        port.postMessage(typeof frame === 'string' ? frame.length : frame.byteLength);
    };
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  #closed(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#port?.close();
    this.#port = null;
    this.dispatchEvent(new CloseEvent('close', { code }));
  }
}
