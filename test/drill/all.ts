import { controllerScenarios } from './controller.ts';
import { guestScenarios } from './guests.ts';
import { hostScenarios } from './host-faults.ts';
import { ipv6Scenarios } from './ipv6.ts';
import type { Scenario } from './scenario.ts';
import { fleetScenarios } from './strangers.ts';
import { configurationScenarios } from './wrong-configuration.ts';

/** Every scenario of Hostwright's own but the refusals. */
export const scenarios: readonly Scenario[] = [
  ...controllerScenarios,
  ...fleetScenarios,
  ...configurationScenarios,
  ...hostScenarios,
  ...guestScenarios,
  ...ipv6Scenarios,
];
