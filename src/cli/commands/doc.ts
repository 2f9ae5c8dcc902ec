import type { ModuleTable } from '../../modules/table.ts';
import { shortName } from '../../playbook/parse/module-name.ts';
import { createPaint } from '../../reporters/paint.ts';
import type { DefineCommand } from '../command.ts';
import { loadModules } from '../parts.ts';
import { unknownModule } from '../problems.ts';

const EXAMPLES = `
Examples:
  $ hostwright doc          all modules, one line each
  $ hostwright doc copy     parameters, defaults and examples of one
`;

export const defineDoc: DefineCommand = (command, { terminal, write }) => {
  command
    .usage('[MODULE…]')
    .argument('[module...]', 'names of modules')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[]) => {
      const modules = await loadModules();
      if (names.length === 0) return write(await listModules(modules));
      const { moduleDoc } = await import('../module-doc.ts');
      const paint = createPaint(terminal.color);
      const pages: string[] = [];
      for (const written of names) {
        const name = shortName(written);
        const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
        if (!load) throw unknownModule(name, Object.keys(modules));
        pages.push(moduleDoc(await load(), paint));
      }
      write(pages.join('\n'));
    });
};

async function listModules(modules: ModuleTable): Promise<string> {
  const names = Object.keys(modules);
  const width = Math.max(0, ...names.map((name) => name.length));
  const loaded = await Promise.all(Object.values(modules).map((load) => load()));
  return loaded.map((module, index) => `${(names[index] ?? '').padEnd(width)}  ${module.summary}\n`).join('');
}
