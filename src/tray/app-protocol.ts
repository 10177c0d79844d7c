import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { protocol } from 'electron';
import { pageOrigin } from '../contract/page-relay.ts';
import { contentTypes, pageHeaders, servedFile } from './served-file.ts';

/** Serves the built page, and nothing else, at app://bedrock-tray/. */
export function serveApp(root: string): void {
  protocol.handle(pageOrigin.scheme, async (request) => {
    const file = servedFile(root, request.method, request.url);
    if (file === null) return new Response('', { status: 404, headers: pageHeaders });
    try {
      const body = await readFile(file);
      return new Response(body, {
        headers: {
          ...pageHeaders,
          'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
        },
      });
    } catch {
      return new Response('', { status: 404, headers: pageHeaders });
    }
  });
}
