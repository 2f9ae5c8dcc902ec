import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { defineFunction, FunctionFailure, type FunctionTable, text } from './define.ts';

/** Keys and small configurations are meant; whole files travel with `copy`. Bytes. */
const LARGEST = 1024 * 1024;

function read(written: string, directories: readonly string[]): string {
  const file = written === '~' || written.startsWith('~/') ? path.join(homedir(), written.slice(2)) : written;
  const places = path.isAbsolute(file) ? [file] : directories.map((home) => path.join(home, file));
  for (const place of places) {
    let content: Buffer;
    try {
      content = readFileSync(place);
    } catch (thrown) {
      if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) continue;
      throw new FunctionFailure(
        `the file ${JSON.stringify(place)} cannot be read (${(thrown as NodeJS.ErrnoException).code})`,
        'It is read on this machine, by the user that runs Hostwright.',
      );
    }
    if (content.length > LARGEST)
      throw new FunctionFailure(
        `the file ${JSON.stringify(place)} is larger than ${LARGEST} bytes`,
        'Bring it to the host with copy.',
      );
    return content.toString('utf8').trimEnd();
  }
  throw new FunctionFailure(
    `the file ${JSON.stringify(written)} does not exist on this machine`,
    `Looked for ${places.join(', ')}.`,
  );
}

export const fileFunctions: FunctionTable = {
  file_text: defineFunction({
    summary:
      'The text of a file on this machine, without blanks and line ends at its end; a relative path is looked for in files/ of the role and of ' +
      'the playbook, beside them, and in the directory you are in. What is in it is data: {{ }} in it is never evaluated.',
    parameters: [text('path')],
    example: ['length (file_text "/proc/sys/kernel/ostype")', 5],
    inConditions: false,
    run: ([file], _options, { directories }) => read(file, directories()),
  }),
};
