// A process of its own, so that its work is not the controller's: ADDRESS PORT TO-ADDRESS TO-PORT DELAY-MS-PER-DIRECTION
import { createServer } from 'node:net';
import { slowLinkTo } from '../../src/practice/slow-link.ts';

const [address, port, toAddress = '', toPort, delay] = process.argv.slice(2);
createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  slowLinkTo({ address: toAddress, port: Number(toPort) }, Number(delay))(socket);
}).listen(Number(port), address);
