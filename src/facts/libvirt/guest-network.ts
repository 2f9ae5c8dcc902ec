import type { HostRead, ReadOutput } from '../../core/read.ts';
import type { Script } from '../../core/script.ts';
import { sh } from '../../shell/sh.ts';

/** What a guest says of its own network, and what its host says of the card. */
export interface GuestNetwork {
  /** Why nothing could be asked inside; undefined where it could. */
  readonly closed: string | undefined;
  /** Cards of the domain, as the host sees them. */
  readonly cards: readonly {
    readonly mac: string;
    readonly type: string;
    readonly source: string;
    /** IPv4 of the bridge that it is plugged into, CIDR. */
    readonly bridgeAddress: string | undefined;
  }[];
  /** Cards as the guest sees them. */
  readonly devices: readonly { readonly name: string; readonly mac: string }[];
  readonly addresses: readonly { readonly device: string; readonly address: string }[];
  readonly defaultRoutes: readonly { readonly device: string; readonly gateway: string }[];
  /** Directory with ifcfg files is there. */
  readonly ifcfg: boolean;
  /** ifcfg files, by device. */
  readonly files: ReadonlyMap<string, string>;
}

/** Runs in the guest. Only what does not change by itself is printed: two looks at the same state are the same. */
export const insideScript: Script = sh`
  LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
  for link in /sys/class/net/*; do
    if [ -e "$link/device" ]; then echo "device \${link##*/} $(cat "$link/address")"; fi
  done
  ip -o -4 addr 2>/dev/null | sed -n 's/^[0-9]*: *\([^ ]*\)  *inet \([0-9./]*\) .*/address \1 \2/p'
  ip -4 route 2>/dev/null | sed -n 's/^default via \([0-9.]*\) dev \([^ ]*\).*/default \2 \1/p'
  if [ -d /etc/sysconfig/network-scripts ]; then
    echo ifcfg
    for file in /etc/sysconfig/network-scripts/ifcfg-*; do
      case $file in *-lo|*\~|*.bak|*.rpmsave|*.rpmnew) continue;; esac
      if [ -f "$file" ]; then echo "file \${file##*/ifcfg-}"; head -c 8192 "$file" | sed 's/^/|/'; echo; fi
    done
  fi`;

/** `around` wraps the script that runs inside, `answer` reads what it then prints. */
export function guestNetwork(
  domain: string,
  around: (inside: Script) => Script,
  answer: (output: ReadOutput) => { readonly output: string } | { readonly reason: string },
): HostRead<GuestNetwork> {
  return {
    kind: 'host',
    name: `network inside ${domain}`,
    script: sh`
      LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL PATH
      virsh -q -c qemu:///system domiflist ${domain} </dev/null 2>/dev/null | while read -r tap type source _ mac; do
        case $mac in *:*:*:*:*:*) ;; *) continue;; esac
        bridge=$(readlink "/sys/class/net/$tap/master")
        on=$(ip -o -4 addr show dev "\${bridge##*/}" 2>/dev/null | sed -n '1s/.* inet \([0-9./]*\).*/\1/p')
        echo "card $mac $type $source \${on:--}"
      done
      echo inside
      ${around(insideScript)}`,
    parse: (output) => {
      const text = new TextDecoder().decode(output.stdout);
      const at = text.indexOf('inside\n');
      const inside = answer({
        ...output,
        stdout: new TextEncoder().encode(text.slice(at + 'inside\n'.length)),
      });
      return parseGuestNetwork(text.slice(0, at), inside);
    },
  };
}

function parseGuestNetwork(
  outside: string,
  inside: { readonly output: string } | { readonly reason: string },
): GuestNetwork {
  const lines = ('output' in inside ? inside.output : '').split('\n').map((line) => line.replace(/\r$/, ''));
  const words = (text: readonly string[], first: string) =>
    text.filter((line) => line.startsWith(`${first} `)).map((line) => line.split(' ').slice(1));
  const files = new Map<string, string>();
  let open: string | undefined;
  for (const line of lines) {
    if (line.startsWith('file ')) {
      open = line.slice('file '.length);
      files.set(open, '');
    } else if (line.startsWith('|') && open !== undefined) {
      files.set(open, `${files.get(open)}${line.slice(1)}\n`);
    }
  }
  return {
    closed: 'reason' in inside ? inside.reason : undefined,
    cards: words(outside.split('\n'), 'card').map(([mac = '', type = '', source = '', on = '-']) => ({
      mac: mac.toLowerCase(),
      type,
      source,
      bridgeAddress: on === '-' ? undefined : on,
    })),
    devices: words(lines, 'device').map(([name = '', mac = '']) => ({ name, mac: mac.toLowerCase() })),
    addresses: words(lines, 'address').map(([device = '', address = '']) => ({ device, address })),
    defaultRoutes: words(lines, 'default').map(([device = '', gateway = '']) => ({ device, gateway })),
    ifcfg: lines.includes('ifcfg'),
    files,
  };
}
