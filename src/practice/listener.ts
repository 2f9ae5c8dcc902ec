import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { cannotListen } from './problems.ts';

export interface Listener {
  readonly port: number;
  /** Stops listening and ends every connection. */
  readonly close: () => Promise<void>;
}

/** Milliseconds that clients have to close their end. */
const graceMs = 250;

/** Listens on a free port. Rejects with a HostwrightError. */
export async function openListener(address: string, accept: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  // No delay, as in sshd: small packets that wait for each other cost 40 ms each (Nagle's algorithm with delayed acknowledgements).
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away is its own affair.
    socket.on('error', () => socket.destroy());
    accept(socket);
  });
  server.listen(0, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(address, error as Error);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      // A polite end first: cut while it still sends, a client that is just saying goodbye would see a broken connection.
      for (const socket of sockets) socket.end();
      const impatience = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(impatience);
    },
  };
}
