import { HostwrightError } from '../core/error.ts';
import type { SourcePosition } from '../core/position.ts';
import { didYouMean, listWords, quote } from '../source/words.ts';

/** Errors of inventories, patterns and connection variables, worded in one place. */

type Position = SourcePosition | undefined;

function inventoryError(code: string, position: Position, message: string, hint?: string): HostwrightError {
  return new HostwrightError(`inventory-${code}`, message, { position, hint });
}

export function missingSource(source: string): HostwrightError {
  return inventoryError(
    'missing',
    undefined,
    `The inventory ${quote(source)} does not exist.`,
    `Give a file or directory with -i; host names on the command line end with a comma: -i ${quote(`${source},`)}`,
  );
}

export function emptySource(source: string): HostwrightError {
  return inventoryError(
    'empty',
    undefined,
    `The inventory ${quote(source)} holds nothing.`,
    'Write at least "all:" and "  hosts:" with a host name below.',
  );
}

export function notExecutable(source: string): HostwrightError {
  return inventoryError(
    'not-executable',
    undefined,
    `The inventory ${quote(source)} is a script (it begins with #!), but may not be executed.`,
    `Run chmod +x ${source}, if you trust it.`,
  );
}

export function notMap(position: Position, what: string, given: string, hint: string): HostwrightError {
  return inventoryError('shape', position, `${what} must be a map, but is ${given}.`, hint);
}

export function unknownGroupKey(
  position: Position,
  group: string,
  key: string,
  known: readonly string[],
): HostwrightError {
  return inventoryError(
    'unknown-key',
    position,
    `The group ${quote(group)} has the unknown key ${quote(key)}.`,
    didYouMean(key, known) ??
      `A group has ${listWords(known)}; variables go below vars, groups below children.`,
  );
}

export function pluginSource(position: Position, plugin: string): HostwrightError {
  return inventoryError(
    'plugin',
    position,
    `This is the configuration of the inventory plugin ${quote(plugin)}, which only Ansible can run.`,
    'Of the plugins only "constructed" is known here. Use an executable that prints the inventory as JSON instead: ansible-inventory --list, for example.',
  );
}

export function constructedFacts(): HostwrightError {
  return inventoryError(
    'facts',
    undefined,
    'Facts cannot make groups of the inventory: no host has been contacted when it is read.',
    'Make the groups in a first play with group_by: {key: "os_{{ facts.distribution }}"}.',
  );
}

export function constructedKey(position: Position, key: string, known: readonly string[]): HostwrightError {
  return inventoryError(
    'constructed',
    position,
    `${quote(key)} means nothing in an inventory of the plugin "constructed".`,
    didYouMean(key, known) ?? `It takes ${listWords(known)}.`,
  );
}

export function constructedNotBoolean(position: Position, group: string, value: string): HostwrightError {
  return inventoryError(
    'constructed',
    position,
    `The expression of the group ${quote(group)} must be true or false, but is ${value}.`,
    'Compare it with something, for example: role == "web".',
  );
}

export function noExpressions(source: string): HostwrightError {
  return inventoryError(
    'plugin',
    undefined,
    `The inventory ${quote(source)} holds expressions, which cannot be evaluated here.`,
    'Give the function that loads it something to evaluate them with (the option "expressions").',
  );
}

export function badHostName(position: Position, name: string): HostwrightError {
  return inventoryError(
    'host-name',
    position,
    `${quote(name)} cannot be the name of a host.`,
    'A host is named by letters, digits and . _ - (or is an IP address); its address may stand in ansible_host.',
  );
}

export function badGroupName(position: Position, name: string): HostwrightError {
  return inventoryError(
    'group-name',
    position,
    `${quote(name)} cannot be the name of a group.`,
    'A group is named by letters, digits, _ - and a point.',
  );
}

export function badRange(position: Position, name: string, problem: string): HostwrightError {
  return inventoryError(
    'range',
    position,
    `The range in ${quote(name)} ${problem}.`,
    'A range is written web[01:50], web[1:9:2] or db-[a:f].',
  );
}

