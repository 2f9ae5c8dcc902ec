import { HostwrightError } from '../core/error.ts';
import { didYouMean, quote } from '../source/words.ts';

/** Errors of the command line, worded in one place. */

export function unknownCommand(name: string, commands: Iterable<string>): HostwrightError {
  return new HostwrightError('unknown-command', `There is no command ${quote(name)}.`, {
    hint: didYouMean(name, commands) ?? 'Run hostwright --help to see all commands.',
  });
}

export function unknownOption(option: string, command: string, options: Iterable<string>): HostwrightError {
  const name = option.replace(/=.*$/, '');
  const found = didYouMean(name, options);
  return new HostwrightError('unknown-option', `${command} has no option ${quote(name)}.`, {
    hint: found ?? `Run ${command} --help to see all options.`,
  });
}

/** What the option parser says in its own words. */
export function usage(message: string, command: string): HostwrightError {
  const sentence =
    message.charAt(0).toUpperCase() + message.slice(1).replaceAll("'", '"').replace(/\.?$/, '.');
  return new HostwrightError('usage', sentence, { hint: `Run ${command} --help to see how it is used.` });
}

export function noInventory(): HostwrightError {
  return new HostwrightError(
    'no-inventory',
    'No inventory was given and there is no directory ./inventory.',
    {
      hint: 'Give one with -i FILE, or -i host1,host2, or set HOSTWRIGHT_INVENTORY.',
    },
  );
}

export function notANumber(option: string, value: string, minimum: number): HostwrightError {
  return new HostwrightError(
    'bad-number',
    `${option} takes a whole number from ${minimum} on, not ${quote(value)}.`,
    {
      hint: `For example ${option} ${Math.max(minimum, 10)}.`,
    },
  );
}

export function badExtraVariables(text: string, why: string): HostwrightError {
  return new HostwrightError('bad-extra-variables', `-e ${quote(text)} ${why}.`, {
    hint: `Write -e name=value, -e @file.yaml or -e '{name: value}'.`,
  });
}

export function badArguments(text: string, module: string): HostwrightError {
  return new HostwrightError(
    'bad-module-arguments',
    `-a ${quote(text)} is not a list of name=value for ${module}.`,
    {
      hint: `Write -a 'name=value other="two words"' or -a '{name: value}'; hostwright doc ${module} lists the names.`,
    },
  );
}

export function unknownModule(name: string, modules: Iterable<string>): HostwrightError {
  return new HostwrightError('unknown-module', `There is no module ${quote(name)}.`, {
    hint: didYouMean(name, modules) ?? 'Run hostwright doc to see all modules.',
  });
}

export function unknownGuardAction(action: string, actions: readonly string[]): HostwrightError {
  return new HostwrightError('usage', `hostwright guard knows no ${quote(action)}.`, {
    hint: `It does one of ${actions.join(', ')}: hostwright guard status HOST -i INVENTORY.`,
  });
}

export function unreadablePasswordFile(path: string, cause: unknown): HostwrightError {
  return new HostwrightError('unreadable-password-file', `The password file ${quote(path)} cannot be read.`, {
    cause,
    hint: 'Check that the file exists and that you may read it.',
  });
}

export function noTerminal(cause: unknown): HostwrightError {
  return new HostwrightError('no-terminal', 'A question must be asked, but there is no terminal to ask on.', {
    cause,
    hint: 'Run it in a terminal; or give the become password with --become-password-file.',
  });
}

export function interruptedQuestion(): HostwrightError {
  return new HostwrightError('interrupted', 'The question was not answered.', {
    hint: 'Nothing more was done.',
  });
}

export function noSuchHost(name: string, hosts: Iterable<string>): HostwrightError {
  return new HostwrightError('unknown-host', `The inventory has no host ${quote(name)}.`, {
    hint: didYouMean(name, hosts) ?? 'Run hostwright inventory --graph to see all hosts.',
  });
}

export function noSuchGroup(name: string, groups: Iterable<string>): HostwrightError {
  return new HostwrightError('unknown-group', `The inventory has no group ${quote(name)}.`, {
    hint: didYouMean(name, groups) ?? 'Run hostwright inventory --graph to see all groups.',
  });
}

