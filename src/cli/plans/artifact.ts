import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { HostResult } from '../../core/event.ts';
import type { Masker } from '../../core/secret.ts';
import type { Foretold, Rows } from '../../engine/planner.ts';
import type { Kept } from '../../journal/record.ts';
import { encode, opened, type Sealer } from '../../journal/seal.ts';
import { cannotWrite, notAPlan } from '../problems.ts';
import type { KeptOrigin } from '../run-origin.ts';
import type { Digests } from './digests.ts';

/** Version of the format. */
const FORMAT = 1;

/** A plan in a file: everything that `apply` needs to do exactly that, or to say why not. */
export interface Artifact {
  readonly kind: 'hostwright-plan';
  readonly format: number;
  /** Of Hostwright. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly runId: string;
  /** How it was asked for; encrypted where it holds a secret. */
  readonly origin: Kept<KeptOrigin>;
  /** Inputs that a person was asked for. */
  readonly answers: Kept<Readonly<Record<string, unknown>>>;
  readonly files: Digests;
  readonly inventory: string;
  /** machine-id by host. */
  readonly machines: Readonly<Record<string, string>>;
  readonly rows: Rows;
  /** For people: what differs, secrets masked. */
  readonly diffs: readonly { readonly host: string; readonly task: string; readonly diff: string }[];
}

const row: z.ZodType<Foretold> = z.looseObject({
  host: z.string(),
  task: z.string(),
  module: z.string(),
  status: z.string(),
  unknown: z.boolean(),
}) as never;

const kept = z.union([
  z.object({ open: z.record(z.string(), z.unknown()) }),
  z.object({ sealed: z.string() }),
]);

const schema = z.object({
  kind: z.literal('hostwright-plan'),
  format: z.number().max(FORMAT),
  version: z.string(),
  created: z.string(),
  runId: z.string(),
  origin: kept,
  answers: kept,
  files: z.record(z.string(), z.string()),
  inventory: z.string(),
  machines: z.record(z.string(), z.string()),
  rows: z.record(z.string(), row),
  diffs: z.array(z.object({ host: z.string(), task: z.string(), diff: z.string() })),
});

/** Data as it is, or encrypted where the masker finds a secret in it. */
export function keepFor<T>(data: T, masker: Masker | undefined, sealer: Sealer): Kept<T> {
  const { json, secret } = encode(data);
  const open = JSON.parse(json) as T;
  const isHarmless = !secret && (!masker || JSON.stringify(masker.data(open)) === json);
  return isHarmless ? { open } : { sealed: sealer.seal(json) };
}

/** Writes a plan (0600). Throws HostwrightError. */
export function writeArtifact(file: string, artifact: Omit<Artifact, 'kind' | 'format'>): void {
  const text = `${JSON.stringify({ kind: 'hostwright-plan', format: FORMAT, ...artifact }, undefined, 1)}\n`;
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

/** Reads a plan. Throws HostwrightError where the file is none. */
export function readArtifact(file: string): Artifact {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw notAPlan(file, cause);
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw notAPlan(file, parsed.error);
  return parsed.data as unknown as Artifact;
}

/** The origin and the answers of a plan. */
export function openArtifact(
  { origin, answers }: Artifact,
  sealer: Sealer,
): { readonly origin: KeptOrigin; readonly answers: Readonly<Record<string, unknown>> } {
  return { origin: opened(origin, sealer), answers: opened(answers, sealer) };
}

/** Diffs of results, for people. */
export function diffsOf(results: readonly HostResult[]): Artifact['diffs'] {
  return results.flatMap(({ host, task, diff }) => (diff ? [{ host, task, diff }] : []));
}
