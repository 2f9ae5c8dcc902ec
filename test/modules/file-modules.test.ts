import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PathState, pathState } from '../../src/facts/path-state.ts';
import { copyScenarios } from '../cases/shell/copy.ts';
import { editScenarios } from '../cases/shell/edit.ts';
import { errorScenarios } from '../cases/shell/errors.ts';
import { fileScenarios } from '../cases/shell/file.ts';
import { moreEditScenarios } from '../cases/shell/more-edits.ts';
import type { Entry, Scenario } from '../cases/shell/scenario.ts';
import { templateScenarios } from '../cases/shell/template.ts';
import { type Bench, IS_ROOT, openBench, runRead, runTask, SHELLS, snapshot } from './real-shell.ts';

const scenarios: readonly Scenario[] = [
  ...fileScenarios,
  ...copyScenarios,
  ...templateScenarios,
  ...editScenarios,
  ...errorScenarios,
  ...moreEditScenarios,
];

function place(root: string, entries: Readonly<Record<string, Entry>>): void {
  for (const [name, entry] of Object.entries(entries)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof entry === 'string' || entry instanceof Uint8Array) writeFileSync(path, entry);
    else if (entry.link !== undefined) symlinkSync(entry.link, path);
    else if (entry.directory) mkdirSync(path, { recursive: true });
    else writeFileSync(path, entry.text ?? '');
    const mode = typeof entry === 'object' && 'mode' in entry ? entry.mode : undefined;
    if (mode !== undefined) chmodSync(path, mode);
    else if (typeof entry === 'string') chmodSync(path, 0o644);
  }
}

function expectError(bench: Bench, scenario: Scenario, before: unknown): void {
  const templates = scenario.templates ?? {};
  const params = scenario.params(bench.host);
  const attempt = (checkMode: boolean, pendingChanges = false) =>
    runTask(bench, scenario.module, params, { checkMode, pendingChanges, templates });
  expect(() => attempt(false)).toThrow(expect.objectContaining({ code: scenario.error }));
  expect(() => attempt(true)).toThrow(expect.objectContaining({ code: scenario.error }));
  if (scenario.foreseen) {
    const { change } = attempt(true, true);
    expect(change?.warnings?.length).toBeGreaterThan(0);
    expect(change?.differences.length).toBeGreaterThan(0);
  } else expect(() => attempt(true, true)).toThrow(expect.objectContaining({ code: scenario.error }));
  expect(snapshot(bench)).toEqual(before);
}

/** What a check run foresees is what the reads give after the run, as far as it says anything. */
function expectForeseen(bench: Bench, expected: Readonly<Record<string, unknown>>): void {
  expect(Object.keys(expected).length).toBeGreaterThan(0);
  for (const [subject, value] of Object.entries(expected)) {
    const [, kind, path] = /^(path|entry):(.*)$/s.exec(subject) as unknown as [string, string, string];
    const state = value as PathState;
    const now = runRead(bench, pathState(path, { follow: kind === 'path', content: true }));
    const told = (from: PathState) => {
      const base = { exists: from.exists, kind: from.kind, target: from.target, realPath: from.realPath };
      if (!from.exists || !state.exists) return base;
      return {
        ...base,
        ...(from.kind === 'link' ? {} : { mode: from.mode }),
        ...(state.uid < 0 ? {} : { uid: from.uid }),
        ...(state.owner === null ? {} : { owner: from.owner }),
        ...(state.gid < 0 ? {} : { gid: from.gid }),
        ...(state.content
          ? { content: from.content && Uint8Array.from(from.content), sha256: from.sha256, size: from.size }
          : {}),
      };
    };
    expect(told(state), subject).toEqual(told(now));
  }
}

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`file modules under ${shell.name}`, () => {
    for (const scenario of scenarios) {
      const title = `${scenario.module.name}: ${scenario.title}${scenario.root ? ' (needs root)' : ''}`;
      it.skipIf(scenario.root === true && !IS_ROOT)(title, () => {
        const bench = openBench(shell);
        try {
          place(bench.host, scenario.before ?? {});
          place(bench.local, scenario.local ?? {});
          const before = snapshot(bench);
          const params = scenario.params(bench.host);
          const templates = scenario.templates ?? {};
          if (scenario.error) return expectError(bench, scenario, before);
          const foreseen = runTask(bench, scenario.module, params, { checkMode: true, templates });
          expect(snapshot(bench), 'a check run touches nothing').toEqual(before);
          const run = runTask(bench, scenario.module, params, { templates });
          expect(run.change?.differences, 'the check run foresees what happens').toEqual(
            foreseen.change?.differences,
          );
          expect(run.proof?.differences, 'nothing is left to do').toBeUndefined();
          if (scenario.result) expect(run.result).toMatchObject(scenario.result(bench.host));
          const expected: Record<string, string> = { ...before };
          for (const [path, line] of Object.entries(scenario.after ?? {})) {
            if (line === null) delete expected[path];
            else expected[path] = line.replaceAll('HOST', bench.host);
          }
          expect(snapshot(bench)).toEqual(expected);
          expect(run.change !== null, 'changed').toBe(scenario.after !== undefined);
          if (!run.change) return;
          expectForeseen(bench, foreseen.expected);
          expect(run.undo()).toBe(!scenario.noUndo);
          if (!scenario.noUndo) expect(snapshot(bench), 'undo puts everything back').toEqual(before);
          expect(
            readdirSync(bench.host, { recursive: true }).filter((name) =>
              String(name).includes('.hostwright'),
            ),
          ).toEqual([]);
        } finally {
          bench.remove();
        }
      });
    }
  });
}
