import type { CreateReporter } from './reporter.ts';

/** Every reporter by the name that `--reporter` takes. Loaded when chosen. */
export const reporters = {
  listr: async () => (await import('./listr/reporter.ts')).createListrReporter,
  plain: async () => (await import('./plain.ts')).createPlainReporter,
  json: async () => (await import('./json.ts')).createJsonReporter,
  junit: async () => (await import('./junit.ts')).createJunitReporter,
} as const satisfies Record<string, () => Promise<CreateReporter>>;

export type ReporterName = keyof typeof reporters;
