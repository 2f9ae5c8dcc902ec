import type { RunOptions } from '../../../src/engine/run.ts';
import { type Played, playText, type Setting } from '../../engine/play.ts';

/** Runs a playbook in TypeScript over the local transport; what it needs of Hostwright is imported for it. */
export function playTypescript(
  body: string,
  { files = {}, ...setting }: Setting & { readonly options?: Partial<RunOptions> } = {},
): Promise<Played> {
  return playText('- import_playbook: site.ts\n', {
    ...setting,
    files: { 'site.ts': typescript(body), ...files },
  });
}

/** The body below one line that imports all it calls; lines of the body count from 2. */
export function typescript(body: string): string {
  const called = [...body.matchAll(/\b([a-z]\w*)[(.]/gi)].map(([, name = '']) => name);
  const names = [...new Set(called)].filter((name) => EXPORTED.has(name));
  return `import { ${names.join(', ')} } from 'hostwright';\n${body}`;
}

const EXPORTED = new Set([
  ...[
    'definePlaybook',
    'play',
    'task',
    'block',
    'handler',
    'defineModule',
    'defineRole',
    'defineInputs',
    'input',
  ],
  ...['import_tasks', 'include_tasks', 'import_playbook', 'z', 'sh', 'HostwrightError'],
  ...[
    'debug',
    'command',
    'shell',
    'file',
    'copy',
    'stat',
    'set_fact',
    'assert',
    'fail',
    'slurp',
    'find',
    'template',
  ],
]);
