import type { HostNetwork } from '../../facts/network/host-network.ts';
import type { Edits } from './wish.ts';

/** What tells cloud-init to leave the network alone. */
export const CLOUD_SWITCH = '/etc/cloud/cloud.cfg.d/99-hostwright-network.cfg';

/** It names its files after itself, or says so at their beginning. */
const ITS_FILE = /cloud-init/;
const ITS_WORDS = /^#.*(cloud-init|provided by the datasource)/im;

/** cloud-init writes its own files anew at a boot; where one of them is changed, it is told to leave the network alone. */
export function withCloudSwitch(network: HostNetwork, edits: Edits): Edits {
  const off = [...network.files.values()].some(
    ({ path, text }) =>
      path === '/etc/cloud/cloud-init.disabled' ||
      (path.startsWith('/etc/cloud/') && /^\s*network:\s*(\n\s+|\{\s*)config:\s*disabled/m.test(text)),
  );
  const its = edits.files.some(({ path, before }) => ITS_FILE.test(path) || ITS_WORDS.test(before ?? ''));
  if (off || !its) return edits;
  const file = { path: CLOUD_SWITCH, before: null, after: 'network: {config: disabled}\n', mode: '0644' };
  return { ...edits, files: [...edits.files, file] };
}
