import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { admin } from './admin.ts';
import { dropped, faultFor, portalPage } from './faults.ts';
import type { Call, Reply } from './http.ts';
import { json, restError } from './http.ts';
import { routeFor } from './routes.ts';
import type { World } from './world.ts';

const bodyLimit = 64 * 1024 * 1024;

export interface Sandbox {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly world: World;
  close(): Promise<void>;
}

class BodyTooLong extends Error {}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > bodyLimit) throw new BodyTooLong();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers, body } = reply;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body ?? '') });
    response.end(body);
    return;
  }
  response.writeHead(status, headers);
  // A client that goes away in the middle of a stream is no fault of ours.
  await pipeline(Readable.from(body), response).catch(() => response.destroy());
}

/** Starts the loopback AWS on 127.0.0.1. `port` 0 takes any free one. Rejects when the port is in use. */
export async function startSandbox(world: World, port = 0): Promise<Sandbox> {
  const { log } = world;
  const adminToken = randomBytes(24).toString('base64url');
  let hosts: readonly string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = Date.now();
    const now = received + world.switches.clockSkewMs;
    response.setHeader('date', new Date(now).toUTCString());
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    const rawQuery = at < 0 ? '' : url.slice(at + 1);
    const path = at < 0 ? url : url.slice(0, at);
    let body: Buffer;
    try {
      body = await readBody(request);
    } catch (error) {
      if (error instanceof BodyTooLong)
        await send(response, { status: 413, headers: { connection: 'close' } });
      else response.destroy();
      return;
    }
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const call: Call = {
      method: request.method ?? 'GET',
      path,
      rawQuery,
      query: new URLSearchParams(rawQuery),
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body,
      now,
      gone: gone.signal,
      note: {},
    };
    // A name that was made to resolve to this computer must not reach it.
    const { host = '' } = request.headers;
    const isOwn = hosts.includes(host);
    if (!isOwn && !world.switches.hosts.includes(host)) return send(response, { status: 421 });
    if (isOwn && path.startsWith('/_sandbox/')) return send(response, await admin(world, adminToken, call));

    const route = routeFor(call);
    if (route?.operation !== undefined) call.note.operation = route.operation;
    const record = (status: number) => {
      log.add({
        time: new Date(received).toISOString(),
        service: route?.service ?? 'unknown',
        method: call.method,
        path,
        status,
        durationMs: Date.now() - received,
        ...call.note,
      });
    };
    if (route === undefined) {
      const { captivePortal } = world.switches;
      if (captivePortal !== 'off') return send(response, portalPage(captivePortal, call));
      record(404);
      return send(
        response,
        restError(call, 404, 'UnknownOperationException', 'The sandbox does not play this.'),
      );
    }
    const fault = route.service === 'page' ? undefined : await faultFor(world, route.service, call);
    if (fault === dropped) {
      record(0);
      response.destroy();
      return;
    }
    const reply = fault ?? (await route.handle(world, call));
    record(reply.status);
    return send(response, reply);
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (response.headersSent) response.destroy();
      else void send(response, json(500, { message: 'The sandbox itself has failed.' }));
    });
  });
  server.keepAliveTimeout = 30_000;
  const listen = (on: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port);
  const bound = (server.address() as AddressInfo).port;
  let back: NodeJS.Timeout | undefined;
  world.goAway = (ms) => {
    if (back !== undefined) return;
    // Whoever asked for it gets the answer first.
    setTimeout(() => {
      server.close();
      server.closeAllConnections();
    }, 20);
    back = setTimeout(() => {
      back = undefined;
      listen(bound).catch((error: unknown) => process.stderr.write(`sandbox: cannot come back: ${error}\n`));
    }, ms + 20);
  };
  hosts = [`127.0.0.1:${bound}`, `localhost:${bound}`];
  world.baseUrl = `http://127.0.0.1:${bound}`;
  return {
    baseUrl: world.baseUrl,
    adminToken,
    world,
    close: () =>
      new Promise((resolve) => {
        clearTimeout(back);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
