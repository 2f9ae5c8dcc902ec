import { stringify } from 'yaml';
import type { InputDefinition, Inputs, LoadedPlaybook } from '../playbook/tree.ts';
import { cleanText } from '../reporters/clean.ts';
import { createPaint, type Paint } from '../reporters/paint.ts';
import { loadPlaybooks } from './parts.ts';
import { wrap } from './wrap.ts';

/** What playbooks are about and which inputs they take. Throws the errors of playbooks that are wrong. */
export async function playbookHelp(files: readonly string[], color: boolean): Promise<string> {
  const paint = createPaint(color);
  const playbooks = await loadPlaybooks(files);
  return playbooks.map((playbook) => describePlaybook(playbook, paint)).join('\n');
}

function describePlaybook(playbook: LoadedPlaybook, paint: Paint): string {
  const { file, name, description, plays } = playbook;
  const inputs: Inputs = Object.assign({}, playbook.inputs, ...plays.map((play) => play.inputs));
  const entries = Object.entries(inputs);
  const lines = [
    paint('bold', name ?? file),
    ...(description === undefined ? [] : wrap(description, 2)),
    '',
    `Usage: hostwright run ${file} -i INVENTORY${entries.length > 0 ? ' -e INPUT=VALUE…' : ''}`,
    '',
    ...(entries.length === 0
      ? ['It takes no inputs.']
      : [
          paint('bold', 'Inputs'),
          ...entries.flatMap(([input, definition]) => describeInput(input, definition, paint)),
          '',
          ...wrap('An input is given with -e, or as a variable of the same name in the inventory.', 0),
        ]),
    '',
    'All options: hostwright run --help',
  ];
  return `${cleanText(lines.join('\n'))}\n`;
}

function describeInput(name: string, definition: InputDefinition, paint: Paint): string[] {
  const { type, required, secret, description, pattern, choices } = definition;
  const must = required && definition.default === undefined ? ', required' : '';
  const notes = [
    definition.default === undefined || definition.default === null || secret
      ? undefined
      : `Default: ${short(definition.default)}`,
    choices === undefined ? undefined : `One of: ${choices.map(short).join(', ')}`,
    pattern === undefined ? undefined : `Must match: ${pattern}`,
  ];
  return [
    `  ${paint('bold', name)} (${type}${must}${secret ? ', secret' : ''})`,
    ...(description === undefined ? [] : wrap(description, 6)),
    ...notes.flatMap((note) => (note === undefined ? [] : [`      ${note}`])),
  ];
}

function short(value: unknown): string {
  if (typeof value === 'string') return value === '' ? "''" : value;
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
