import { ALL, asked, besides, type Scenario, told } from './scenario.ts';
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
    number: '41',
    name: 'power cut after the confirmation, before its guards are put away',
    expected: 'CONFIRMED',
    backends: ['ifupdown', 'networkd'],
    leaves: 'after',
    play: async (trial) => {
      const pause = () =>
        trial.host.inside(
          `sed -i 's/^mv armed confirmed .*/&; sleep 100/' /var/lib/hostwright/net/pending/confirm.sh`,
        );
      const run = trial.bridge({}, { during: (step) => void (step === 'settling' && pause()) });
      await trial.host.inside('until [ -e /var/lib/hostwright/net/pending/confirmed ]; do sleep 0.1; done');
      const { rc } = await trial.host.inside('test -L /var/lib/hostwright/net/pending');
      await trial.host.kill();
      await trial.host.start();
      return besides(told(await run), [rc === 0, 'the fault did not happen']);
    },
  },
  {
    number: '39',
    name: 'power cut while it is armed, and it stays away until the run has given up',
    expected: 'UNKNOWN',
    backends: ['networkd'],
    leaves: 'before',
    play: async (trial) => {
      const run = await trial.bridge(
        {},
        { during: (step) => void (step === 'reconnecting' && trial.host.kill().catch(() => {})) },
      );
      await trial.host.start();
      const own = await asked(trial);
      return besides(
        told(run),
        [run.code === 4, `the exit code is ${run.code}, not 4`],
        [own.outcome === 'ROLLED_BACK', `the host itself ended with ${own.outcome}`],
      );
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
    number: '47',
    name: 'no systemd, and allow_no_boot_guard; controller killed',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'ifcfg'],
    leaves: 'before',
    play: async (trial) => {
      await trial.host.inside('mount -t tmpfs none /run/systemd');
      await trial.bridge({}, { dieAt: 'reconnected', guard: { allow_no_boot_guard: true } });
      const launcher = await trial.host.inside('cat /var/lib/hostwright/net/pending/launcher');
      const own = await asked(trial);
      await trial.host.inside('umount /run/systemd');
      return besides(own, [launcher.stdout.trim() === 'setsid', `started by ${launcher.stdout.trim()}`]);
    },
  },
  {
    number: '48',
    name: 'logind ends what a login leaves (KillUserProcesses); controller killed',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      await trial.host.write(
        '/etc/systemd/logind.conf.d/drill.conf',
        '[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n',
      );
      await trial.host.inside('systemctl restart systemd-logind');
      await trial.bridge({}, { dieAt: 'reconnected', entries: [{ user: 'nopasswd' }] });
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
      const run = told(await trial.bridge({}, { timeout: 75 }));
      return { ...run, wrong: [...(run.wrong ?? []), ...(await unwrapped(trial))] };
    },
  },
  {
    number: '13',
    name: 'a login from before a slow change lives on, new ones fail',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      await wrapped(trial, 'sleep 8');
      const { rc } = await trial.host.inside(`
        nft add table inet drill && nft 'add chain inet drill in { type filter hook input priority 0; }' &&
        nft add rule inet drill in tcp dport 22 ct state new iifname != eth0 drop`);
      const run = told(await trial.bridge({}, { timeout: 75 }));
      return besides({ ...run, wrong: [...(run.wrong ?? []), ...(await unwrapped(trial))] }, [
        rc === 0,
        'the rule could not be set',
      ]);
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
];

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
