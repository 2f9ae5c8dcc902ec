import type { Transport } from '../core/connection.ts';
import { processConnection, startProcess } from './process.ts';

/** The controller itself. */
export const local: Transport = {
  name: 'local',
  open: async () => processConnection(startProcess),
};
