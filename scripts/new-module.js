// Makes a new module that works at once: the module, its cases, and its line in the index.
// Usage: npm run new:module NAME [-- --group builtin|system|network|libvirt]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const GROUPS = ['builtin', 'system', 'network', 'libvirt'];
const LINE_WIDTH = 110;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const indexFile = join(root, 'src/modules/index.ts');
const indexLine = /^ {2}([a-z0-9_]+): async \(\) =>\n? *.*,\n/gm;

class Refusal extends Error {}

try {
  const { name, group } = readArguments();
  for (const file of makeModule(name, group)) console.log(`made ${file}`);
  writeTypescriptFunctions();
  console.log(
    `Use it in a playbook as \`${name}:\`; run its cases with \`npm run test:unit -- module-cases\`.`,
  );
} catch (thrown) {
  if (!(thrown instanceof Refusal)) throw thrown;
  console.error(thrown.message);
  process.exitCode = 1;
}

function readArguments() {
  const { values, positionals } = parse();
  // `npm run new:module NAME --group x` without `--` gives npm the option, which hands it on in the environment.
  const group = values.group ?? process.env.npm_config_group ?? 'system';
  const names = positionals.filter(
    (word) => process.env.npm_config_group !== 'true' || !GROUPS.includes(word),
  );
  const fromPositional = positionals.find((word) => !names.includes(word));
  const chosen = group === 'true' ? fromPositional : group;
  if (names.length !== 1) throw new Refusal('Give one name: npm run new:module NAME [-- --group system]');
  if (!chosen || !GROUPS.includes(chosen)) {
    throw new Refusal(`There is no group ${JSON.stringify(chosen)}; the groups are ${GROUPS.join(', ')}.`);
  }
  return { name: names[0], group: chosen };
}

function parse() {
  try {
    return parseArgs({ options: { group: { type: 'string' } }, allowPositionals: true });
  } catch (thrown) {
    throw new Refusal(`${thrown.message.split('.')[0]}. Usage: npm run new:module NAME [-- --group system]`);
  }
}

/** Checks everything first, so that a refusal leaves nothing behind. Returns what was written, relative to the project. */
function makeModule(name, group) {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new Refusal(
      `The name ${JSON.stringify(name)} is not snake_case: lower-case letters, digits and single _, at most 40.`,
    );
  }
  const index = readFileSync(indexFile, 'utf8');
  const taken = [...index.matchAll(indexLine)].some((match) => match[1] === name);
  const files = { module: `src/modules/${group}/${name}.ts`, cases: `test/cases/modules/${name}.cases.ts` };
  if (taken) throw new Refusal(`There is a module ${name} already; see src/modules/index.ts.`);
  for (const file of Object.values(files)) {
    if (existsSync(join(root, file))) throw new Refusal(`The file ${file} exists already.`);
  }
  const variable = variableOf(name);
  write(files.module, moduleText(name, variable));
  write(files.cases, casesText(variable, group, name));
  writeFileSync(indexFile, withLine(index, name, group, variable));
  return [files.module, files.cases, 'a line in src/modules/index.ts'];
}

function write(file, text) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** camelCase; words that JavaScript keeps for itself get an ending. */
function variableOf(name) {
  const camel = name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  try {
    new Function(`"use strict"; const ${camel} = 0;`);
    return ['sh', 'text', 'z'].includes(camel) ? `${camel}Module` : camel;
  } catch {
    return `${camel}Module`;
  }
}

/** The index with one more line, where the alphabet puts it. */
function withLine(index, name, group, variable) {
  const load = `(await import('./${group}/${name}.ts')).${variable},`;
  const short = `  ${name}: async () => ${load}\n`;
  const line = short.length - 1 <= LINE_WIDTH ? short : `  ${name}: async () =>\n    ${load}\n`;
  const later = [...index.matchAll(indexLine)].find((match) => match[1] > name);
  const at = later ? later.index : index.lastIndexOf('};');
  return index.slice(0, at) + line + index.slice(at);
}

