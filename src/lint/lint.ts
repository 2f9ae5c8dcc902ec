import type { HostwrightError } from '../core/error.ts';
import { formatPosition } from '../core/position.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ModuleOrAction, ModuleTable } from '../modules/table.ts';
import { unknownHandlers } from '../playbook/check-handlers.ts';
import type { KnownNames } from '../playbook/check-names.ts';
import type { Expressions } from '../playbook/expressions.ts';
import { shortName } from '../playbook/parse/module-name.ts';
import type { LoadedPlaybook, Play } from '../playbook/tree.ts';
import type { YamlSource } from '../source/yaml.ts';
import type { Finding, Level } from './finding.ts';
import { type Judged, wordsIn } from './judged.ts';
import { knownOfPlay, namesBeside } from './known-names.ts';
import { type LintedFile, mapsOf, type WrittenCall } from './linted-file.ts';
import { loadTargets } from './load-targets.ts';
import type { Report, Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { createSources, type Sources } from './sources.ts';
import { findTargets } from './targets.ts';
import { keyText } from './task-maps.ts';
import { templateFiles } from './template-files.ts';

export interface LintOptions {
  readonly modules: ModuleTable;
  readonly expressions: Expressions;
  /** Undefined: what an inventory could define is only warned about. */
  readonly inventory?: Inventory;
  readonly extraVars?: readonly Readonly<Record<string, unknown>>[];
  /** Other levels for rules, by name. */
  readonly levels?: Readonly<Record<string, Level | 'off'>>;
  /** Mended texts that are not on the disk yet, by absolute path. */
  readonly texts?: ReadonlyMap<string, string>;
}

export interface Linted {
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
  /** The YAML files that were looked at, by absolute path. */
  readonly files: ReadonlyMap<string, YamlSource>;
  readonly playbooks: number;
  readonly plays: number;
  readonly roles: number;
}

/**
 * Looks at playbooks, roles, and files of tasks and variables, with everything that they import, without contacting a host. What is
 * wrong in them is in the result; throws HostwrightErrors only for paths that do not exist.
 */
export async function lint(words: readonly string[], options: LintOptions): Promise<Linted> {
  const targets = await findTargets(words);
  const sources = createSources(options.texts);
  const { loaded, errors, playbooks, roles } = await loadTargets(targets, sources, options);
  const findings: Finding[] = [...errors, ...loaded.flatMap((target) => target.errors)].map(ofError);
  let plays = 0;
  for (const { playbook, isRole } of loaded) {
    if (!playbook) continue;
    plays += playbook.plays.length;
    findings.push(...(await judge(playbook, isRole, sources, options)));
  }
  const files = await sources.opened();
  for (const [path, source] of files) findings.push(...(await look(path, source, options)));
  return { findings: inOrder(withoutRepeats(findings)), files, playbooks, plays, roles };
}

function ofError({ code, message, hint, position }: HostwrightError): Finding {
  return { rule: code, level: 'error', message, hint, position, fix: undefined };
}

function findingsOf(rule: Rule, reports: readonly Report[], options: LintOptions, path?: string): Finding[] {
  const asked = options.levels?.[rule.name];
  const level = asked ?? rule.level;
  if (level === 'off') return [];
  return reports.map((report) => ({
    rule: rule.name,
    level: asked === undefined || asked === 'off' ? (report.level ?? level) : asked,
    message: report.message,
    hint: report.hint,
    position: report.position,
    fix: report.edits && path !== undefined ? { path, edits: report.edits } : undefined,
  })) as Finding[];
}

/** What the rules say about the meaning of a playbook that has loaded. */
async function judge(
  playbook: LoadedPlaybook,
  isRole: boolean,
  sources: Sources,
  options: LintOptions,
): Promise<Finding[]> {
  const { expressions, inventory, extraVars = [] } = options;
  const findings: Finding[] = [];
  const known = new Map<Play, KnownNames>();
  if (inventory && !isRole)
    for (const play of playbook.plays) {
      const found = knownOfPlay(play, playbook, inventory, extraVars, expressions);
      known.set(play, found.known);
      findings.push(
        ...found.errors.map(ofError).map((one) => ({ ...one, position: one.position ?? play.position })),
      );
    }
  // Rules see plays with the inputs of the playbook in them, which are other objects; the file and place stay.
  const knownOf = (play: Play) =>
    [...known].find(
      ([one]) => one === play || (one.position !== undefined && one.position === play.position),
    )?.[1] ?? {
      ofHost: new Map(),
      everywhere: extraVars.flatMap(Object.keys),
    };
  const { templates, missingTemplates } = await templateFiles(playbook);
  const { words, hasFunctions } = wordsIn(
    playbook,
    templates.map(({ text }) => text),
  );
  const judged: Judged = {
    playbook,
    isRole,
    expressions,
    templates,
    missingTemplates,
    knownOf: inventory && !isRole ? knownOf : undefined,
    besideNames: await namesBeside(playbook.file, sources),
    words,
    open: hasFunctions || hasOpenInclude(playbook),
  };
  for (const play of playbook.plays)
    findings.push(
      ...unknownHandlers(play).map(
        (error): Finding => ({ ...ofError(error), level: isRole ? 'warning' : 'error' }),
      ),
    );
  for (const rule of rules)
    if (rule.checkPlaybook) findings.push(...findingsOf(rule, rule.checkPlaybook(judged), options));
  return findings;
}

function hasOpenInclude(playbook: LoadedPlaybook): boolean {
  const isOpen = (value: unknown, visited = new Set<unknown>()): boolean => {
    const visit = (one: unknown): boolean => {
      if (typeof one !== 'object' || one === null || visited.has(one)) return false;
      visited.add(one);
      const node = one as { readonly kind?: unknown; readonly loaded?: unknown };
      if (node.kind === 'include' && node.loaded === undefined) return true;
      return Object.values(one).some(visit);
    };
    return visit(value);
  };
  return isOpen(playbook.plays);
}

/** What the rules say about how a file is written. */
async function look(path: string, source: YamlSource, options: LintOptions): Promise<Finding[]> {
  const { shape, maps } = mapsOf(path, source);
  const calls: WrittenCall[] = [];
  for (const task of maps) {
    if (task.kind !== 'task') continue;
    for (const pair of task.map.items) {
      const key = keyText(pair as never);
      const name = key === undefined ? '' : shortName(key);
      if (key === undefined || !Object.hasOwn(options.modules, name)) continue;
      const module = (await options.modules[name]?.()) as ModuleOrAction;
      calls.push({ pair: pair as unknown as WrittenCall['pair'], key, task, module });
    }
  }
  const { modules, expressions } = options;
  const file: LintedFile = { path, source, shape, maps, calls, modules, expressions, at: source.places.at };
  return rules.flatMap((rule) =>
    rule.checkFile ? findingsOf(rule, rule.checkFile(file), options, path) : [],
  );
}

const keyOf = ({ rule, position, message }: Finding) =>
  `${rule} ${position ? formatPosition(position) : ''} ${message}`;

/** The same mistake is said once, and where a rule says better what the loader found, only the rule speaks. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const placed = new Map<string, Set<string>>();
  for (const { rule, position } of findings) {
    const replaces = rules.find(({ name }) => name === rule)?.replaces ?? [];
    if (!position || replaces.length === 0) continue;
    const place = formatPosition(position);
    placed.set(place, new Set([...(placed.get(place) ?? []), ...replaces]));
  }
  const unique = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...unique.values()].filter(
    ({ rule, position }) => !(position && placed.get(formatPosition(position))?.has(rule)),
  );
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const weight = ({ position }: Finding) =>
    [position?.file ?? '', position?.line ?? 0, position?.column ?? 0] as const;
  return findings.toSorted((a, b) => {
    const [fileA, lineA, columnA] = weight(a);
    const [fileB, lineB, columnB] = weight(b);
    if (fileA !== fileB) return fileA < fileB ? -1 : 1;
    return lineA - lineB || columnA - columnB || (a.rule < b.rule ? -1 : 1);
  });
}
