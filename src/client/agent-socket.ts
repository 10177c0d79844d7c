import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { BedrockTrayError, ErrorView } from '../contract/errors.ts';
import type { Role } from '../contract/roles.ts';
import { routes } from '../contract/routes.ts';
import { PROTOCOL_VERSION } from '../contract/version.ts';
import { type AgentPlaces, isTrustedPlace } from './agent-places.ts';

const HANDSHAKE_TIMEOUT_MS = 5000;
const MAX_REFUSAL_BYTES = 16_384;

/** Reads a refused upgrade's body as the error it names. */
async function refusal(response: IncomingMessage, path: string): Promise<BedrockTrayError> {
  let body = '';
  for await (const chunk of response) {
    body += chunk;
    if (body.length > MAX_REFUSAL_BYTES) break;
  }
  try {
    const view = ErrorView.parse(JSON.parse(body));
    return new BedrockTrayError(view.code, view.params as never);
  } catch (cause) {
    return new BedrockTrayError('SocketInUse', { path }, { cause });
  }
}

/**
 * Opens a WebSocket to the agent in a role; undefined when no agent listens. Its text frames are the contract's:
 * give it to rpcClient(), or relay them unread. Errors: ProtocolMismatch, SocketInUse (something else answers),
 * AgentUnavailable (it does not answer in time).
 */
export async function openAgentSocket(places: AgentPlaces, role: Role): Promise<WebSocket | undefined> {
  if (!isTrustedPlace(places.agent)) return undefined;
  const { path } = places.agent;
  const socket = new WebSocket(`ws://localhost${routes.rpc}?role=${role}&protocol=${PROTOCOL_VERSION}`, {
    // A connection of one's own making must bring the time limit along.
    createConnection: () => connect({ path, timeout: HANDSHAKE_TIMEOUT_MS }),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.off('error', failed);
      // A later failure is also told by 'close', which rpcClient listens to.
      socket.on('error', () => {});
      resolve(socket);
    });
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      // The agent ended while it was asked: as good as absent.
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.message === 'socket hang up')
        resolve(undefined);
      else if (error.code?.startsWith('HPE_') || error.code === 'ENOTSOCK')
        reject(new BedrockTrayError('SocketInUse', { path }, { cause: error }));
      else reject(new BedrockTrayError('AgentUnavailable', { reason: error.message }, { cause: error }));
    };
    socket.on('error', failed);
    socket.once('unexpected-response', (request, response) => {
      refusal(response, path)
        .then(reject, reject)
        .finally(() => request.destroy());
    });
  });
}
