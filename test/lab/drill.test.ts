import { describe, expect, test } from 'vitest';
import { controllerScenarios } from '../drill/controller.ts';
import { guestScenarios } from '../drill/guests.ts';
import { hostScenarios } from '../drill/host-faults.ts';
import { judge } from '../drill/judge.ts';
import type { Backend } from './lab.ts';

const SCENARIOS = [...controllerScenarios, ...hostScenarios, ...guestScenarios];

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
  ['disk full', 'ifupdown'],
];

describe.concurrent('the drill', () => {
  test.each(CHOSEN)('%s, on %s', async (name, backend) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (!scenario) throw new Error(`the drill has no scenario "${name}"`);
    const { outcome, problems } = await judge(scenario, backend);
    expect({ outcome, problems }).toEqual({ outcome: scenario.expected, problems: [] });
  });
});
