/** `attach-program.ts SOCKET TICKET`: shows a session in this terminal, as `bedrock-tray sessions attach` does. */
import { attachTerminal } from '../../../src/cli/attach-terminal.ts';

const [, , socket = '', ticket = ''] = process.argv;
const result = await attachTerminal(socket, ticket);
process.stdout.write(`\r\nleft: ${result.kind}\r\n`);
process.exit(0);
