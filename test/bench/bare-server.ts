/** The floor of the vending bench: node:http that answers a body of the same size and knows nothing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = JSON.stringify({
  AccessKeyId: 'x'.repeat(20),
  SecretAccessKey: 'x'.repeat(40),
  Token: 'x'.repeat(300),
  Expiration: new Date(0).toISOString(),
  AccountId: '0'.repeat(12),
});
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
