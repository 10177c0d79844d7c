import { TerminalConnection } from '../../src/client/terminal-connection.ts';
import { terminalSocket } from '../../src/client/terminal-socket.ts';

/** A client in a process of its own: attaches, lets the flood go, and says how fast it came. */
process.once('message', (message: { socket: string; ticket: string; forever?: boolean }) => {
  let bytes = 0;
  let began = 0;
  const connection = new TerminalConnection(
    terminalSocket(message.socket),
    { ticket: message.ticket, cols: 80, rows: 24 },
    {
      output: (chunk) => {
        bytes += chunk.byteLength;
        connection.consumed(chunk.byteLength);
      },
      live: () => {
        if (message.forever) return;
        bytes = 0;
        began = performance.now();
        connection.input('\r');
      },
      exit: () => process.send?.({ rate: (bytes / (performance.now() - began)) * 1000, bytes }),
    },
  );
});
