import { HostwrightError } from '../core/error.ts';

/** How the modules word what goes wrong. One function per error, in the order of its code. */

export function unknownAccount(kind: 'user' | 'group', name: string, path: string): HostwrightError {
  return new HostwrightError(
    'unknown-account',
    `The ${kind} ${JSON.stringify(name)} that ${path} shall belong to does not exist on the host.`,
    { hint: `Create it in an earlier task (module ${kind}), or correct the name.` },
  );
}

export function notAFile(path: string, kind: string): HostwrightError {
  return new HostwrightError('not-a-file', `The path ${path} is a ${kind} on the host, not a file.`, {
    hint:
      kind === 'directory'
        ? 'Give the path of a file in it, or remove the directory in an earlier task (file: state: absent).'
        : 'Give another path, or remove what is there in an earlier task (file: state: absent).',
  });
}

export function missingDirectory(path: string): HostwrightError {
  return new HostwrightError('missing-directory', `The directory of ${path} does not exist on the host.`, {
    hint: 'Create it in an earlier task: file with state: directory.',
  });
}

export function closedToUser(path: string): HostwrightError {
  return new HostwrightError('permission-denied', `The file ${path} cannot be read by the task's user.`, {
    hint: 'Run the task with become: true.',
  });
}

export function missingFile(path: string, hint: string): HostwrightError {
  return new HostwrightError('missing-file', `The file ${path} does not exist on the host.`, { hint });
}

export function tooLarge(path: string, size: number, limit: number): HostwrightError {
  return new HostwrightError(
    'too-large',
    `The file ${path} has ${size} bytes, more than the ${limit} that can be edited in place.`,
    { hint: 'Write the file whole with copy or template instead.' },
  );
}

export function tooLargeAmongOthers(path: string, size: number): HostwrightError {
  return new HostwrightError(
    'too-large-in-tree',
    `The file ${path} has ${size} bytes, too many to be sent together with other files of its directory.`,
    { hint: 'Copy it with a task of its own; files of up to 1 MiB go with their directory.' },
  );
}

export function notADirectory(path: string, kind: string): HostwrightError {
  return new HostwrightError(
    'not-a-directory',
    `The path ${path} is a ${kind} on the host, not a directory.`,
    {
      hint: 'Give another path, or remove what is there in an earlier task (file: state: absent).',
    },
  );
}

export function missingSource(path: string): HostwrightError {
  return new HostwrightError('missing-source', `The source ${path} does not exist on the host.`, {
    hint: 'Create it in an earlier task, or leave out remote_src if the file lies beside the playbook.',
  });
}

export function remoteDirectory(path: string): HostwrightError {
  return new HostwrightError('remote-directory', `The source ${path} is a directory of the host.`, {
    hint: 'With remote_src, copy takes one file; copy a directory of the host with command: cp -a and creates.',
  });
}

export function wrongChecksum(path: string, wanted: string, found: string): HostwrightError {
  return new HostwrightError(
    'wrong-checksum',
    `The source ${path} has the SHA-256 ${found}, not ${wanted}.`,
    {
      hint: 'The file is not the expected version; correct checksum if it is.',
    },
  );
}

export function invalidPattern(pattern: string, cause: unknown): HostwrightError {
  const reason =
    cause instanceof Error ? cause.message.replace(/^Invalid regular expression: \/.*\/\w*: /s, '') : '';
  return new HostwrightError(
    'invalid-pattern',
    `The regular expression ${JSON.stringify(pattern.slice(0, 120))} is not valid${reason ? `: ${reason}` : ''}.`,
    { hint: 'A backslash must be doubled inside double quotes of YAML; use single quotes.', cause },
  );
}

export function neverSettles(path: string): HostwrightError {
  return new HostwrightError(
    'never-settles',
    `This edit of ${path} would change the file again on each run: what it writes is matched and changed anew.`,
    { hint: 'Make the pattern match what is written, or write what the pattern no longer matches.' },
  );
}

export function brokenBlock(path: string, marker: string): HostwrightError {
  return new HostwrightError(
    'broken-block',
    `The file ${path} has the marker ${JSON.stringify(marker)} without its counterpart.`,
    { hint: 'Put the missing marker line back, or remove this one; where the block ends cannot be guessed.' },
  );
}

export function isMountPoint(path: string): HostwrightError {
  return new HostwrightError(
    'mount-point',
    `The path ${path} is a file system of its own and is not removed.`,
    {
      hint: 'Give the path of what shall be removed in it, or unmount it first (module mount).',
    },
  );
}

export function pathTaken(path: string, kind: string, wanted: string): HostwrightError {
  return new HostwrightError(
    'path-taken',
    `The path ${path} is a ${kind} on the host; a ${wanted} cannot take its place.`,
    {
      hint:
        kind === 'directory'
          ? 'Remove the directory in an earlier task (file: state: absent), or give another path.'
          : 'Set force: true to replace it, or give another path.',
    },
  );
}

export function missingLinkSource(path: string, source: string): HostwrightError {
  return new HostwrightError(
    'missing-source',
    `The link ${path} would lead to ${source}, which does not exist on the host.`,
    { hint: 'Create it in an earlier task, correct src, or set force: true for a link that leads nowhere.' },
  );
}

export function requestFailed(url: string, code: number, problem: string): HostwrightError {
  const why = code === 0 ? problem || 'no answer' : `HTTP status ${code}`;
  return new HostwrightError('request-failed', `Request failed: ${url} gave ${why}.`, {
    hint: 'The address is fetched by the host itself: try it there with curl.',
  });
}

export function notInList(name: string, list: string): HostwrightError {
  return new HostwrightError('not-in-list', `The list of checksums ${list} does not name ${name}.`, {
    hint: 'Give the digest itself: checksum: sha256:DIGEST.',
  });
}

export function noDirectoryToUnpack(path: string): HostwrightError {
  return new HostwrightError(
    'missing-directory',
    `The destination ${path} is not an existing directory of the host.`,
    {
      hint: 'Create it in an earlier task: file with state: directory.',
    },
  );
}

export function nothingToPack(paths: readonly string[]): HostwrightError {
  return new HostwrightError(
    'nothing-to-pack',
    `Nothing is at ${paths.join(', ')} on the host, so there is nothing to archive.`,
    {
      hint: 'Correct path; patterns are *, ? and […].',
    },
  );
}
