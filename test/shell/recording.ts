import type { Connection } from '../../src/core/connection.ts';

/** A connection that also notes down what is written to the host, one entry per write, and the last words of what is started there. */
export function recording(connection: Connection, writes: string[], commands: string[] = []): Connection {
  return {
    ...connection,
    start: async (argv) => {
      commands.push(argv.at(-1) ?? '');
      const stream = await connection.start(argv);
      const write = stream.stdin.write.bind(stream.stdin);
      stream.stdin.write = ((chunk: Uint8Array | string, ...rest: []) => {
        writes.push(Buffer.from(chunk as Uint8Array).toString('latin1'));
        return write(chunk, ...rest);
      }) as typeof stream.stdin.write;
      return stream;
    },
  };
}
