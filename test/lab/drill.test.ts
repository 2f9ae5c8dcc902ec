import { describe, expect, test } from 'vitest';
import { scenarios } from '../drill/all.ts';
import { judge, judgeRefusals } from '../drill/judge.ts';
import { refusals } from '../drill/refusals.ts';
import type { Backend } from './lab.ts';

/** Of the drill those that need no waiting for a deadline; `npm run drill` plays them all. */
const CHOSEN: readonly (readonly [name: string, backend: Backend])[] = [
  ['a good change (negative control)', 'nmcli'],
  ['wrong gateway, controller on the same segment', 'ifcfg'],
  ['the change fails', 'netplan'],
  ['power cut while it is armed', 'networkd'],
  ['power cut in the middle of the rollback', 'ifupdown'],
  ['watchdog killed -9 in the middle of the rollback', 'networkd'],
  ['two operators at once', 'ifupdown'],
  ['another address, where the host then answers', 'netplan'],
  ['three guests on the bridge; its gateway is changed to a wrong one', 'ifupdown'],
  ['three guests on the bridge; its gateway is changed to a wrong one', 'ifcfg'],
  ['the packet filter lets logins in through eth0 only', 'nmcli'],
];

describe.concurrent('the drill', () => {
  test.each(CHOSEN)('%s, on %s', async (name, backend) => {
    const scenario = scenarios.find((one) => one.name === name);
    if (!scenario) throw new Error(`the drill has no scenario "${name}"`);
    const { outcome, problems } = await judge(scenario, backend);
    expect({ outcome, problems }).toEqual({ outcome: scenario.expected, problems: [] });
  });

  test.each<Backend>(['ifcfg', 'netplan'])('what must be refused is, on %s', async (backend) => {
    const some = refusals.filter(({ backends }) => backends.includes(backend));
    const verdicts = await judgeRefusals(some, backend);
    const bad = verdicts.filter(({ outcome, problems }) => outcome !== 'REFUSED' || problems.length > 0);
    expect({ bad, count: verdicts.length }).toEqual({ bad: [], count: some.length });
  });
});