function moduleText(name, variable) {
  return `import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import type { HostRead } from '../../core/read.ts';
import { sh, withInput } from '../../shell/sh.ts';
import { hostPath, text } from '../params.ts';

/** The text of a file; null where there is none. What a host prints is bytes: the parser makes a value of it. */
function fileText(path: string): HostRead<string | null> {
  return {
    kind: 'host',
    name: \`text of \${path}\`,
    script: sh\`if [ -e \${path} ]; then printf + && cat \${path}; fi\`,
    parse: ({ stdout }) => {
      const printed = new TextDecoder().decode(stdout);
      return printed === '' ? null : printed.slice(1);
    },
  };
}

export const ${variable} = defineModule({
  name: '${name}',
  summary: 'Make sure that a file has a line.',
  params: z.strictObject({
    path: hostPath.describe('The file; it is made where it does not exist.'),
    line: text.describe('The line, without its newline.'),
  }),
  examples: [{ title: 'A line', params: { path: '/etc/motd', line: 'Handle with care.' } }],
  reads: (params) => ({ before: fileText(params.path) }),
  // Pure: what differs, or null where nothing does.
  check: ({ path, line }, { before }) => {
    if (before?.split('\\n').includes(line)) return null;
    const gap = before && !before.endsWith('\\n') ? '\\n' : '';
    const after = \`\${before ?? ''}\${gap}\${line}\\n\`;
    return { differences: [{ label: path, before, after }], data: { before, added: \`\${gap}\${line}\\n\` } };
  },
  // Only a script is made here. Afterwards the host is read again, and check must find nothing to do.
  apply: ({ data }, { path }) => withInput(sh\`cat >> \${path}\`, data.added),
  undo: ({ data }, { path }) =>
    data.before === null ? sh\`rm \${path}\` : withInput(sh\`cat > \${path}\`, data.before),
});
`;
}

function casesText(variable, group, name) {
  return `import { ${variable} } from '../../../src/modules/${group}/${name}.ts';
import type { ModuleCases } from './module-case.ts';

const params = { path: '/etc/motd', line: 'Handle with care.' };

export const cases: ModuleCases = {
  module: ${variable},
  cases: [
    {
      title: 'leaves a file alone that has the line',
      params,
      reads: { before: { stdout: '+Welcome.\\nHandle with care.\\n' } },
      expected: 'ok',
    },
    {
      title: 'adds the line, also after a last line without a newline',
      params,
      reads: { before: { stdout: '+Welcome.' } },
      expected: {
        differences: [{ label: '/etc/motd', before: 'Welcome.', after: 'Welcome.\\nHandle with care.\\n' }],
        apply: 'cat >> /etc/motd',
        undo: 'cat > /etc/motd',
        proof: { reads: { before: { stdout: '+Welcome.\\nHandle with care.\\n' } }, left: [] },
      },
    },
    {
      title: 'makes the file',
      params,
      reads: { before: { stdout: '' } },
      expected: {
        differences: [{ label: '/etc/motd', before: null, after: 'Handle with care.\\n' }],
        undo: 'rm /etc/motd',
      },
    },
    {
      title: 'refuses a relative path',
      params: { ...params, path: 'motd' },
      expected: {
        invalid: 'path: must be an absolute path on the host (or begin with ~/), not "motd"',
      },
    },
  ],
};
`;
}

/** The functions for playbooks in TypeScript are written from the modules; the test that keeps them in step writes them with -u. */
function writeTypescriptFunctions() {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const test = join('test', 'playbook', 'typescript', 'functions.test.ts');
  if (!existsSync(vitest) || !existsSync(test)) return;
  spawnSync(process.execPath, [vitest, 'run', '--project', 'unit', test, '-u'], { stdio: 'ignore' });
}
