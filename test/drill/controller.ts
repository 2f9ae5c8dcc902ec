import type { Controller } from './run-plays.ts';
import { ALL, asked, type Scenario, told } from './scenario.ts';

const ONE = ['ifupdown'] as const;

/** What may happen to the controller and to the link. */
export const controllerScenarios: readonly Scenario[] = [
  {
    number: '0',
    name: 'a good change (negative control)',
    expected: 'CONFIRMED',
    backends: ALL,
    leaves: 'after',
    play: async (trial) => {
      const first = told(await trial.bridge({}));
      const again = await trial.bridge({});
      const changed = (again.results[0] as { changed?: boolean } | undefined)?.changed;
      const armed = (await trial.host.inside('ls -d /var/lib/hostwright/net/2*')).stdout.trim().split('\n');
      return {
        ...first,
        wrong: [
          ...(first.wrong ?? []),
          ...(changed === false
            ? []
            : [`the second run changes something: ${JSON.stringify(again.results[0])}`]),
          ...(armed.length === 1 ? [] : ['the second run arms the guard']),
        ],
      };
    },
  },
  killed('1', 'locked', 'OK', 'nothing was armed; the next run takes the stale lock'),
  killed('1', 'snapshot', 'OK', 'nothing was armed; the next run takes the stale lock'),
  {
    number: '2',
    name: 'controller killed after arming, before the change',
    expected: 'ROLLED_BACK',
    backends: ONE,
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'armed' });
      const values = await trial.settled();
      return {
        ...(await asked(trial)),
        wrong:
          values.untouched === 'yes' ? [] : ['the network was touched although nothing had been changed'],
      };
    },
  },
  {
    number: '3',
    name: 'controller killed in the middle of the change',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'applying' });
      return asked(trial);
    },
  },
  ...['reconnected', 'verified', 'confirming'].map(
    (dieAt): Scenario => ({
      number: '3',
      name: `controller killed when it had ${dieAt === 'confirming' ? 'settled' : dieAt}`,
      expected: 'ROLLED_BACK',
      backends: ONE,
      leaves: 'before',
      play: async (trial) => {
        await trial.bridge({}, { dieAt });
        return asked(trial);
      },
    }),
  ),
  {
    number: '4',
    name: 'controller killed after the confirmation, before it heard of it',
    expected: 'CONFIRMED',
    backends: ONE,
    leaves: 'after',
    play: async (trial) => {
      await trial.bridge({}, { dieAt: 'confirmed' });
      return asked(trial);
    },
  },
  {
    number: '5',
    name: 'cable pulled for good after the change',
    expected: 'ROLLED_BACK',
    backends: ALL,
    leaves: 'before',
    play: async (trial) => {
      const run = trial.bridge({}, { during: (step) => void (step === 'applying' && trial.host.unplug()) });
      const own = await asked(trial);
      await trial.host.plug();
      return { ...own, ...told(await run) };
    },
  },
  {
    number: '6',
    name: 'cable out for 20 s, then good',
    expected: 'CONFIRMED',
    backends: ONE,
    leaves: 'after',
    play: async (trial) => {
      const flap = async () => {
        await trial.sleep(1);
        await trial.host.unplug();
        await trial.sleep(20);
        await trial.host.plug();
      };
      return told(await trial.bridge({}, { during: (step) => void (step === 'applying' && flap()) }));
    },
  },
  {
    number: '7',
    name: 'Ctrl-C in the window',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) =>
      told(
        await trial.bridge(
          {},
          { during: (step, controller) => void (step === 'settling' && controller.interrupt()) },
        ),
      ),
  },
  {
    number: '8',
    name: 'the controller sleeps past the deadline, as a laptop does',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'netplan'],
    leaves: 'before',
    play: async (trial) => {
      let asleep: Controller | undefined;
      const fall = (step: string, controller: Controller) => {
        if (step !== 'reconnecting' || asleep) return;
        asleep = controller;
        controller.sleep();
      };
      const run = trial.bridge({}, { during: fall });
      const own = await asked(trial);
      await trial.sleep(3);
      asleep?.wake();
      return { ...own, ...told(await run) };
    },
  },
  {
    number: '9',
    name: 'a confirmation and the expiry at the same moment, eight times: one of them wins',
    expected: 'OK',
    backends: ONE,
    leaves: 'before',
    play: async (trial) => {
      const ends: string[] = [];
      for (let race = 0; race < 8; race++) {
        await trial.bridge({}, { dieAt: 'armed' });
        // The watchdog looks once a second: somewhere in there it meets the confirmation.
        const { stdout } = await trial.host.inside(`
          cd /var/lib/hostwright/net/pending || exit 1
          here=$(pwd -P); touch rollback-now; sleep 0.${race}
          sh "$here/confirm.sh" "$here" "$(cat token)" drill
          tries=0
          while { [ -e "$here/armed" ] || [ -e "$here/rolling" ] || [ -L ../pending ]; } && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
          for one in confirmed rolled-back failed armed rolling; do [ ! -e "$here/$one" ] || echo "$one"; done`);
        ends.push(stdout.trim());
      }
      const bad = ends.filter((end) => end !== 'confirmed' && end !== 'rolled-back');
      return { outcome: bad.length === 0 ? 'OK' : 'FAILED', wrong: bad.map((end) => `a race left "${end}"`) };
    },
  },
  {
    number: '10',
    name: 'two operators at once',
    expected: 'CONFIRMED',
    backends: ONE,
    leaves: 'after',
    play: async (trial) => {
      let second: ReturnType<typeof trial.bridge> | undefined;
      const first = await trial.bridge(
        {},
        {
          during: (step) => {
            if (step === 'armed') second ??= trial.bridge({});
          },
        },
      );
      const other = told((await second) ?? first);
      return {
        ...told(first),
        wrong: other.outcome === 'REFUSED' ? [] : [`the second operator got ${other.outcome}`],
      };
    },
  },
  {
    number: '11',
    name: 'one host under two names',
    expected: 'CONFIRMED',
    backends: ONE,
    leaves: 'after',
    play: async (trial) => {
      const run = await trial.bridge({}, { entries: [{}, { name: 'alias' }] });
      const outcomes = run.results
        .map((result) => (result.guard as { outcome?: string } | undefined)?.outcome)
        .sort();
      return {
        outcome: outcomes.includes('CONFIRMED') ? 'CONFIRMED' : outcomes[0],
        wrong: outcomes.join() === 'CONFIRMED,REFUSED' ? [] : [`the two got ${outcomes.join()}`],
      };
    },
  },
  {
    number: '13',
    name: 'the old session lives, new logins fail',
    expected: 'ROLLED_BACK',
    backends: ['ifupdown', 'networkd'],
    leaves: 'before',
    play: async (trial) => {
      const stop = async () => {
        await trial.host.inside('systemctl stop ssh.socket ssh.service');
      };
      const run = trial.bridge({}, { during: (step) => void (step === 'applying' && stop()) });
      const own = await asked(trial);
      await trial.host.inside('systemctl start ssh.service');
      return { ...own, ...told(await run) };
    },
  },
];

/** Before anything is armed a killed controller leaves a lock that is stale after two minutes; the test makes it old. */
function killed(number: string, dieAt: string, expected: 'OK', name: string): Scenario {
  return {
    number,
    name: `controller killed after ${dieAt}: ${name}`,
    expected,
    backends: ONE,
    leaves: 'after',
    play: async (trial) => {
      const before = await trial.state();
      await trial.bridge({}, { dieAt });
      const untouched = (await trial.state()) === before;
      await trial.host.inside('for s in /var/lib/hostwright/net/*/stamp; do sed -i "s/ .*/ 1/" "$s"; done');
      const next = told(await trial.bridge({}));
      return {
        outcome: untouched && next.outcome === 'CONFIRMED' ? 'OK' : next.outcome,
        wrong: untouched ? [] : ['the killed run changed something'],
      };
    },
  };
}