export function groupCycle(position: Position, chain: readonly string[]): HostwrightError {
  return inventoryError(
    'cycle',
    position,
    `Groups contain each other in a circle: ${chain.join(' -> ')}.`,
    'Take one of them out of the children of the other.',
  );
}

export function badPriority(position: Position, group: string, value: string): HostwrightError {
  return inventoryError(
    'priority',
    position,
    `ansible_group_priority of the group ${quote(group)} must be a whole number, not ${quote(value)}.`,
  );
}

export function iniLine(position: Position, line: string, hint: string): HostwrightError {
  return inventoryError('ini', position, `The line ${quote(line)} cannot be read.`, hint);
}

export function iniSection(position: Position, section: string): HostwrightError {
  return inventoryError(
    'ini-section',
    position,
    `The section ${quote(section)} cannot be read.`,
    'A section is [group], [group:vars] or [group:children].',
  );
}

export function undeclaredGroup(position: Position, group: string, names: Iterable<string>): HostwrightError {
  return inventoryError(
    'undeclared-group',
    position,
    `The group ${quote(group)} is used here, but defined nowhere.`,
    didYouMean(group, names) ?? `Add a section [${group}], even an empty one.`,
  );
}

export function scriptFailed(source: string, argument: string, problem: string): HostwrightError {
  return inventoryError(
    'script',
    undefined,
    `The inventory script ${quote(source)} failed with ${argument}: ${problem}.`,
    `Run it yourself to see more: ${source} ${argument}`,
  );
}

export function scriptShape(source: string, problem: string): HostwrightError {
  return inventoryError(
    'script-shape',
    undefined,
    `The inventory script ${quote(source)} printed JSON that is no inventory: ${problem}.`,
    'Groups are maps with hosts (a list), children (a list) and vars (a map); _meta.hostvars holds the variables of hosts.',
  );
}

export function moduleShape(source: string, problem: string): HostwrightError {
  return inventoryError(
    'module',
    undefined,
    `The inventory ${quote(source)} cannot be loaded: ${problem}.`,
    'It exports the same map as a YAML inventory, or a function that gives it, as default.',
  );
}

export function varsNotMap(file: string, position: Position, given: string): HostwrightError {
  return inventoryError(
    'vars',
    position,
    `The file ${quote(file)} must hold a map of variables, but holds ${given}.`,
    'Write "name: value", one on each line.',
  );
}

export function unknownPattern(pattern: string, name: string, names: readonly string[]): HostwrightError {
  return new HostwrightError(
    'pattern-unknown',
    `${quote(name)} in the pattern ${quote(pattern)} is no host and no group.`,
    {
      hint: didYouMean(name, names) ?? `hostwright inventory --graph shows all hosts and groups.`,
    },
  );
}

export function patternMatchesNothing(pattern: string, part: string): HostwrightError {
  return new HostwrightError(
    'pattern-empty',
    `${quote(part)} in the pattern ${quote(pattern)} matches no host and no group.`,
    {
      hint: 'hostwright inventory --graph shows all hosts and groups.',
    },
  );
}

export function badPattern(pattern: string, problem: string): HostwrightError {
  return new HostwrightError('pattern-syntax', `The pattern ${quote(pattern)} ${problem}.`, {
    hint: 'Patterns: web, web:db (either), web:&prod (both), web:!old (without), web*, ~web\\d+, web[0], web[0:2].',
  });
}

export function badConnection(
  position: Position,
  host: string,
  variable: string,
  problem: string,
  hint?: string,
): HostwrightError {
  return new HostwrightError(
    'connection-variable',
    `The variable ${quote(variable)} of the host ${quote(host)} ${problem}.`,
    {
      position,
      hint,
    },
  );
}

export function becomeChainUneven(users: number, methods: number): HostwrightError {
  return new HostwrightError(
    'become-method',
    `There are ${users} users to become in turn, but ${methods} methods.`,
    { hint: 'Give one method for all of them, or one for each, in the same order.' },
  );
}

export function unknownBecomeMethod(method: string, known: readonly string[]): HostwrightError {
  return new HostwrightError('become-method', `${quote(method)} is no way to become another user.`, {
    hint: `Known are ${listWords(known)}.`,
  });
}
