import type { Script } from '../../core/script.ts';
import type { HostNetwork } from '../../facts/network/host-network.ts';
import type { BackendName } from './backend-detection.ts';
import type { BridgeWish, BridgeWork, Configured, Edits } from './wish.ts';

/** One way to configure a host's network, persistently and now. All of it is pure: texts in, texts and scripts out. */
export interface Backend {
  readonly name: BackendName;
  /** What the files say of an interface; null where they do not name it. */
  readonly configured: (network: HostNetwork, name: string) => Configured | null;
  /** What has to be different in the files for the bridge to be. What is so already is not named. Throws what is refused. */
  readonly present: (network: HostNetwork, wish: BridgeWish) => Edits;
  /** The same for no bridge: its first port has its addresses, routes and name servers. */
  readonly absent: (network: HostNetwork, wish: BridgeWish) => Edits;
  /** Directories and files that may change, with what activation writes by itself. */
  readonly paths: (network: HostNetwork) => readonly string[];
  /** Before the files are placed. */
  readonly leave: (work: BridgeWork) => Script | null;
  /** After the files are placed: makes the running network so. */
  readonly enter: (work: BridgeWork) => Script;
  /** First step back, with the new files in place. */
  readonly tearDown: (work: BridgeWork) => Script;
  /** Last step back, with the old files in place again. */
  readonly restore: (work: BridgeWork) => Script;
  /** At boot, when only files are back. */
  readonly restoreAtBoot: (work: BridgeWork) => Script | null;
  /** Tells the backend of new files without touching what runs; where nothing needs to be activated. */
  readonly reread: (work: BridgeWork) => Script | null;
  /** Undo's part beyond files: whatever else the backend keeps its configuration in goes back to what it was. */
  readonly putBack?: (work: BridgeWork) => Script;
  /** Seconds that activation may take where there is time enough. */
  readonly seconds: number;
}
