import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ActionView } from '../../src/core/action.ts';
import { errorsIn, HostwrightError } from '../../src/core/error.ts';
import type { AnyModule } from '../../src/core/module.ts';
import type { Read } from '../../src/core/read.ts';
import type {
  ActionCase,
  ActionCases,
  ModuleCase,
  ModuleCases,
  Printed,
} from '../cases/modules/module-case.ts';

const folder = new URL('../cases/modules/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.cases.ts'));
const tables = await Promise.all(
  files.map(
    async (name) => (await import(new URL(name, folder).href)) as { cases: ModuleCases | ActionCases },
  ),
);

for (const { cases: table } of tables) {
  const name = 'module' in table ? table.module.name : table.action.name;
  describe(`cases of ${name}`, () => {
    if ('module' in table) {
      for (const one of table.cases) it(one.title, () => judgeModule(table.module, one));
    } else {
      for (const one of table.cases) it(one.title, () => judgeAction(table, one));
    }
  });
}

function judgeModule(module: AnyModule, one: ModuleCase): void {
  const { expected } = one;
  const parsed = module.params.safeParse(one.params);
  if (!parsed.success) {
    expect(problemsOf(parsed.error)).toBe((expected as { invalid?: string }).invalid);
    return;
  }
  const params: unknown = parsed.data;
  if (typeof expected === 'object' && 'error' in expected) {
    expect(messageOf(() => checked(module, params, one))).toBe(expected.error);
    return;
  }
  const { values, change } = checked(module, params, one);
  if (one.result) expect(module.result?.(params, { values, change, output: null })).toEqual(one.result);
  if (expected === 'ok') {
    expect(change).toBeNull();
    return;
  }
  if ('invalid' in expected) throw new Error('the parameters were accepted');
  expect(change?.differences).toEqual(expected.differences);
  expect(change?.warnings ?? []).toEqual(expected.warnings ?? []);
  if (expected.apply !== undefined) expect(module.apply(change as never, params).text).toBe(expected.apply);
  if (expected.undo !== undefined) {
    expect(module.undo?.(change as never, params)?.text ?? null).toBe(expected.undo);
  }
  if (expected.proof) {
    const after = readValues(module, params, expected.proof.reads);
    const left = module.proof
      ? module.proof(change as never, params, after)
      : module.check(params, after, { checkMode: false, pendingChanges: false });
    expect(left?.differences.map(({ label }) => label) ?? []).toEqual(expected.proof.left);
  }
}

function checked(module: AnyModule, params: unknown, one: ModuleCase) {
  const values = readValues(module, params, one.reads ?? {});
  const view = { checkMode: one.checkMode ?? false, pendingChanges: one.pendingChanges ?? false };
  return { values, change: module.check(params, values, view) };
}

/** Every read that the module asks for must be in the case, and no other: a case cannot go stale unnoticed. */
function readValues(module: AnyModule, params: unknown, given: Readonly<Record<string, unknown>>) {
  const first: Readonly<Record<string, Read<unknown>>> = module.reads?.(params) ?? {};
  const values = valuesOf(first, given);
  const more: Readonly<Record<string, Read<unknown>>> = module.moreReads?.(params, values) ?? {};
  expect(Object.keys({ ...first, ...more }).sort()).toEqual(Object.keys(given).sort());
  return { ...values, ...valuesOf(more, given) };
}

function valuesOf(reads: Readonly<Record<string, Read<unknown>>>, given: Readonly<Record<string, unknown>>) {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const values = Object.entries(reads)
    .filter(([name]) => Object.hasOwn(given, name))
    .map(([name, read]) => {
      if (read.kind === 'controller') return [name, given[name]];
      const { stdout, stderr = '', rc = 0 } = given[name] as Printed;
      return [name, read.parse({ rc, stdout: bytes(stdout), stderr: bytes(stderr) })];
    });
  return Object.fromEntries(values);
}

function judgeAction({ action }: ActionCases, one: ActionCase): void {
  const parsed = action.params.safeParse(one.params);
  if (!parsed.success) {
    expect(problemsOf(parsed.error)).toBe((one.expected as { invalid?: string }).invalid);
    return;
  }
  if ('invalid' in one.expected) throw new Error('the parameters were accepted');
  const find = (table: Readonly<Record<string, unknown>> | undefined, key: string) => {
    if (table && Object.hasOwn(table, key)) return table[key];
    throw new HostwrightError('undefined-name', `${key} is not defined.`);
  };
  const view: ActionView = {
    checkMode: one.checkMode ?? false,
    host: 'north',
    verbosity: one.verbosity ?? 0,
    condition: (expression) => find(one.conditions, String(expression)) as boolean,
    lookup: (expression) => find(one.variables, expression),
  };
  expect(action.run(parsed.data, view)).toEqual(one.expected);
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    return errorsIn(thrown)
      .map((error) => error.message)
      .join('\n');
  }
  throw new Error('nothing was thrown');
}

function problemsOf(error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
}) {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
}
