import { connect, type Socket } from 'node:net';
import type { ByteDuplex } from './terminal-connection.ts';

/** A socket to the pty-host (the path that `sessions.attach` answers) as what a TerminalConnection runs over. */
export function terminalSocket(path: string): ByteDuplex {
  return duplexOf(connect(path));
}

/** Any stream socket as a ByteDuplex. */
export function duplexOf(socket: Socket): ByteDuplex {
  return {
    open({ bytes, closed }) {
      socket.setNoDelay(true);
      socket.on('data', bytes);
      socket.on('error', () => socket.destroy());
      socket.on('close', closed);
    },
    send(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    close() {
      socket.end();
      socket.destroySoon();
    },
  };
}
