import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What stands between the program and a server, and cuts connections in the middle of what they carry. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes that were let through so far: to the server, and from it. */
  readonly passed: () => { readonly up: number; readonly down: number };
  /** Connections that were made. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/**
 * `cuts` says for the first, second, … connection after how many bytes to (`up`) or from (`down`) the server it is cut, and with `to` that it
 * leads to another server.
 */
export async function startCuttingProxy(
  serverPort: number,
  cuts: readonly { readonly up?: number; readonly down?: number; readonly to?: number }[],
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const total = { up: 0, down: 0 };
  let connections = 0;
  const server: Server = createServer((near) => {
    const cut = cuts[connections] ?? {};
    connections += 1;
    const far = connect(cut.to ?? serverPort, '127.0.0.1');
    const end = () => {
      near.destroy();
      far.destroy();
    };
    const pass = (from: Socket, to: Socket, way: 'up' | 'down') => {
      let passed = 0;
      from.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        total[way] += chunk.length;
        if (passed > (cut[way] ?? Number.POSITIVE_INFINITY)) return end();
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('close', end);
      from.on('error', end);
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    pass(near, far, 'up');
    pass(far, near, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed: () => ({ ...total }),
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
