import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';

// Both files are made by this test: after a change of the modules, `npx vitest run test/playbook/typescript/functions.test.ts -u`.

test('every module has its function, with its summary, and there is no other', async () => {
  const lines = await Promise.all(
    Object.entries(modules).map(async ([name, load]) => {
      const { summary } = await load();
      const own = isReserved(name) ? `const ${name}Function` : `export const ${name}`;
      const line = `${own}: ModuleFunctionOf<'${name}'> = moduleFunction('${name}');`;
      const fitting = line.length <= 110 ? line : line.replace(' = ', ' =\n  ');
      return `/** ${summary} */\n${fitting}\n`;
    }),
  );
  const reserved = Object.keys(modules).filter(isReserved);
  const renamed = reserved.map((name) => `${name}Function as ${name}`).join(', ');
  const text = `${FUNCTIONS}\n${lines.join('\n')}\n${RENAMED}\nexport { ${renamed} };\n`;
  await expect(text).toMatchFileSnapshot('../../../src/playbook/typescript/modules.ts');
});

test('every module has its types', async () => {
  const index = readFileSync('src/modules/index.ts', 'utf8');
  const found = [...index.matchAll(/^ {2}(\w+): async \(\) =>\s+\(await import\('\.\/(.+)'\)\)\.(\w+),/gm)];
  expect(found.map(([, name]) => name)).toEqual(Object.keys(modules));
  const lines = found.map(
    ([, name, file, exported]) => `  readonly ${name}: typeof import('../../modules/${file}').${exported};\n`,
  );
  await expect(`${TYPES}${lines.join('')}}\n`).toMatchFileSnapshot(
    '../../../src/playbook/typescript/module-types.ts',
  );
});

const MADE = '// Made by test/playbook/typescript/functions.test.ts.';

const FUNCTIONS = `${MADE}

import { type ModuleFunctionOf, moduleFunction } from './task.ts';
`;

const RENAMED = `// A word that JavaScript keeps for itself can be exported; who imports it gives it another name:
// import { package as packages } from 'hostwright'`;

const TYPES = `${MADE}

/** Every module that ships, with its own types. Only types: no module is loaded for them. */
export interface Modules {
`;

function isReserved(name: string): boolean {
  try {
    new Function(`"use strict"; const ${name} = 0;`);
    return false;
  } catch {
    return true;
  }
}
