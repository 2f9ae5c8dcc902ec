import type { Script } from '../../core/script.ts';
import type { HostNetwork, Profile } from '../../facts/network/host-network.ts';
import { sh } from '../../shell/sh.ts';
import type { Backend } from './backend.ts';
import { changeProfiles, PROFILE_DIRECTORIES, putProfilesBack } from './nm-changes.ts';
import { ipv4OfProfile, listOf, masterOf, portProfiles, profileOf } from './nm-profile.ts';
import { absentProfiles, presentProfiles } from './nmcli-edits.ts';
import { announce, clearPorts, isOnlyAddressed, steps } from './runtime-scripts.ts';
import type { BridgeWork, Configured, ProfileEdit } from './wish.ts';

/** NetworkManager: new profiles as keyfiles with UUIDs of their own choosing, changes of old ones through nmcli. */
export const nmcli: Backend = {
  name: 'nmcli',
  seconds: 60,
  configured,
  present: presentProfiles,
  absent: absentProfiles,
  paths: () => [
    ...PROFILE_DIRECTORIES,
    '/etc/sysconfig/network-scripts',
    '/var/lib/NetworkManager/no-auto-default.state',
    '/etc/resolv.conf',
  ],
  leave: () => null,
  enter,
  // New profiles go while NetworkManager knows them: with them it takes their devices away.
  tearDown: ({ edits }) =>
    steps(
      made(edits.profiles).map(({ uuid }) => sh`nmcli connection delete uuid ${uuid} >/dev/null 2>&1 || :`),
    ),
  restore: (work) => {
    const { state, wish, network, edits } = work;
    const activate = (name: string) => {
      const uuid = network.managedDevices.find(({ device }) => device === name)?.uuid;
      if (!uuid) return [];
      // What has lost its cable since cannot come up, and does so by itself with the cable.
      const noCable = sh`[ "$(cat ${`/sys/class/net/${name}/carrier`} 2>/dev/null)" = 0 ]`;
      return [sh`nmcli --wait 45 connection up uuid ${uuid} >/dev/null || ${noCable} || exit 1`];
    };
    const links = isOnlyAddressed(work) ? [] : state === 'present' ? wish.ports : [...wish.ports, wish.name];
    return steps([
      sh`
        for u in ${made(edits.profiles).map(({ uuid }) => uuid)}; do nmcli connection delete uuid "$u" >/dev/null 2>&1 || :; done
        nmcli connection reload
        sleep 1
      `,
      ...(isOnlyAddressed(work)
        ? [sh`nmcli device reapply ${wish.name} || nmcli --wait 45 device connect ${wish.name}`]
        : []),
      ...links.flatMap(activate),
    ]);
  },
  restoreAtBoot: () => null,
  // New profiles went with tearDown already, where there was one.
  putBack: ({ edits }) => putProfilesBack(edits.profiles ?? []),
  reread: ({ edits }) => changeProfiles(edits.profiles ?? []),
};

function configured(network: HostNetwork, name: string): Configured | null {
  const profile = profileOf(network, name);
  if (!profile) return null;
  const isBridge = profile['connection.type'] === 'bridge';
  const six = listOf(profile['ipv6.addresses']);
  return {
    files: [`NetworkManager profile ${profile['connection.id']}`],
    ipv4:
      masterOf(profile) === ''
        ? ipv4OfProfile(profile)
        : { method: 'none', addresses: [], gateway: null, dns: [] },
    ipv6: {
      method:
        six.length > 0 ? 'static' : /^(auto|dhcp)$/.test(profile['ipv6.method'] ?? '') ? 'auto' : 'none',
      addresses: six,
    },
    master: bridgeOf(network, profile),
    ports: isBridge
      ? portProfiles(network, name).flatMap((port) => port['connection.interface-name'] || [])
      : null,
    mac: isBridge ? profile['bridge.mac-address'] || null : null,
    atBoot: profile['connection.autoconnect'] !== 'no',
  };
}

function bridgeOf(network: HostNetwork, profile: Profile): string | null {
  const master = masterOf(profile);
  if (master === '') return null;
  const named = network.profiles.find((one) => one['connection.uuid'] === master);
  return named?.['connection.interface-name'] ?? master;
}

function made(profiles: readonly ProfileEdit[] = []): readonly ProfileEdit[] {
  return profiles.filter(({ before }) => before === null);
}

function enter(work: BridgeWork): Script {
  const { state, wish, edits, gap, network } = work;
  const profiles = edits.profiles ?? [];
  // Removing comes last: the device goes with its profile, and the port must be on its own by then.
  const lasting = profiles.filter(({ after }) => after !== null);
  const gone = profiles.filter(({ after }) => after === null);
  if (state === 'absent') {
    const [port] = wish.ports;
    const back = lasting.map(({ uuid }) => uuid).slice(0, 1);
    return steps([
      changeProfiles(lasting),
      ...back.map((uuid) => sh`nmcli --wait 60 connection up uuid ${uuid} >/dev/null`),
      changeProfiles(gone),
      sh`ip link del ${wish.name} 2>/dev/null || :`,
      ...(port === undefined ? [] : [announce(port)]),
    ]);
  }
  const uuidOf = (name: string) =>
    profiles.find((edit) => edit.after?.['connection.interface-name'] === name && edit.before === null)
      ?.uuid ??
    profileOf(network, name)?.['connection.uuid'] ??
    '';
  const joining = gap.bridge ? wish.ports : gap.joining;
  return steps([
    changeProfiles(lasting),
    ...joining.map((port) => sh`nmcli --wait 60 connection up uuid ${uuidOf(port)} >/dev/null`),
    ...(wish.ports.length === 0 && gap.bridge
      ? [sh`nmcli --wait 30 connection up uuid ${uuidOf(wish.name)} >/dev/null`]
      : []),
    ...(gap.bridge || !(gap.addressing || gap.settings)
      ? []
      : [
          sh`nmcli device reapply ${wish.name} >/dev/null || nmcli --wait 60 connection up uuid ${uuidOf(wish.name)} >/dev/null`,
        ]),
    sh`
      tries=300
      until [ "$(nmcli -t -f GENERAL.STATE connection show uuid ${uuidOf(wish.name)} 2>/dev/null)" = GENERAL.STATE:activated ]; do
        [ "$tries" -gt 0 ] || { echo 'NetworkManager did not bring the bridge up.' >&2; exit 1; }
        sleep 0.2
        tries=$((tries - 1))
      done
    `,
    ...(wish.forwardDelay === null || wish.stp
      ? []
      : [
          sh`printf %s ${Math.round(wish.forwardDelay * 100)} > ${`/sys/class/net/${wish.name}/bridge/forward_delay`} || :`,
        ]),
    changeProfiles(gone),
    clearPorts(wish.ports),
    announce(wish.name),
  ]);
}
