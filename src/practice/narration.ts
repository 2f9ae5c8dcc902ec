import type { Recap } from '../core/result.ts';
import type { PracticeHost } from './host.ts';
import type { PracticeHosts } from './hosts.ts';

/** How text may be dressed. */
export interface Look {
  readonly color: boolean;
  /** False where only ASCII can be shown. */
  readonly unicode: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** What a person types to start this program, for commands to copy; default `hostwright`. */
  readonly program?: string;
}

/** Lines of text for people, in one look. Every function gives whole lines, each with its newline. */
export interface Narration {
  readonly opening: (practice: PracticeHosts) => string;
  readonly heading: (title: string, remark: string) => string;
  readonly verdict: (runs: readonly FinishedRun[]) => string;
  readonly failedRun: (which: string) => string;
  readonly next: (playbook: string) => string;
  readonly untilStopped: (practice: PracticeHosts, playbook: string) => string;
  readonly closing: () => string;
}

export interface FinishedRun {
  readonly recap: Recap;
  readonly durationMs: number;
}

export function narrate(look: Look): Narration {
  const dress = (code: string) => (text: string) => (look.color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [bold, dim, green, yellow] = [dress('1'), dress('2'), dress('32'), dress('33')];
  const program = look.program ?? 'hostwright';
  const width = Math.max(40, Math.min(look.columns, 80));
  const mark = look.unicode ? { yes: '✔', no: '✖', note: '›' } : { yes: 'ok', no: '!!', note: '-' };
  const paragraph = (text: string) => `${wrap(text, width - 2).join('\n  ')}\n`;
  const rows = (entries: readonly (readonly [string, string])[]) => {
    const column = Math.max(...entries.map(([name]) => name.length));
    return entries.map(([name, value]) => `    ${dim(name.padEnd(column))}  ${value}\n`).join('');
  };

  return {
    opening: ({ hosts, inventoryFile }) => {
      const first = hosts[0] as PracticeHost;
      const lines = hosts.map((host) => `${host.name}  ${host.address}:${host.port} as ${host.user}`);
      const kind = first.mode === 'namespace' ? 'private namespaces' : 'a scratch directory';
      const notices = first.notices.map((notice) => `  ${yellow(mark.note)} ${wrapped(notice, width)}\n`);
      return [
        `\n  ${bold(hosts.length === 1 ? 'A host to practise on' : `${hosts.length} hosts to practise on`)}\n  `,
        paragraph(first.mode === 'namespace' ? promises.namespace : promises.directory),
        '\n',
        rows([
          ...lines.map((line, index): [string, string] => [index === 0 ? 'ssh' : '', line]),
          ['runs in', kind],
          ['inventory', inventoryFile],
        ]),
        ...(notices.length > 0 ? ['\n', ...notices] : []),
      ].join('');
    },
    heading: (title, remark) => {
      const line = (look.unicode ? '─' : '-').repeat(Math.max(0, width - 6 - title.length - remark.length));
      return `\n  ${bold(title)}  ${dim(remark)} ${dim(line)}\n\n`;
    },
    verdict: ([first, second]) => {
      if (!first || !second) return '';
      const changes = [first, second].map((run) => changesIn(run.recap));
      const [took, tookAgain] = [seconds(first.durationMs), seconds(second.durationMs)];
      const words =
        changes[1] === 0
          ? `The first run made ${amount(changes[0] ?? 0)} in ${took}; the second found nothing left to do, in ${tookAgain}.`
          : `The second run should have changed nothing, but it made ${amount(changes[1] ?? 0)}: see the tasks marked changed.`;
      const [sign, paint] = changes[1] === 0 ? [mark.yes, green] : [mark.no, yellow];
      return `\n  ${paint(bold(sign))} ${wrapped(words, width, bold)}\n`;
    },
    failedRun: (which) =>
      `\n  ${yellow(bold(mark.no))} ${wrapped(`The ${which} run did not go through: the reason stands above.`, width)}\n`,
    next: (playbook) =>
      [
        `\n  ${bold('What to try next')}\n\n`,
        commands([
          [`${program} practice`, 'a host until Ctrl-C'],
          [`${program} practice --quickstart --hosts 3`, 'the same on three'],
          [`${program} lint ${playbook}`, 'check before running'],
          [`${program} doc template`, 'what a module takes'],
        ]),
        `\n  ${wrapped(`Read ${playbook}, change a line, and run it again.`, width)}\n\n`,
      ].join(''),
    untilStopped: ({ hosts, inventoryFile, sshConfigFile }, playbook) => {
      const name = hosts[0]?.name ?? 'practice';
      return [
        `\n  ${bold('Try it from another terminal')}\n\n`,
        `    ${program} run ${playbook} \\\n      -i ${inventoryFile}\n\n`,
        `    ${program} exec ${name} -m command -a 'ip address' \\\n      -i ${inventoryFile}\n\n`,
        `    ssh -F ${sshConfigFile} ${name}\n`,
        `\n  ${wrapped(hosts.length === 1 ? stay.one : stay.many, width)}\n`,
      ].join('');
    },
    closing: () => `\n  ${dim('All gone: processes, interfaces, files.')}\n`,
  };

  /** Commands with their meaning beside them, or below where there is no room. */
  function commands(entries: readonly (readonly [string, string])[]): string {
    const column = Math.max(...entries.map(([line]) => line.length));
    const fits = entries.every(([, meaning]) => 4 + column + 2 + meaning.length <= width);
    return entries
      .map(([line, meaning]) =>
        fits ? `    ${line.padEnd(column)}  ${dim(meaning)}\n` : `    ${line}\n      ${dim(meaning)}\n`,
      )
      .join('');
  }
}

const stay = {
  one: 'The host stays until you press Ctrl-C. Then everything on it is gone.',
  many: 'The hosts stay until you press Ctrl-C. Then everything on them is gone.',
};

const promises = {
  namespace:
    'A real SSH server, with a root file system and a network of its own behind it. What you do there touches ' +
    'nothing on this machine, and nothing of it lasts.',
  directory:
    'A real SSH server, with a shell in a scratch directory behind it. What you write there is removed at the end.',
};

/** Text after a two-column mark, its further lines below its first. */
function wrapped(text: string, width: number, paint: (line: string) => string = (line) => line): string {
  return wrap(text, width - 4)
    .map(paint)
    .join('\n    ');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function changesIn(recap: Recap): number {
  return Object.values(recap).reduce((sum, host) => sum + host.changed, 0);
}

function amount(changes: number): string {
  return changes === 1 ? '1 change' : `${changes} changes`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0)} s`;
}
