import type { RemoteStream, Transport } from '../../src/core/connection.ts';
import { transports } from '../../src/transports/index.ts';

/** The local transport, watched: how often the direction turns from the host's words to ours. */
export interface Watched {
  readonly transports: typeof transports;
  /** Round trips: times that we spoke after the host had, or for the first time. The first starts the session. */
  readonly turns: () => number;
}

/** `onTurn` is called before the bytes of a turn go out, with its number from 1. */
export function watchLocal(onTurn: (turn: number) => void = () => {}): Watched {
  let turns = 0;
  const watch = (stream: RemoteStream): RemoteStream => {
    // The command has started the session.
    let speaking = true;
    const write = stream.stdin.write.bind(stream.stdin) as (...words: unknown[]) => boolean;
    stream.stdin.write = (...words: unknown[]) => {
      if (!speaking) {
        speaking = true;
        turns++;
        onTurn(turns);
      }
      return write(...words);
    };
    stream.stdout.prependListener('data', () => {
      speaking = false;
    });
    return stream;
  };
  const load = async (): Promise<Transport> => {
    const local = await (transports.local as () => Promise<Transport>)();
    return {
      ...local,
      open: async (target) => {
        const connection = await local.open(target);
        const start: typeof connection.start = async (argv) => {
          turns++;
          onTurn(turns);
          return watch(await connection.start(argv));
        };
        return { ...connection, start };
      },
    };
  };
  return { transports: { local: load }, turns: () => turns };
}
