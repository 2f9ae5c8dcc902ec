import type { ReporterName } from '../reporters/index.ts';

/** Options that say what opens encrypted files and values. */
export interface VaultFlags {
  readonly askVaultPass?: true;
  readonly vaultPasswordFile?: readonly string[];
  readonly vaultId?: readonly string[];
}

/** Options that decide how hosts are reached; the same for all commands that contact hosts. */
export interface ConnectionFlags {
  readonly user?: string;
  readonly privateKey?: string;
  readonly askPass?: true;
  readonly connectionPasswordFile?: string;
  readonly connection?: string;
  readonly timeout?: number;
  readonly keepConnection?: number;
  readonly knownHosts?: string;
  readonly sshConfig?: string;
  readonly become?: true;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly askBecomePass?: true;
  readonly becomePasswordFile?: string;
  readonly forks: number;
}

/** Options of commands that run tasks. */
export interface TaskFlags extends ConnectionFlags {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly extraVars?: readonly string[];
  readonly check?: true;
  readonly diff?: true;
  readonly reporter?: ReporterName;
  /** False with `--no-pipeline`. */
  readonly pipeline?: boolean;
  /** Number of `-v`. */
  readonly verbose?: number;
}
