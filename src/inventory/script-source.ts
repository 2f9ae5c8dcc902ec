import { execFile } from 'node:child_process';
import type { Layer } from '../core/scope.ts';
import type { Draft } from './draft.ts';
import * as problems from './problems.ts';
import { describe, isMapping } from './yaml-source.ts';

/** Milliseconds that a script may take; those that ask a cloud are slow. */
const TIMEOUT = 120_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs an executable inventory and reads Ansible's dynamic JSON: `--list`, with the variables of hosts in `_meta.hostvars` or, where that
 * is missing, from `--host NAME` for each. Its texts are data: `{{ }}` in them is never evaluated.
 */
export async function readScriptInventory(source: string, draft: Draft): Promise<void> {
  const root = await runScript(source, ['--list']);
  const fail = (problem: string) => problems.scriptShape(source, problem);
  const mapping = (value: unknown, what: string): Layer => {
    if (value === null || value === undefined) return {};
    if (!isMapping(value)) throw fail(`${what} is ${describe(value)}, not a map`);
    return value;
  };
  const names = (value: unknown, what: string): readonly string[] => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw fail(`${what} is not a list of names`);
    return value;
  };

  const { _meta: meta, ...groups } = mapping(root, 'the whole');
  const hosts = new Set<string>();
  const addHosts = (list: readonly string[], group: string) => {
    for (const pattern of list) for (const host of draft.addHosts(pattern, group, {})) hosts.add(host);
  };
  for (const [name, body] of Object.entries(groups)) {
    draft.addGroup(name);
    if (Array.isArray(body)) {
      addHosts(names(body, name), name);
      continue;
    }
    const group = mapping(body, name);
    addHosts(names(group.hosts, `${name}.hosts`), name);
    draft.setGroupVariables(name, mapping(group.vars, `${name}.vars`));
    for (const child of names(group.children, `${name}.children`)) draft.addChild(name, child);
  }
  const given = meta === undefined ? undefined : mapping(meta, '_meta').hostvars;
  const known = meta === undefined ? undefined : mapping(given, '_meta.hostvars');
  if (known) {
    for (const [host, vars] of Object.entries(known)) {
      // Variables of a host that is in no group would be lost; Ansible adds the host.
      if (!draft.hasHost(host)) draft.addHosts(host, 'ungrouped', {});
      draft.setHostVariables(host, mapping(vars, `_meta.hostvars.${host}`));
    }
    return;
  }
  for (const host of hosts)
    draft.setHostVariables(host, mapping(await runScript(source, ['--host', host]), `--host ${host}`));
}

async function runScript(source: string, words: readonly string[]): Promise<unknown> {
  const shown = words.join(' ');
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(
      source,
      words,
      { timeout: TIMEOUT, maxBuffer: MAX_BYTES, encoding: 'utf8', killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(problems.scriptFailed(source, shown, explain(error, stderr)));
      },
    );
    child.stdin?.end();
  });
  try {
    return output.trim() === '' ? {} : (JSON.parse(output) as unknown);
  } catch {
    throw problems.scriptFailed(source, shown, 'it printed something that is not JSON');
  }
}

function explain(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  stderr: string,
): string {
  if (error.killed) return `it took longer than ${TIMEOUT / 1000} seconds`;
  if (typeof error.code === 'string') return `it cannot be run (${error.code})`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  // What a program printed goes to a terminal: without control characters.
  const said = last
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .slice(0, 200)
    .trim();
  return `exit status ${String(error.code)}${said === '' ? '' : ` and the words: ${said}`}`;
}
