import type { Difference } from '../../core/change.ts';
import { backends } from './choose-backend.ts';
import { formatKeyfile } from './nm-profile.ts';
import { globalAddresses, linkNamed } from './runtime-state.ts';
import type { BridgeWork } from './wish.ts';

/** What a person sees: every file, every profile, the bridge itself, and the commands that make it so. */
export function differencesOf(work: BridgeWork): readonly Difference[] {
  const { files, profiles = [] } = work.edits;
  const persistent = [
    ...files.map(({ path, before, after }) => ({ label: path, before, after })),
    ...profiles.map(({ id, before, after }) => ({
      label: `NetworkManager profile ${id}`,
      before: before && after ? before : before && formatKeyfile(before),
      after: before && after ? after : after && formatKeyfile(after),
    })),
  ];
  const running = runtimeDifferences(work);
  if (running.length === 0) return persistent;
  const backend = backends[work.backend];
  const commands = [backend.leave(work), backend.enter(work)].flatMap((script) =>
    commandsIn(script?.text ?? ''),
  );
  return [
    ...persistent,
    ...running,
    { label: `commands (${work.backend})`, before: null, after: `${commands.join('\n')}\n` },
  ];
}

function runtimeDifferences({ state, wish, gap, after, network }: BridgeWork): readonly Difference[] {
  const link = linkNamed(network, wish.name);
  const before = link?.bridge
    ? {
        ports: link.bridge.ports,
        addresses: globalAddresses(network, wish.name),
        stp: link.bridge.stp,
        forward_delay: link.bridge.forwardDelay,
        mtu: link.mtu,
      }
    : null;
  const label = `bridge ${wish.name}`;
  if (state === 'absent') return gap.bridge ? [{ label, before, after: null }] : [];
  const stale = gap.stale
    .filter((port) => !gap.joining.includes(port))
    .map((port) => ({
      label: `addresses of ${port}`,
      before: globalAddresses(network, port).join('\n'),
      after: '',
    }));
  if (!gap.bridge && gap.joining.length === 0 && !gap.addressing && !gap.settings) return stale;
  const addresses = after.method === 'static' ? after.addresses : [after.method];
  const settings = {
    ...(wish.stp === null ? {} : { stp: wish.stp }),
    ...(wish.forwardDelay === null ? {} : { forward_delay: wish.forwardDelay }),
    ...(wish.mtu === null ? {} : { mtu: wish.mtu }),
    ...(wish.vlanFiltering === null ? {} : { vlan_filtering: wish.vlanFiltering }),
  };
  // Where only settings differ, each says by its own name what it is and shall be.
  if (before && !gap.addressing && gap.joining.length === 0) {
    const now: Readonly<Record<string, unknown>> = { ...before, vlan_filtering: link?.bridge?.vlanFiltering };
    const others = Object.entries(settings).filter(([key, value]) => now[key] !== value);
    return [
      ...others.map(([key, value]) => ({
        label: `${key} of ${label}`,
        before: String(now[key]),
        after: String(value),
      })),
      ...stale,
    ];
  }
  const ports = [...new Set([...(link?.bridge?.ports ?? []), ...wish.ports])];
  return [
    {
      label,
      before,
      after: {
        ...(before ?? {}),
        ports,
        ...(gap.addressing || !before ? { addresses, gateway: after.gateway } : {}),
        ...settings,
      },
    },
    ...stale,
  ];
}

const COMMAND =
  /(^|\b(?:do|then|in) |[{;&|] )(ifup|ifdown|ip|nmcli|netplan|networkctl|systemctl|apt-get|dhclient) /;

/** The lines of a script that run the network's own commands, without what only keeps their output away or cleans up. */
function commandsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) =>
      line.trim().replaceAll(/ (<\/dev\/null|>\/dev\/null|>&2|2>&1|2>\/dev\/null|\|\| (:|exit 1))/g, ''),
    )
    .filter(
      (line) => COMMAND.test(line) && !/^(case|until|while|tries=|if|for a) |;;$|flush dev "\$p"/.test(line),
    );
}
