import { collectErrors } from '../core/error.ts';
import { positionOf, positionOfKey, type SourcePosition } from '../core/position.ts';
import type { Layer } from '../core/scope.ts';
import { Template } from '../core/template.ts';
import type { Draft } from './draft.ts';
import * as problems from './problems.ts';

type Mapping = Readonly<Record<string, unknown>>;

const GROUP_KEYS = ['hosts', 'vars', 'children'] as const;

/**
 * Reads an inventory in Ansible's YAML form: groups at the top level, each with hosts, vars and children. Throws all mistakes at once,
 * with their places.
 */
export function readYamlInventory(root: unknown, source: string, draft: Draft): void {
  if (root === null || root === undefined) throw problems.emptySource(source);
  if (!isMapping(root)) {
    throw problems.notMap(
      placeOf(root),
      'An inventory',
      describe(root),
      'Write "all:" and "  hosts:" with a host name below.',
    );
  }
  if (typeof root.plugin === 'string')
    throw problems.pluginSource(positionOfKey(root, 'plugin'), root.plugin);
  const errors = collectErrors();

  const vars = (value: unknown, what: string, position: SourcePosition | undefined): Layer => {
    if (value === null || value === undefined) return {};
    if (isMapping(value)) return value;
    errors.add(
      problems.notMap(
        position,
        what,
        describe(value),
        'Write "name: value" below it, one variable on each line.',
      ),
    );
    return {};
  };

  const group = (name: string, body: unknown, position: SourcePosition | undefined): void => {
    errors.attempt(() => draft.addGroup(name, position));
    if (body === null || body === undefined) return;
    if (!isMapping(body)) {
      errors.add(
        problems.notMap(
          position,
          `The group "${name}"`,
          describe(body),
          'A group has hosts, children and vars below it.',
        ),
      );
      return;
    }
    for (const key of Object.keys(body))
      if (!GROUP_KEYS.some((known) => known === key))
        errors.add(problems.unknownGroupKey(positionOfKey(body, key), name, key, GROUP_KEYS));
    const groupVars = vars(body.vars, `vars of the group "${name}"`, positionOf(body, 'vars'));
    errors.attempt(() =>
      draft.setGroupVariables(name, groupVars, positionOf(groupVars, 'ansible_group_priority') ?? position),
    );
    hosts(name, body);
    children(name, body);
  };

  const hosts = (name: string, body: Mapping) => {
    const where = positionOf(body, 'hosts');
    // One host may stand there without a colon, as Ansible allows.
    const listed = typeof body.hosts === 'string' ? { [body.hosts]: null } : body.hosts;
    if (listed === null || listed === undefined) return;
    if (!isMapping(listed)) {
      const hint = 'Write each host as a key, with a colon and without a dash: "web01:".';
      errors.add(problems.notMap(where, `hosts of the group "${name}"`, describe(listed), hint));
      return;
    }
    for (const [pattern, value] of Object.entries(listed)) {
      const position = positionOfKey(listed, pattern) ?? where;
      const hostVars = vars(value, `The host "${pattern}"`, position);
      errors.attempt(() => draft.addHosts(pattern, name, hostVars, position));
    }
  };

  const children = (name: string, body: Mapping) => {
    const where = positionOf(body, 'children');
    const listed = typeof body.children === 'string' ? { [body.children]: null } : body.children;
    if (listed === null || listed === undefined) return;
    if (!isMapping(listed)) {
      const hint = 'Write each group as a key, with a colon and without a dash: "web:".';
      errors.add(problems.notMap(where, `children of the group "${name}"`, describe(listed), hint));
      return;
    }
    for (const [child, value] of Object.entries(listed)) {
      const position = positionOfKey(listed, child) ?? where;
      group(child, value, position);
      if (draft.hasGroup(child) && draft.hasGroup(name)) draft.addChild(name, child, position);
    }
  };

  for (const [name, body] of Object.entries(root)) group(name, body, positionOfKey(root, name));
  errors.throwIfAny();
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Template) return 'a template';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string'
    ? `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)}`
    : String(value);
}

function placeOf(value: unknown): SourcePosition | undefined {
  return value instanceof Template
    ? value.position
    : typeof value === 'object' && value !== null
      ? positionOf(value)
      : undefined;
}
