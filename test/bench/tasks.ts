import { createHash } from 'node:crypto';

/** One task of a workload, in no one's language. Paths are relative to the hosts' directory. */
export type Step =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: string }
  | { readonly kind: 'template'; readonly name: string; readonly path: string; readonly mode: string }
  | { readonly kind: 'line'; readonly path: string; readonly option: string; readonly value: string }
  | { readonly kind: 'command'; readonly path: string; readonly text: string }
  | { readonly kind: 'copy'; readonly name: string; readonly path: string; readonly mode: string }
  | { readonly kind: 'stat'; readonly path: string; readonly mode: string }
  | { readonly kind: 'assert'; readonly mode: string };

/** Variables that all hosts share; `inventory_hostname` is each host's own. */
export const VARIABLES = { site: 'north', port: 8080, workers: 4, contact: 'operators@example.org' } as const;

const DIRECTORIES = [
  'app',
  'app/etc',
  'app/etc/conf.d',
  'app/bin',
  'app/data',
  'app/log',
  'app/run',
  'app/spool',
];
const TEMPLATES = ['app', 'proxy', 'cache', 'queue', 'mail', 'logs', 'alerts', 'limits'];
const LINES: readonly (readonly [string, string, string])[] = [
  ['settings-a.conf', 'option_03', 'enabled'],
  ['settings-a.conf', 'option_11', '250'],
  ['settings-a.conf', 'option_17', '/var/lib/app'],
  ['settings-b.conf', 'option_02', 'off'],
  ['settings-b.conf', 'option_08', '10.0.0.0/8'],
  ['settings-b.conf', 'option_20', 'verbose'],
];

const directory = (path: string): Step => ({
  kind: 'directory',
  path,
  mode: path === 'app/run' ? '0750' : '0755',
});
const template = (name: string): Step => ({
  kind: 'template',
  name,
  path: `app/etc/conf.d/${name}.conf`,
  mode: '0640',
});
const line = ([file, option, value]: readonly [string, string, string]): Step => ({
  kind: 'line',
  path: file,
  option,
  value,
});
const command = (name: string): Step => ({ kind: 'command', path: `app/data/${name}`, text: `made ${name}` });
const copy = (name: string): Step => ({ kind: 'copy', name, path: `app/bin/${name}`, mode: '0755' });

/** The thirty tasks. */
export const THIRTY: readonly Step[] = [
  ...DIRECTORIES.map(directory),
  ...TEMPLATES.map(template),
  ...LINES.map(line),
  ...['index', 'journal', 'state'].map(command),
  ...['start', 'stop', 'rotate'].map(copy),
  { kind: 'stat', path: 'app/bin/start', mode: '0755' },
  { kind: 'assert', mode: '0755' },
];

/** One of each kind. */
export const FIVE: readonly Step[] = [
  directory('app'),
  { kind: 'template', name: 'app', path: 'app/app.conf', mode: '0640' },
  line(['settings-a.conf', 'option_03', 'enabled']),
  { kind: 'command', path: 'app/index', text: 'made index' },
  { kind: 'copy', name: 'start', path: 'app/start', mode: '0755' },
];

/** A template's text, with `{{ name }}` as Handlebars and Jinja have it; `facts` adds names of facts, written as FACT(kernel). */
export function templateText(name: string, facts: boolean): string {
  const body = [...Array(12).keys()].map((index) => `  setting_${index} = ${name}-${index * 7}`).join('\n');
  return `# ${name} on {{ inventory_hostname }}
[${name}]
  site = {{ site }}
  listen = 0.0.0.0:{{ port }}
  workers = {{ workers }}
  contact = {{ contact }}
${facts ? '  kernel = {{ FACT(kernel) }}\n  machine = {{ FACT(architecture) }}\n' : ''}${body}
`;
}

/** What a small file that is copied holds. */
export function copiedText(name: string): string {
  return `#!/bin/sh\n# ${name}\n${[...Array(20).keys()].map((index) => `echo '${name} step ${index}'`).join('\n')}\n`;
}

/** Files that hosts have before the first run. */
export function seedFiles(): Readonly<Record<string, string>> {
  const text = [...Array(24).keys()]
    .map((index) => `option_${String(index).padStart(2, '0')} = default\n`)
    .join('');
  return { 'settings-a.conf': text, 'settings-b.conf': text };
}

/** What must be on a host afterwards: for each path its permissions, and for a file the SHA-256 of what it holds. */
export type Expected = ReadonlyMap<string, { readonly mode: number; readonly sha256?: string }>;

export function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function expectedFiles(
  steps: readonly Step[],
  host: string,
  facts: Readonly<Record<string, string>> | undefined,
): Expected {
  const expected = new Map<string, { mode: number; text?: string }>();
  for (const [path, text] of Object.entries(seedFiles())) expected.set(path, { mode: 0o644, text });
  const values: Readonly<Record<string, unknown>> = { ...VARIABLES, inventory_hostname: host };
  for (const step of steps) {
    if (step.kind === 'directory') expected.set(step.path, { mode: Number.parseInt(step.mode, 8) });
    if (step.kind === 'template') {
      const text = templateText(step.name, facts !== undefined)
        .replace(/\{\{ FACT\((\w+)\) \}\}/g, (_, name) => facts?.[name] ?? '')
        .replace(/\{\{ (\w+) \}\}/g, (_, name) => String(values[name]));
      expected.set(step.path, { mode: Number.parseInt(step.mode, 8), text });
    }
    if (step.kind === 'line') {
      const before = expected.get(step.path)?.text ?? '';
      const text = before.replace(`${step.option} = default`, `${step.option} = ${step.value}`);
      expected.set(step.path, { mode: 0o644, text });
    }
    if (step.kind === 'command') expected.set(step.path, { mode: 0o644, text: `${step.text}\n` });
    if (step.kind === 'copy')
      expected.set(step.path, { mode: Number.parseInt(step.mode, 8), text: copiedText(step.name) });
  }
  return new Map(
    [...expected].map(([path, { mode, text }]) => [
      path,
      { mode, ...(text === undefined ? {} : { sha256: digest(text) }) },
    ]),
  );
}
