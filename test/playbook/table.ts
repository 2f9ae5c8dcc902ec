import { z } from 'zod';
import { defineAction } from '../../src/core/action.ts';
import { defineModule } from '../../src/core/module.ts';
import { withAliases } from '../../src/modules/params.ts';
import type { ModuleTable } from '../../src/modules/table.ts';
import { sh } from '../../src/shell/sh.ts';

/** Modules of every form that the loader must deal with; their parameters are small so that expectations stay readable. */
function module<Schema extends z.ZodType>(name: string, params: Schema, freeForm?: string) {
  return defineModule({
    name,
    summary: `For tests: ${name}.`,
    params,
    ...(freeForm === undefined ? {} : { freeForm }),
    examples: [],
    check: () => null,
    apply: () => sh`true`,
  });
}

const text = z.string();
const mode = z
  .string({
    error: (issue) => (issue.input === undefined ? 'is required' : 'must be octal digits in quotes'),
  })
  .optional();

const copy = module(
  'copy',
  withAliases(
    z
      .strictObject({
        dest: text.min(1).describe('Where the file is to be.'),
        content: text.optional(),
        src: text.optional(),
        mode,
        state: z.enum(['present', 'absent']).default('present'),
        backup: z.boolean().default(false),
      })
      .refine((params) => (params.src === undefined) !== (params.content === undefined), {
        error: 'needs src or content, and not both',
      }),
    { dest: ['path'] },
  ),
);

const command = module(
  'command',
  z.strictObject({
    cmd: text.optional(),
    argv: z.array(text).optional(),
    chdir: text.optional(),
    creates: text.optional(),
  }),
  'cmd',
);

const bridge = module(
  'bridge',
  z.strictObject({
    name: text,
    ports: z.union([text, z.array(text)]).optional(),
    mtu: z.int().min(68).max(65_535).optional(),
    ipv4: z
      .strictObject({
        method: z.enum(['auto', 'manual']),
        dns: z.array(text).max(3).optional(),
        routes: z.record(text, z.strictObject({ via: text })).optional(),
      })
      .optional(),
  }),
);

const debug = defineAction({
  name: 'debug',
  summary: 'For tests: debug.',
  params: z.strictObject({ msg: z.unknown().optional(), var: text.optional() }),
  examples: [],
  run: () => ({ result: {} }),
});

const setFact = defineAction({
  name: 'set_fact',
  summary: 'For tests: set_fact.',
  params: z.looseObject({}),
  examples: [],
  run: () => ({ result: {} }),
});

const assert = defineAction({
  name: 'assert',
  summary: 'For tests: assert.',
  params: z.strictObject({ that: z.union([text, z.array(text)]), msg: text.optional() }),
  freeForm: 'that',
  conditions: ['that'],
  examples: [],
  run: () => ({ result: {} }),
});

const includeVars = defineAction({
  name: 'include_vars',
  summary: 'For tests: include_vars.',
  params: z.strictObject({ file: text }),
  freeForm: 'file',
  examples: [],
  run: () => ({ result: {} }),
});

export const table: ModuleTable = {
  assert: async () => assert,
  bridge: async () => bridge,
  command: async () => command,
  copy: async () => copy,
  debug: async () => debug,
  include_vars: async () => includeVars,
  set_fact: async () => setFact,
};
