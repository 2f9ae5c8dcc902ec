import { connect, type Socket } from 'node:net';

/** Bytes under way in one direction before the sender is told to wait. */
const mostUnderWay = 8 * 1024 * 1024;

/**
 * What accepts connections in front of another server and holds every byte back for `delayMs` in each direction, whatever its rate, as a
 * long line does: the round trip grows by twice the delay, the throughput stays.
 */
export function slowLinkTo(target: { readonly address: string; readonly port: number }, delayMs: number) {
  return (near: Socket): void => {
    const far = connect({ host: target.address, port: target.port, noDelay: true });
    far.on('error', () => near.destroy());
    forward(near, far, delayMs);
    forward(far, near, delayMs);
  };
}

function forward(from: Socket, to: Socket, delayMs: number): void {
  let underWay = 0;
  from.on('data', (chunk) => {
    underWay += chunk.length;
    if (underWay > mostUnderWay) from.pause();
    // Timers of one length fire in the order in which they were set.
    setTimeout(() => {
      underWay -= chunk.length;
      const flows = to.write(chunk);
      if (!flows) {
        from.pause();
        to.once('drain', () => from.resume());
      } else if (from.isPaused() && underWay < mostUnderWay) from.resume();
    }, delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
  from.on('close', () => setTimeout(() => to.destroy(), delayMs));
}
