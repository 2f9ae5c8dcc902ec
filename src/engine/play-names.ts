import { createScope, type Layer, type Scope } from '../core/scope.ts';
import type { Inputs } from '../playbook/tree.ts';
import type { PlayContext } from './context.ts';
import type { HostState } from './host-state.ts';
import { inputValues } from './inputs.ts';
import { overlaid } from './registered.ts';
import { hostNames, lazyMap, taskScope } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

/** Magic names of a task: the host's, and those of the play and the role. Getters: worked out when somebody asks. */
export function playNames(
  play: PlayContext,
  inputs: Inputs,
  host: HostState,
  around: Surroundings,
): readonly Layer[] {
  const { run } = play;
  const own: Layer = {
    playbook_dir: play.directory,
    role_name: around.role?.name,
    ansible_role_name: around.role?.name,
    ansible_parent_role_names: around.role?.dependents.map(({ name }) => name),
    ansible_play_role_names: play.play.roles.map(({ name }) => name),
    role_path: around.role?.path,
    ansible_play_name: play.name,
    ansible_play_hosts_all: play.playHosts,
    get ansible_play_batch() {
      return play.batch.filter((member) => member.standing === 'active').map((member) => member.name);
    },
    get play_hosts() {
      return own.ansible_play_batch;
    },
    get ansible_play_hosts() {
      return play.playHosts.filter((name) => run.hostState(name).standing === 'active');
    },
    get inputs() {
      // From outside only: what a task registers under the same name is no input.
      const given = createScope([...run.inventory.layersOf(host.name), ...run.options.extraVars]);
      const scope = taskScope(play, host, around);
      const seen = withName(scope, 'inputs', () => all);
      const all: Layer = overlaid(
        inputValues(inputs, given, seen, run.expressions, run.masker),
        inputValues(around.role?.inputs ?? {}, scope, seen, run.expressions, run.masker),
      );
      return all;
    },
    get vars() {
      const scope = taskScope(play, host, around);
      const names = [...scope.names()].filter((name) => name !== 'vars' && name !== 'hostvars');
      return lazyMap(names, (name) => run.expressions.resolve(scope.get(name), scope));
    },
  };
  // Two layers: to merge them would cost more than all of them that are looked at.
  return [hostNames(run, host), own];
}

/** A scope with one name that is given here: defaults of inputs see the other inputs, and a circle among them is noticed. */
function withName(scope: Scope, name: string, get: () => unknown): Scope {
  return {
    has: (wanted) => wanted === name || scope.has(wanted),
    get: (wanted) => (wanted === name ? get() : scope.get(wanted)),
    names: scope.names,
  };
}
