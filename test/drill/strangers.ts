import { type Backend, backends } from '../lab/backends.ts';
import { lab } from '../lab/lab.ts';
import { runPlays } from './run-plays.ts';
import { besides, type Finding, nobody, type Scenario, throughGateway, told } from './scenario.ts';
import type { Trial } from './trial.ts';

/** Somebody else answers where the host shall answer. */
export const strangerScenarios: readonly Scenario[] = [
  {
    number: '24',
    name: 'another machine answers at the new address, with a key of its own',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown'],
    leaves: 'before',
    play: (trial) => withStranger(trial, ':', 0),
  },
  {
    number: '24',
    name: 'another machine answers at the new address, with the same host key (a clone)',
    expected: 'ROLLED_BACK',
    backends: ['networkd'],
    leaves: 'before',
    play: async (trial) => {
      const key = (await trial.host.inside('base64 -w 0 /etc/ssh/ssh_host_ed25519_key')).stdout;
      // What it logs in with it may see, and what it finds there tells it that it is wrong.
      return withStranger(
        trial,
        `rm -f /etc/ssh/ssh_host_*; echo ${key} | base64 -d >/etc/ssh/ssh_host_ed25519_key
         chmod 600 /etc/ssh/ssh_host_ed25519_key; ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key >/etc/ssh/ssh_host_ed25519_key.pub
         systemctl restart ssh.service`,
        undefined,
      );
    },
  },
];

/** Moves the host to a free address, and looks for it where the stranger is. */
async function withStranger(trial: Trial, prepare: string, logins: number | undefined): Promise<Finding> {
  const stranger = await lab.host({ name: `stranger-${trial.backend}` });
  await stranger.inside(prepare);
  const look = async () => {
    const { stdout } = await stranger.inside(
      'journalctl --no-pager -o cat -t sshd | grep -c -E "Accepted|password"; ls -A /var/lib/hostwright 2>&1; ip -o -4 addr',
    );
    const [seen, ...rest] = stdout.split('\n');
    return { seen: Number(seen), rest: rest.join('\n') };
  };
  const before = await look();
  const run = await trial.bridge(
    { ipv4: { address: `${lab.lan.freeAddress()}/24`, gateway: lab.lan.address } },
    { connectTo: stranger.address },
  );
  const after = await look();
  await stranger.down();
  return besides(
    told(run),
    [logins === undefined || after.seen - before.seen === logins, 'somebody logged in at the stranger'],
    [after.rest === before.rest, `the stranger was changed: ${after.rest}`],
  );
}

/** Several hosts in one run, of which some get a wrong gateway. */
export const fleetScenarios: readonly Scenario[] = [
  {
    number: '12',
    name: 'six hosts in batches of three, two of them with a wrong gateway; then max_fail_percentage',
    expected: 'OK',
    backends: ['ifupdown'],
    leaves: 'after',
    play: async (trial) => {
      const others = await Promise.all(
        [...backends.slice(1), 'networkd' as Backend].map((backend, index) =>
          lab.host({ backend, name: `fleet-${index}` }),
        ),
      );
      const all = [trial.host, ...others];
      const wrong = [all[2], all[5]];
      const entries = all.map((host) => ({
        host,
        vars: { wanted: throughGateway(host, wrong.includes(host) ? nobody() : lab.lan.address) },
      }));
      const task = { host_bridge: { name: 'br0', ipv4: '{{ wanted }}', guard: { timeout: 90 } } };
      const play = { hosts: 'all', serial: 3, tasks: [task] };
      const strict = await runPlays(entries, [{ ...play, max_fail_percentage: 20 }]);
      const first = outcomes(strict, all);
      const second = outcomes(await runPlays(entries, [play]), all);
      await Promise.all(others.map((host) => host.down()));
      return besides(
        { outcome: 'OK' },
        [first === 'CONFIRMED CONFIRMED ROLLED_BACK - - -', `with max_fail_percentage: ${first}`],
        [second === 'ok ok ROLLED_BACK CONFIRMED CONFIRMED ROLLED_BACK', `without: ${second}`],
      );
    },
  },
];

function outcomes(
  { byHost }: { readonly byHost: ReadonlyMap<string, Readonly<Record<string, unknown>>> },
  hosts: readonly { readonly name: string }[],
): string {
  return hosts
    .map(({ name }) => {
      const result = byHost.get(name);
      return (result?.guard as { outcome?: string } | undefined)?.outcome ?? (result ? 'ok' : '-');
    })
    .join(' ');
}
