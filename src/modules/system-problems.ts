import { HostwrightError } from '../core/error.ts';

/** How the command and system modules word what goes wrong. */

export function openQuote(mark: string, line: string): HostwrightError {
  const what = mark === '\\' ? 'ends in a backslash' : `has an opening ${mark} and no closing one`;
  return new HostwrightError('open-quote', `The command ${JSON.stringify(line.slice(0, 200))} ${what}.`, {
    hint: 'Close it, or give the words as a list in argv, where nothing needs quoting.',
  });
}

export function emptyCommand(module: string): HostwrightError {
  return new HostwrightError('empty-command', `The module ${module} was given a command without any word.`, {
    hint: 'A variable in it may be empty; give the program and its arguments.',
  });
}

export function noScriptFile(path: string): HostwrightError {
  return new HostwrightError('no-script-file', `The script ${path} is a directory.`, {
    hint: 'Give the path of one file beside the playbook.',
  });
}

export function unknownUnit(unit: string): HostwrightError {
  return new HostwrightError('unknown-unit', `The host has no unit ${unit}.`, {
    hint: 'See `systemctl list-unit-files` there; a package that brings it must be installed first, and a new file needs daemon_reload.',
  });
}

export function noReload(unit: string): HostwrightError {
  return new HostwrightError('no-reload', `The unit ${unit} cannot be reloaded: it has no ExecReload.`, {
    hint: 'Use state: restarted.',
  });
}

export function unknownService(name: string, manager: string): HostwrightError {
  return new HostwrightError('unknown-service', `The host has no service ${name} (asked ${manager}).`, {
    hint: 'A package that brings it must be installed first; see /etc/init.d there.',
  });
}

export function noServiceTool(name: string): HostwrightError {
  return new HostwrightError(
    'no-service-manager',
    `The service ${name} cannot be looked at: neither systemd nor OpenRC nor SysV init is at work on the host.`,
    { hint: 'In a container, start the program by other means (module command).' },
  );
}

export function aptRefused(operation: readonly string[], errors: readonly string[]): HostwrightError {
  const missing = errors
    .map((error) => /^Unable to locate package (\S+)/.exec(error)?.[1])
    .filter((name) => name !== undefined);
  if (missing.length > 0) {
    const names = missing.join(', ');
    return new HostwrightError('unknown-package', `No package named ${names} is known to apt on the host.`, {
      hint: 'Correct the name, add the repository that has it, or fetch the lists anew (update_cache: true).',
    });
  }
  const said = errors.join(' ').slice(0, 500);
  return new HostwrightError('apt-refused', `apt-get ${operation.join(' ')} is not possible: ${said}`, {
    hint: 'Run it with -s on the host to see more; held packages and versions that exclude each other are the usual reasons.',
  });
}

export function unsupportedPattern(pattern: string, part: string): HostwrightError {
  return new HostwrightError(
    'unsupported-pattern',
    `The pattern ${JSON.stringify(pattern)} cannot be searched for on a host: ${part} has no equal in grep -E.`,
    {
      hint: 'Use classes, groups, alternatives and quantifiers; leave out look-around, back references and \\b.',
    },
  );
}

export function aptNeedsConsent(
  operation: readonly string[],
  risk: string,
  parameter: string,
): HostwrightError {
  const what: Readonly<Record<string, string>> = {
    downgrade: 'go back to an older version of a package',
    held: 'change a package that is on hold',
    essential: 'remove a package that the system cannot do without',
  };
  return new HostwrightError('apt-refused', `apt-get ${operation.join(' ')} would ${what[risk] ?? risk}.`, {
    hint: `Say ${parameter}: true in the task where that is meant.`,
  });
}

export function unknownParameter(name: string, path: string): HostwrightError {
  return new HostwrightError(
    'unknown-parameter',
    `The kernel of the host has no parameter ${name} (${path}).`,
    {
      hint: 'Correct the name, load the module that brings it first, or set ignoreerrors: true.',
    },
  );
}

export function unknownZone(name: string): HostwrightError {
  return new HostwrightError('unknown-zone', `The host knows no time zone ${name}.`, {
    hint: 'See `ls /usr/share/zoneinfo` there; the package tzdata brings them.',
  });
}

export function unknownUser(name: string): HostwrightError {
  return new HostwrightError('unknown-account', `The host has no user ${name}.`, {
    hint: 'Create it in an earlier task (module user), or correct the name.',
  });
}

export function notMounted(path: string): HostwrightError {
  return new HostwrightError('not-mounted', `Nothing is mounted at ${path}.`, {
    hint: 'Use state: mounted, which mounts it where it is not.',
  });
}

export function otherMounted(path: string, mounted: string, wanted: string): HostwrightError {
  return new HostwrightError(
    'other-mounted',
    `At ${path} there is ${mounted} mounted already, not ${wanted}.`,
    {
      hint: 'Unmount it in an earlier task (mount: state: unmounted), or correct src.',
    },
  );
}
