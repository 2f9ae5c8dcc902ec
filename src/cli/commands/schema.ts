import type { DefineCommand } from '../command.ts';
import { loadModules } from '../parts.ts';
import { unknownModule } from '../problems.ts';

const EXAMPLES = `
Editors and other tools check and complete parameters with it.

Examples:
  $ hostwright schema > modules.schema.json
  $ hostwright schema copy
`;

export const defineSchema: DefineCommand = (command, { write }) => {
  command
    .usage('[MODULE]')
    .argument('[module]', 'name of a module; without it: all, as one schema of a task')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined) => {
      const modules = await loadModules();
      const { parametersSchema } = await import('../module-doc.ts');
      if (name !== undefined) {
        const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
        if (!load) throw unknownModule(name, Object.keys(modules));
        return write(`${JSON.stringify(parametersSchema(await load()), undefined, 2)}\n`);
      }
      const definitions: Record<string, unknown> = {};
      for (const [module, load] of Object.entries(modules)) {
        const loaded = await load();
        const { $schema: _, ...parameters } = parametersSchema(loaded) as Record<string, unknown>;
        definitions[module] = {
          description: loaded.summary,
          // `command: ls /` and an empty `ping:` are right too.
          anyOf: [parameters, ...(loaded.freeForm ? [{ type: 'string' }] : []), { type: 'null' }],
        };
      }
      const schema = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'Modules of a Hostwright task',
        type: 'object',
        properties: Object.fromEntries(
          Object.keys(definitions).map((module) => [module, { $ref: `#/$defs/${module}` }]),
        ),
        $defs: definitions,
      };
      write(`${JSON.stringify(schema, undefined, 2)}\n`);
    });
};
