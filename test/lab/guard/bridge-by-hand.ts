// A bridge over the card that carries the connection, made by a module of a playbook's own: the guard without any backend's planning.
import { defineInputs, defineModule, definePlaybook, input, play } from 'hostwright';
import { z } from 'zod';

const inputs = defineInputs({
  gateway: input.string({ default: '' }),
  address: input.string({ default: '' }),
  timeout: input.number({ default: 40 }),
  connect_to: input.string({ default: '' }),
  probe: input.list({ default: [] }),
  apply: input.string({ default: '' }),
  tear_down: input.string({ default: '' }),
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

interface Plan {
  readonly address: string;
  readonly gateway: string;
  readonly mac: string;
  readonly own: boolean;
}

const bridge = defineModule({
  name: 'bridge_by_hand',
  summary: 'Put a bridge over eth0 with ifupdown.',
  params: z.strictObject({
    gateway: z.string().describe('Another gateway than now; empty: the same.'),
    address: z.string().describe('Another address than now; empty: the same.'),
    timeout: z.number().describe('Of the guard.'),
    connect_to: z.string().describe('Of the guard.'),
    probe: z.array(z.string()).describe('Of the guard.'),
    apply: z.string().describe('Runs before the change.'),
    tear_down: z.string().describe('Runs instead of the tear-down.'),
  }),
  examples: [],
  reads: () => ({
    now: {
      kind: 'host' as const,
      name: 'the bridge',
      script: {
        text: `
ls /sys/class/net/br0/brif 2>/dev/null; echo --
cat /sys/class/net/eth0/address
ip -o -4 addr show br0 2>/dev/null | sed 's/.* inet \\([^ ]*\\).*/\\1/'; echo --
ip -o -4 addr show eth0 | sed 's/.* inet \\([^ ]*\\).*/\\1/'; echo --
ip route show default | sed -n 's/.*via \\([^ ]*\\).*/\\1/p'`,
      },
      parse: ({ stdout }: { stdout: Uint8Array }) => text(stdout).split('--\n'),
    },
  }),
  check: (params, { now }) => {
    const [ports = '', second = '', old = '', gateway = ''] = now;
    const [mac = '', own = ''] = second.split('\n');
    const address = params.address || own || old.trim();
    if (ports.trim() === 'eth0' && own === address && (params.gateway || gateway.trim()) === gateway.trim())
      return null;
    const data: Plan = { address, gateway: params.gateway || gateway.trim(), mac, own: own !== '' };
    return { differences: [{ label: 'the bridge br0', before: null, after: address }], data };
  },
  apply: () => ({ text: 'exit 1' }),
  guarded: ({ data }: { data: Plan }, params) => ({
    settings: {
      timeout: params.timeout,
      probe: params.probe,
      ...(params.connect_to ? { connectTo: params.connect_to } : {}),
    },
    change: {
      backend: 'ifupdown',
      interfaces: ['eth0'],
      newInterfaces: data.own ? [] : ['br0'],
      paths: ['/etc/network', '/etc/resolv.conf', '/etc/not-there'],
      apply: {
        text: `
${params.apply}
set -e
if [ -d /sys/class/net/br0 ]; then ifdown br0; else ifdown eth0; fi
rm -f /etc/network/interfaces.d/*
cat >/etc/network/interfaces.d/br0 <<END
iface eth0 inet manual
auto br0
iface br0 inet static
    address ${data.address}
    gateway ${data.gateway}
    bridge_ports eth0
    bridge_fd 0
    bridge_hw ${data.mac}
END
ifup br0`,
      },
      tearDown: { text: params.tear_down || 'ifdown --force br0 eth0' },
      restore: { text: 'ip addr flush dev eth0; ifup --force -a' },
      restoreAtBoot: null,
      applySeconds: 10,
      forwardingSeconds: 0,
    },
  }),
});

export default definePlaybook({
  inputs,
  plays: [
    play('Bridge', {
      hosts: 'all',
      tasks() {
        bridge('Make a bridge', {
          gateway: () => String(inputs.gateway),
          address: () => String(inputs.address),
          timeout: () => Number(inputs.timeout),
          connect_to: () => String(inputs.connect_to),
          probe: () => inputs.probe as never,
          apply: () => String(inputs.apply),
          tear_down: () => String(inputs.tear_down),
        } as never);
      },
    }),
  ],
});
