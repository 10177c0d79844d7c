/**
 * Lends Electron 22's main process (Node 16, Chromium 108) what the app expects of Electron 45: web globals, a few
 * newer methods of the language, `protocol.handle`, `net.fetch` and the newer calls of safeStorage. Loaded before
 * the app by the prepared test Electron; for tests alone, never part of the app.
 */
import { Blob } from 'node:buffer';
import crypto from 'node:crypto';
import { readFile } from 'node:fs/promises';
import webStreams from 'node:stream/web';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import electron from 'electron';
import { File, FormData, fetch as fetchOver, Headers, Request, Response } from 'undici';

type Loose = Record<string | symbol, unknown>;

function lend(target: object, members: Loose): void {
  for (const key of Reflect.ownKeys(members)) {
    if (key in target) continue;
    Object.defineProperty(target, key, {
      value: members[key],
      writable: true,
      configurable: true,
      enumerable: false,
    });
  }
}

// --- Web globals ---
class CustomEvent extends Event {
  readonly detail: unknown;
  constructor(type: string, init: EventInit & { detail?: unknown } = {}) {
    super(type, init);
    this.detail = init.detail ?? null;
  }
}
lend(globalThis, {
  ...webStreams,
  Blob,
  File,
  FormData,
  Headers,
  Request,
  Response,
  fetch: fetchOver,
  CustomEvent,
  crypto: crypto.webcrypto,
  structuredClone: (value: unknown) => deserialize(serialize(value)),
});
lend(crypto, {
  getRandomValues: (array: Uint8Array) => crypto.webcrypto.getRandomValues(array),
  subtle: crypto.webcrypto.subtle,
});
lend(Symbol, { dispose: Symbol('Symbol.dispose'), asyncDispose: Symbol('Symbol.asyncDispose') });

function abortError(name: string, message: string): Error {
  return typeof DOMException === 'function'
    ? new DOMException(message, name)
    : Object.assign(new Error(message), { name });
}
lend(AbortSignal, {
  abort: (reason?: unknown) => {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  },
  timeout: (ms: number) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(abortError('TimeoutError', 'The operation timed out')), ms).unref();
    return controller.signal;
  },
  any: (signals: Iterable<AbortSignal>) => {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
  },
});
lend(AbortSignal.prototype, {
  throwIfAborted(this: AbortSignal) {
    if (this.aborted) throw this.reason ?? abortError('AbortError', 'The operation was aborted');
  },
});

// --- The language since V8 10.8 ---
lend(Array.prototype, {
  toSorted(this: unknown[], compare?: (a: unknown, b: unknown) => number) {
    return [...this].sort(compare);
  },
  toReversed(this: unknown[]) {
    return [...this].reverse();
  },
  toSpliced(this: unknown[], ...how: [number, number, ...unknown[]]) {
    const copy = [...this];
    copy.splice(...how);
    return copy;
  },
  with(this: unknown[], index: number, value: unknown) {
    const copy = [...this];
    copy[index < 0 ? copy.length + index : index] = value;
    return copy;
  },
});
lend(Array, {
  fromAsync: async (
    items: AsyncIterable<unknown> | Iterable<unknown>,
    map = (item: unknown): unknown => item,
  ) => {
    const all: unknown[] = [];
    for await (const item of items) all.push(await map(item));
    return all;
  },
});
lend(Promise, {
  withResolvers: () => {
    let resolve: unknown;
    let reject: unknown;
    const promise = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    return { promise, resolve, reject };
  },
  try: (run: (...args: unknown[]) => unknown, ...args: unknown[]) =>
    new Promise((resolve) => resolve(run(...args))),
});
function group(
  items: Iterable<unknown>,
  keyOf: (item: unknown, index: number) => unknown,
): Map<unknown, unknown[]> {
  const groups = new Map<unknown, unknown[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
lend(Map, { groupBy: group });
lend(Object, {
  groupBy: (items: Iterable<unknown>, keyOf: (item: unknown, index: number) => PropertyKey) =>
    Object.fromEntries(group(items, keyOf) as Map<PropertyKey, unknown[]>),
});
lend(Set.prototype, {
  union(this: Set<unknown>, other: Set<unknown>) {
    return new Set([...this, ...other]);
  },
  intersection(this: Set<unknown>, other: Set<unknown>) {
    return new Set([...this].filter((item) => other.has(item)));
  },
  difference(this: Set<unknown>, other: Set<unknown>) {
    return new Set([...this].filter((item) => !other.has(item)));
  },
  isSubsetOf(this: Set<unknown>, other: Set<unknown>) {
    return [...this].every((item) => other.has(item));
  },
});
lend(URL, {
  canParse: (text: string, base?: string) => {
    try {
      return Boolean(new URL(text, base));
    } catch {
      return false;
    }
  },
});

// --- Electron ---
type Handler = (request: Request) => Response | Promise<Response>;

/** `protocol.handle` (Electron 25) over registerBufferProtocol: whole bodies, no streaming. */
function lendHandle(protocol: Electron.Protocol): void {
  lend(protocol, {
    handle: (scheme: string, handler: Handler) => {
      const done = protocol.registerBufferProtocol(scheme, (request, respond) => {
        void (async () => {
          const sent = request.uploadData?.map((part) => part.bytes) ?? [];
          const response = await handler(
            new Request(request.url, {
              method: request.method,
              headers: request.headers,
              ...(sent.length > 0 ? { body: Buffer.concat(sent) } : {}),
            }),
          );
          const headers: Record<string, string> = {};
          response.headers.forEach((value, name) => {
            headers[name] = value;
          });
          respond({
            statusCode: response.status,
            headers,
            mimeType: (headers['content-type'] ?? 'application/octet-stream').split(';')[0] as string,
            charset: 'utf-8',
            data: Buffer.from(await response.arrayBuffer()),
          });
        })().catch((error: unknown) => {
          console.error(`protocol.handle(${scheme}):`, error);
          respond({ error: -2 });
        });
      });
      if (done === (false as unknown)) throw new Error(`the scheme ${scheme} is already handled`);
    },
    unhandle: (scheme: string) => protocol.unregisterProtocol(scheme),
    isProtocolHandled: (scheme: string) => protocol.isProtocolRegistered(scheme),
  });
}
electron.app.on('session-created', (session) => lendHandle(session.protocol));
// The module's own `protocol` stands for the default session's, and may be used from `ready` on.
lendHandle(electron.protocol);

const MIME: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};
lend(electron.net, {
  fetch: async (input: string | URL, init?: Parameters<typeof fetchOver>[1]) => {
    const url = new URL(String(input));
    if (url.protocol !== 'file:') return fetchOver(url, init);
    const type = MIME[url.pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return new Response(await readFile(fileURLToPath(url)), { headers: { 'content-type': type } });
  },
});

const { safeStorage } = electron;
lend(safeStorage, {
  getSelectedStorageBackend: () => (safeStorage.isEncryptionAvailable() ? 'gnome_libsecret' : 'unknown'),
  isAsyncEncryptionAvailable: async () => safeStorage.isEncryptionAvailable(),
  encryptStringAsync: async (text: string) => safeStorage.encryptString(text),
  decryptStringAsync: async (bytes: Buffer) => ({
    result: safeStorage.decryptString(bytes),
    shouldReEncrypt: false,
  }),
});
