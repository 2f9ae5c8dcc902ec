/** What went over a practice host's channels; for tests of how chatty a client is. */
export interface Traffic {
  readonly connections: number;
  readonly channels: number;
  /** Bytes of standard input that clients sent. */
  readonly bytesFromClient: number;
  /** Bytes of standard output and standard error that clients were sent. */
  readonly bytesToClient: number;
  /**
   * How often the host began to answer after a client had spoken, summed over the channels. One request with one answer is one round
   * trip, whatever their sizes, as long as the client sends the whole request before it waits.
   */
  readonly roundTrips: number;
}

export interface TrafficCounter {
  readonly totals: () => Traffic;
  readonly reset: () => void;
  readonly connection: () => void;
  /** Begins a channel; the two functions are told of its bytes as they pass. */
  readonly channel: () => {
    readonly fromClient: (bytes: number) => void;
    readonly toClient: (bytes: number) => void;
  };
}

const nothing: Traffic = { connections: 0, channels: 0, bytesFromClient: 0, bytesToClient: 0, roundTrips: 0 };

export function createTrafficCounter(): TrafficCounter {
  let totals = { ...nothing };
  return {
    totals: () => ({ ...totals }),
    reset: () => {
      totals = { ...nothing };
    },
    connection: () => {
      totals.connections += 1;
    },
    channel: () => {
      totals.channels += 1;
      let clientSpoke = false;
      return {
        fromClient: (bytes) => {
          totals.bytesFromClient += bytes;
          clientSpoke = true;
        },
        toClient: (bytes) => {
          totals.bytesToClient += bytes;
          if (clientSpoke) totals.roundTrips += 1;
          clientSpoke = false;
        },
      };
    },
  };
}
