import { lab } from '../lab/lab.ts';
import { ALL, asked, nobody, type Scenario, told } from './scenario.ts';
import type { Trial } from './trial.ts';

/** The tool by which a backend brings the network up. */
const TOOL = {
  ifupdown: 'ifup',
  nmcli: 'nmcli',
  netplan: 'netplan',
  networkd: 'networkctl',
  ifcfg: 'ifup',
} as const;

/** What may happen to the host while the change is not confirmed. */
export const hostScenarios: readonly Scenario[] = [
  {
    number: '39',
    name: 'power cut while it is armed',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await trial.host.kill();
      await trial.host.start();
      return { outcome: (await asked(trial)).outcome };
    },
  },
  {
    number: '40',
    name: 'power cut in the middle of the rollback',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'netplan', 'nmcli'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await rollingBack(trial);
      await trial.host.kill();
      await trial.host.start();
      return { outcome: (await asked(trial)).outcome };
    },
  },
  {
    number: '40',
    name: 'watchdog killed -9 in the middle of the rollback',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await rollingBack(trial);
      await killWatchdog(trial);
      return { outcome: (await asked(trial)).outcome };
    },
  },
  {
    number: '46',
    name: 'watchdog killed -9 five times while it waits',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      for (let times = 0; times < 5; times++) {
        await killWatchdog(trial);
        await trial.sleep(1.5);
      }
      return asked(trial);
    },
  },
  {
    number: '42',
    name: 'sshd restarted in the window',
    expected: 'CONFIRMED',
    backends: ['ifupdown'],
    leaves: 'after',
    play: async (trial) => {
      const restart = () => trial.host.inside('systemctl restart ssh.service');
      return told(await trial.bridge({}, { during: (step) => void (step === 'reconnecting' && restart()) }));
    },
  },
  {
    number: '43',
    name: 'NetworkManager restarted in the window, controller gone',
    expected: 'ROLLED_BACK',
    backends: ['nmcli'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await trial.host.inside('systemctl restart NetworkManager');
      return asked(trial);
    },
  },
  {
    number: '44',
    name: 'daemon-reload three times, daemon-reexec, isolate; controller gone',
    expected: 'ROLLED_BACK',
    backends: ['networkd', 'netplan'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await trial.host.inside(
        'for n in 1 2 3; do systemctl daemon-reload; sleep 1; done; systemctl daemon-reexec; sleep 1; systemctl isolate multi-user.target',
      );
      return asked(trial);
    },
  },
  {
    number: '49',
    name: 'the change hangs',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      await wrapped(trial, 'sleep 1000');
      const run = told(await trial.bridge({}, { timeout: 90 }));
      return { ...run, wrong: [...(run.wrong ?? []), ...(await unwrapped(trial))] };
    },
  },
  {
    number: '50',
    name: 'the change fails',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => {
      await wrapped(trial, 'exit 1');
      const run = told(await trial.bridge({}));
      return { ...run, wrong: [...(run.wrong ?? []), ...(await unwrapped(trial))] };
    },
  },
  {
    number: '51',
    name: "the host's own tools fail in the rollback",
    expected: 'ROLLED_BACK',
    backends: ['ifupdown'],
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'reconnected' });
      await trial.host.write('/usr/local/sbin/ifup', '#!/bin/sh\nexit 1\n', '755');
      await trial.host.write('/usr/local/sbin/ifdown', '#!/bin/sh\nexit 1\n', '755');
      const { outcome } = await asked(trial);
      await trial.host.inside('rm -f /usr/local/sbin/ifup /usr/local/sbin/ifdown');
      return { outcome };
    },
  },
  refused('52', 'disk full', async ({ host }) => {
    await host.inside('mkdir -p /var/lib/hostwright && mount -t tmpfs -o size=64k none /var/lib/hostwright');
  }),
  refused('53', 'read-only /etc', async ({ host }) => {
    await host.inside('mount --bind /etc /etc && mount -o remount,bind,ro /etc');
  }),
  refused('53', 'read-only /var', async ({ host }) => {
    await host.inside('mount --bind /var /var && mount -o remount,bind,ro /var');
  }),
  {
    number: '14',
    name: 'wrong gateway, controller on the same segment',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) =>
      told(await trial.bridge({ ipv4: { address: `${trial.host.address}/24`, gateway: nobody() } })),
  },
  {
    number: '23',
    name: 'another address, where the host then answers',
    expected: 'CONFIRMED',
    backends: ALL,
    leaves: 'after',
    play: async (trial) =>
      told(
        await trial.bridge({ ipv4: { address: `${lab.lan.freeAddress()}/24`, gateway: lab.lan.address } }),
      ),
  },
  {
    number: '23',
    name: 'another address, at which nobody answers',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) =>
      told(
        await trial.bridge(
          { ipv4: { address: `${lab.lan.freeAddress()}/24`, gateway: lab.lan.address } },
          { connectTo: nobody() },
        ),
      ),
  },
  {
    number: '27',
    name: 'MTU of 9000 in a network of 1500',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => told(await trial.bridge({ mtu: 9000 })),
  },
  {
    number: '25',
    name: 'a probe of the user that fails afterwards',
    expected: 'ROLLED_BACK',
    backends: ['netplan'],
    leaves: 'before',
    play: async (trial) => told(await trial.bridge({}, { probe: ['test ! -e /sys/class/net/br0'] })),
  },
];

function refused(number: string, name: string, prepare: (trial: Trial) => Promise<void>): Scenario {
  return {
    number,
    name,
    expected: 'REFUSED',
    backends: ['ifupdown'],
    leaves: 'before',
    play: async (trial) => {
      await prepare(trial);
      return told(await trial.bridge({}));
    },
  };
}

async function rollingBack(trial: Trial): Promise<void> {
  await trial.host.inside(`
    touch /var/lib/hostwright/net/pending/rollback-now
    until [ -e /var/lib/hostwright/net/pending/rolling ]; do sleep 0.05; done`);
}

async function killWatchdog({ host }: Trial): Promise<void> {
  await host.inside('kill -9 $(cat /var/lib/hostwright/net/pending/watchdog.pid)');
}

/** The backend's tool does this once, when the change uses it first, and from then on what it should. */
async function wrapped({ host, backend }: Trial, once: string): Promise<void> {
  const tool = TOOL[backend];
  const real = (await host.inside(`command -v ${tool}`)).stdout.trim();
  await host.write(
    `/usr/local/sbin/${tool}`,
    `#!/bin/sh\nif [ -e /var/lib/hostwright/net/pending/applying ] && [ ! -e /run/was-used ]; then touch /run/was-used; ${once}; fi\nexec ${real} "$@"\n`,
    '755',
  );
}

/** Takes the wrapper away; a sentence where it was never used, so that the fault did not happen. */
async function unwrapped({ host, backend }: Trial): Promise<readonly string[]> {
  const { rc } = await host.inside(`rm -f /usr/local/sbin/${TOOL[backend]}; test -e /run/was-used`);
  return rc === 0 ? [] : ['the fault did not happen'];
}
