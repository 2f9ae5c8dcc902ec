import { expect } from 'vitest';
import type { Change } from '../../src/core/change.ts';
import { errorsIn } from '../../src/core/error.ts';
import type { AnyModule } from '../../src/core/module.ts';
import type { HostRead } from '../../src/core/read.ts';
import type { Script } from '../../src/core/script.ts';
import { quote } from '../../src/shell/sh.ts';
import type { Host } from './lab.ts';

/** Modules on a host without the engine: read, check, apply, read again, undo. */
export function moduleBench(host: () => Host) {
  async function runScript(script: Script) {
    const bytes = (text: string) => new TextEncoder().encode(text);
    // As the session does: a sh of its own for each script.
    const input = script.input instanceof Uint8Array ? Buffer.from(script.input).toString('base64') : '';
    const done = await host().exec(`printf %s ${quote(input)} | base64 -d | sh -c ${quote(script.text)}`);
    const captured = (text: string) => ({ bytes: bytes(text), omitted: 0, gapAt: 0 });
    return {
      rc: done.rc,
      stdout: captured(done.stdout),
      stderr: captured(done.stderr),
      durationMs: 0,
      timedOut: false,
      said: done.stderr,
    };
  }

  async function readHost<T>(read: HostRead<T>): Promise<T> {
    const { rc, stdout, stderr } = await runScript(read.script);
    return read.parse({ rc, stdout: stdout.bytes, stderr: stderr.bytes });
  }

  async function look(module: AnyModule, params: unknown) {
    const reads = Object.entries(module.reads?.(params as never) ?? {}) as [string, HostRead<unknown>][];
    const values: Record<string, unknown> = {};
    for (const [name, read] of reads) values[name] = await readHost(read);
    const more = Object.entries(module.moreReads?.(params as never, values as never) ?? {}) as [
      string,
      HostRead<unknown>,
    ][];
    for (const [name, read] of more) values[name] = await readHost(read);
    return values as never;
  }

  const view = { checkMode: false, pendingChanges: false };

  /** What is to be done now. */
  async function plan(module: AnyModule, input: Record<string, unknown>): Promise<Change | null> {
    const params = module.params.parse(input) as never;
    return module.check(params, await look(module, params), view);
  }

  /** Does it, and shows that it is proved; gives what differed, and a way back. */
  async function perform(module: AnyModule, input: Record<string, unknown>) {
    const params = module.params.parse(input) as never;
    const values = await look(module, params);
    const change = module.check(params, values, view) as Change | null;
    if (!change) throw new Error('there was nothing to do');
    const foresaw: Record<string, boolean> = {};
    const output = await runScript(module.apply(change as never, params));
    expect({ rc: output.rc, said: output.rc === 0 ? '' : output.said }).toEqual({ rc: 0, said: '' });
    const after = await look(module, params);
    const left = module.proof
      ? module.proof(change as never, params, after)
      : module.check(params, after, view);
    expect(left?.differences).toBeUndefined();
    const predicted = new Map(Object.entries(module.expected?.(change as never, params, values) ?? {}));
    for (const [name, read] of Object.entries(module.reads?.(params) ?? {}) as [
      string,
      HostRead<unknown>,
    ][]) {
      const foreseen = read.foresight?.foresee((values as Record<string, unknown>)[name], predicted);
      if (foreseen === undefined || !read.foresight) continue;
      foresaw[name] = (await runScript(read.foresight.holds(foreseen))).rc === 0;
    }
    const undo = async () => {
      const script = module.undo?.(change as never, params);
      if (!script) return false;
      const undone = await runScript(script);
      expect({ rc: undone.rc, said: undone.rc === 0 ? '' : undone.said }).toEqual({ rc: 0, said: '' });
      return true;
    };
    return {
      differences: change.differences.map(
        ({ label, before, after: then }) => `${label}: ${before} -> ${then}`,
      ),
      /** Reads of which the pipeline says beforehand what they give afterwards, and whether it came so. */
      foresaw,
      result: module.result?.(params, { values, change: change as never, output }) ?? {},
      undo,
    };
  }

  async function messageOf(attempt: Promise<unknown>): Promise<string> {
    return attempt.then(
      () => 'nothing was thrown',
      (thrown) => errorsIn(thrown)[0]?.message ?? '',
    );
  }

  return { runScript, readHost, look, plan, perform, messageOf, view };
}
