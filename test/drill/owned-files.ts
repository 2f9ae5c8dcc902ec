import { lab } from '../lab/lab.ts';
import { besides, nobody, type Scenario, throughGateway, told } from './scenario.ts';

/** What is special about the files that are changed. */
export const fileScenarios: readonly Scenario[] = [
  ...(['CONFIRMED', 'ROLLED_BACK'] as const).map(
    (expected): Scenario => ({
      number: '33',
      name: `cloud-init owns the file; ${expected === 'CONFIRMED' ? 'good change' : 'wrong gateway'}`,
      expected,
      backends: ['netplan', 'ifupdown', 'networkd'],
      leaves: expected === 'CONFIRMED' ? 'after' : 'before',
      play: async (trial) => {
        await trial.host.inside(`
          mkdir -p /etc/cloud/cloud.cfg.d
          for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/systemd/network/10-eth0.network; do
            [ ! -f "$file" ] || sed -i '1i # This file is generated from information provided by the datasource.' "$file"
          done`);
        const before = await trial.state();
        const good = expected === 'CONFIRMED';
        const run = await trial.bridge(good ? {} : { ipv4: throughGateway(trial.host, nobody()) });
        const { rc } = await trial.host.inside('grep -rq "config: disabled" /etc/cloud');
        return {
          ...besides(told(run), [good === (rc === 0), 'cloud-init was not told what it must be told']),
          before,
        };
      },
    }),
  ),
  {
    number: '34',
    name: 'netplan adds up the addresses of two files',
    expected: 'CONFIRMED',
    backends: ['netplan'],
    leaves: 'after',
    play: async (trial) => {
      const more = `${lab.lan.freeAddress()}/24`;
      await trial.host.write(
        '/etc/netplan/60-more.yaml',
        `network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: [${more}]\n`,
        '600',
      );
      await trial.host.inside('netplan apply');
      await trial.sleep(2);
      const run = await trial.bridge({});
      const { stdout } = await trial.host.inside(
        'netplan apply; sleep 2; ip -o -4 addr show dev eth0; echo --; ip -o -4 addr show dev br0',
      );
      const [card = '', bridge = ''] = stdout.split('--');
      return besides(
        told(run),
        [card.trim() === '', `the card has an address still: ${card}`],
        [bridge.includes(more) && bridge.includes(trial.host.address), `the bridge has: ${bridge}`],
      );
    },
  },
  {
    number: '35',
    name: 'whatever lies in interfaces.d is loaded: nothing but configuration is put there',
    expected: 'CONFIRMED',
    backends: ['ifupdown'],
    leaves: 'after',
    play: async (trial) => {
      const seen = new Set<string>();
      const look = async () => {
        const { stdout } = await trial.host.inside('ls /etc/network/interfaces.d');
        for (const name of stdout.trim().split('\n')) seen.add(name);
      };
      const run = await trial.bridge({}, { during: () => void look() });
      await look();
      const strange = [...seen].filter((name) => !['eth0', 'br0', 'hostwright-br0'].includes(name));
      return besides(told(run), [strange.length === 0, `it holds ${strange.join(', ')}`]);
    },
  },
  ...(['CONFIRMED', 'ROLLED_BACK'] as const).map(
    (expected): Scenario => ({
      number: '55',
      name: `the file of the card is a link; ${expected === 'CONFIRMED' ? 'good change' : 'wrong gateway'}`,
      expected,
      backends: ['ifupdown', 'netplan', 'networkd', 'ifcfg'],
      leaves: expected === 'CONFIRMED' ? 'after' : 'before',
      play: async (trial) => {
        const good = expected === 'CONFIRMED';
        await trial.host.inside(`
          mkdir -p /etc/lab
          for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/systemd/network/10-eth0.network /etc/sysconfig/network-scripts/ifcfg-eth0; do
            [ ! -f "$file" ] || { mv "$file" /etc/lab/the-file; ln -s /etc/lab/the-file "$file"; }
          done`);
        const target = () =>
          trial.host.inside(
            'find /etc/network /etc/netplan /etc/systemd/network /etc/sysconfig -type l 2>/dev/null; stat -c %a /etc/lab/the-file; cat /etc/lab/the-file',
          );
        const [before, linked] = [await trial.state(), (await target()).stdout];
        const run = await trial.bridge(good ? {} : { ipv4: throughGateway(trial.host, nobody()) });
        const now = (await target()).stdout;
        return {
          ...besides(
            told(run),
            [now.includes(linked.split('\n')[0] ?? '-'), 'the link is none any more'],
            [good || now === linked, 'what it leads to is different'],
          ),
          before,
        };
      },
    }),
  ),
  {
    number: '54',
    name: 'owner, mode and extended attributes of the files; wrong gateway',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'netplan', 'ifcfg'],
    leaves: 'before',
    play: async (trial) => {
      await trial.host.inside(`
        for file in /etc/netplan/50-lab.yaml /etc/network/interfaces.d/eth0 /etc/sysconfig/network-scripts/ifcfg-eth0; do
          [ ! -f "$file" ] || { chown root:adm "$file"; chmod 640 "$file"; setfacl -m u:operator:r "$file"; setfattr -n user.drill -v yes "$file"; }
        done`);
      const attributes = async () =>
        (
          await trial.host.inside(
            'cd /etc; getfacl -p -R network netplan sysconfig 2>/dev/null; getfattr -d -R network netplan sysconfig 2>/dev/null',
          )
        ).stdout;
      const [before, had] = [await trial.state(), await attributes()];
      const run = await trial.bridge({ ipv4: throughGateway(trial.host, nobody()) });
      const has = await attributes();
      return {
        ...besides(
          told(run),
          [had.includes('user.drill'), 'the attributes could not be set'],
          [has === had, 'access lists or extended attributes are different'],
        ),
        before,
      };
    },
  },
];
