import type { ReporterName } from '../../reporters/index.ts';
import type { Terminal } from '../terminal.ts';

/** Says that there is nothing to do; where a program reads standard output, people are told on the other one. */
export function sayNothingLeft(text: string, reporter: ReporterName | undefined, terminal: Terminal): void {
  if (reporter === 'json' || reporter === 'junit') terminal.writeError(`${text}\n`);
  else terminal.output.write(`${text}\n`);
}