export function limitMatchesNothing(limit: string): HostwrightError {
  return new HostwrightError('no-hosts', `The limit ${quote(limit)} matches no host.`, {
    hint: 'Run hostwright inventory --graph to see all hosts and groups.',
  });
}

export function cannotWrite(path: string, cause: unknown): HostwrightError {
  const reason = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  return new HostwrightError('cannot-write', `The file ${quote(path)} cannot be written${reason}.`, {
    cause,
    hint: 'Check that you may write there and that no file stands where a directory must be.',
  });
}

export function notOneOf(option: string, value: string, words: readonly string[]): HostwrightError {
  return new HostwrightError('bad-choice', `${option} takes ${words.join(' or ')}, not ${quote(value)}.`, {
    hint: didYouMean(value, words) ?? `For example ${option} ${words[0]}.`,
  });
}

export function noJournal(): HostwrightError {
  return new HostwrightError('no-journal', 'HOSTWRIGHT_RUNS is "off", so no run is recorded.', {
    hint: 'Unset it, or set it to the directory of the runs.',
  });
}

export function notResumable(run: string, why: string): HostwrightError {
  return new HostwrightError('not-resumable', `The run ${run} cannot be resumed: ${why}.`, {
    hint: `"hostwright runs show ${run}" shows how far it came.`,
  });
}

export function playbookMoved(was: string | undefined, is: string | undefined): HostwrightError {
  const found = `Where the run had ${was ?? 'nothing'}, the playbook now has ${is ?? 'nothing'}`;
  return new HostwrightError('playbook-moved', `${found}: its tasks are not where they were.`, {
    hint: 'Bring the playbook back as it was; --moved goes on all the same, by the places of the tasks.',
  });
}

export function undecidedCommands(named: readonly string[]): HostwrightError {
  return new HostwrightError(
    'commands-in-flight',
    `Nobody knows whether these commands ran before the run was interrupted: ${named.join(', ')}.`,
    { hint: 'Look at the hosts, then say --in-flight redo or --in-flight skip.' },
  );
}

export function notUndoable(run: string, why: string): HostwrightError {
  return new HostwrightError('not-undoable', `The run ${run} cannot be undone: ${why}.`, {
    hint: `"hostwright runs show ${run}" shows what it did.`,
  });
}

export function noConsent(count: number): HostwrightError {
  const changes = count === 1 ? 'One change cannot' : `${count} changes cannot`;
  return new HostwrightError('no-consent', `${changes} be taken back, so nothing was done.`, {
    hint: 'Say --yes to take back the rest.',
  });
}

export function runsUsage(what: string): HostwrightError {
  const forms = ['list', 'show', 'diff', 'report'];
  const found = forms.includes(what)
    ? `"runs ${what}" needs ${what === 'diff' ? 'two runs' : what === 'list' ? 'no run' : 'one run'}`
    : `"runs" does not know ${quote(what)}`;
  return new HostwrightError('usage', `${found}.`, {
    hint: didYouMean(what, forms) ?? 'Run hostwright runs --help to see how it is used.',
  });
}

export function notAPlan(file: string, cause: unknown): HostwrightError {
  return new HostwrightError('not-a-plan', `${quote(file)} is not a plan that this version can read.`, {
    cause,
    hint: 'Make one with hostwright plan PLAYBOOK -i INVENTORY -o FILE.',
  });
}

export function notPlanned(file: string, unreachable: boolean): HostwrightError {
  const why = unreachable ? 'hosts did not answer' : 'tasks would fail';
  return new HostwrightError('not-planned', `The plan is not kept in ${quote(file)}, because ${why}.`, {
    hint: 'Mend what is named above, or leave those hosts out with --limit.',
  });
}

export function stalePlan(reason: string, last: boolean): HostwrightError {
  return new HostwrightError('stale-plan', reason, {
    hint: last ? 'The plan is stale, so nothing was done; make a new one.' : undefined,
  });
}

export function notConfirmed(): HostwrightError {
  return new HostwrightError('not-confirmed', 'The changes were not confirmed, so none was made.', {
    hint: 'Run it on a terminal with --confirm, or use plan -o FILE and apply FILE.',
  });
}
