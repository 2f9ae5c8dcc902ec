import { HostwrightError } from '../core/error.ts';
import type { ReadOutput } from '../core/read.ts';

/** How reading a host words what goes wrong. */

export function pathNotVisible(path: string): HostwrightError {
  return new HostwrightError(
    'permission-denied',
    `The path ${path} cannot be looked at: a directory above it is closed to the user.`,
    { hint: 'Run the task with become: true, or as a user who may enter the directory.' },
  );
}

export function unexpectedStat(path: string, line: string): HostwrightError {
  return new HostwrightError(
    'unexpected-output',
    `The host described ${path} in a way that is not understood: ${JSON.stringify(line.slice(0, 120))}.`,
    { hint: 'The stat command of GNU coreutils or busybox is needed (with -c).' },
  );
}

export function unexpectedOutput(what: string, output: ReadOutput): HostwrightError {
  const errors = new TextDecoder().decode(output.stderr.subarray(0, 300)).trim();
  return new HostwrightError(
    'unexpected-output',
    `Reading ${what} ended with status ${output.rc} and without the expected output${errors ? `: ${errors}` : ''}.`,
    { hint: 'The host must have a POSIX shell with stat, readlink and sha256sum.' },
  );
}

export function systemdAbsent(unit: string): HostwrightError {
  return new HostwrightError(
    'no-systemd',
    `The unit ${unit} cannot be looked at: the host was not started by systemd.`,
    { hint: 'Use the module service, which also knows SysV init and OpenRC.' },
  );
}

export function packageToolAbsent(tool: string): HostwrightError {
  return new HostwrightError('no-package-tool', `The host has no ${tool}.`, {
    hint: 'Use the module package, which takes whatever the host has.',
  });
}

export function noDirectory(path: string): HostwrightError {
  return new HostwrightError('not-a-directory', `There is no directory ${path} on the host.`, {
    hint: 'Correct the path, or create the directory in an earlier task.',
  });
}

export function circularLink(path: string): HostwrightError {
  return new HostwrightError('circular-link', `The symbolic link ${path} leads back to itself.`, {
    hint: 'Remove it in an earlier task (file: state: absent), or lead it elsewhere (file: state: link).',
  });
}

export function virshAbsent(): HostwrightError {
  return new HostwrightError('no-virsh', 'The host has no virsh.', {
    hint: 'Install libvirt-clients (libvirt-client on Red Hat and its kin) in an earlier task.',
  });
}

/** `what` begins the sentence: `The sockets of the host`. */
export function rootNeeded(what: string): HostwrightError {
  return new HostwrightError('permission-denied', `${what} are shown to root alone.`, {
    hint: 'Run the task with become: true.',
  });
}

export function noProgram(program: string, hint: string): HostwrightError {
  return new HostwrightError('no-program', `The host has no program ${program}.`, { hint });
}
