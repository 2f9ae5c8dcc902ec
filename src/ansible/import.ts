import { constants } from 'node:fs';
import { access, copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Linted, lint } from '../lint/lint.ts';
import { applyEdits } from '../lint/text-edits.ts';
import type { ModuleTable } from '../modules/table.ts';
import type { Expressions } from '../playbook/expressions.ts';
import type { Names } from '../playbook/jinja/kinds.ts';
import { translateTemplate } from '../playbook/jinja/template.ts';
import { shownPath } from '../source/shown-path.ts';
import { isSealed } from '../source/vault/open.ts';
import { loadText, parseYamlSource } from '../source/yaml.ts';
import { MARK, type Mark, markEdits } from './mark.ts';
import { type Planned, planImport } from './plan.ts';
import { cannotWrite, fileExists } from './problems.ts';
import { type Imported, needsPerson, tasksWithoutMark } from './summary.ts';
import { templateHeader } from './template-header.ts';
import { translateFile } from './translate-file.ts';
import { namesOf } from './variables.ts';
import type { FileContext } from './work.ts';

export interface ImportOptions {
  readonly modules: ModuleTable;
  readonly expressions: Expressions;
  /** Files that are there already are written over. */
  readonly force?: boolean;
}

/**
 * Translates a playbook, role or inventory of Ansible into `directory`. Lines that need a person are marked with a comment; whatever is not marked
 * has been loaded and linted. Throws HostwrightError(s) where the source cannot be read or the directory cannot be written.
 */
export async function importAnsible(
  source: string,
  directory: string,
  options: ImportOptions,
): Promise<Imported> {
  const plan = await planImport(source);
  const target = (file: Planned) => path.join(path.resolve(directory), file.to);
  if (!options.force)
    for (const file of plan.files) if (await exists(target(file))) throw fileExists(shownPath(target(file)));
  const every = await Promise.all(
    plan.files
      .filter((file) => file.as === 'yaml')
      .map(async (file) => ({ ...file, text: await loadText(file.from) })),
  );
  // What is encrypted as a whole is read as it is, and copied.
  const yaml = every.filter(({ text }) => !isSealed(text));
  const texts = yaml.map(({ text }) => text);
  const templates = new Set(
    plan.files.filter(({ as }) => as === 'template').map(({ from }) => path.basename(from)),
  );
  const context: FileContext = {
    names: namesOf(texts),
    isModule: (name) => Object.hasOwn(options.modules, name),
    isTemplate: (name) => templates.has(path.basename(name)),
  };
  const written = new Map<string, string>();
  yaml.forEach((file, index) => {
    written.set(target(file), translateFile(texts[index] ?? '', file.to, context).text);
  });
  for (const file of plan.files) {
    if (file.as === 'hosts')
      written.set(target(file), translateHosts(await loadText(file.from), context.names));
    if (file.as === 'template') {
      const { text, lines } = templateHeader(await loadText(file.from));
      const unescaped = file.to.endsWith('.xml.hbs');
      const translated = translateTemplate(text, context.names, { ...lines, unescaped, comments: true });
      written.set(target(file), translated.text);
    }
  }
  try {
    for (const file of plan.files) await write(file, target(file), written.get(target(file)));
    const main = plan.what === 'role' ? directory : target(plan.files[0] as Planned);
    // Variables of an inventory belong to no play that could say what is wrong with them.
    const linted = plan.what === 'inventory' ? NOTHING_LINTED : await markErrors([main], written, options);
    for (const [file, text] of written) await writeFile(file, text);
    return {
      what: plan.what,
      files: plan.files.map(({ to }) => to).toSorted(),
      tasks: [...written].reduce((sum, [file, text]) => sum + tasksWithoutMark(file, text), 0),
      needed: needsPerson(written),
      notes: plan.notes,
      linted,
    };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && 'syscall' in thrown)
      throw cannotWrite(directory, thrown);
    throw thrown;
  }
}

const NOTHING_LINTED: Linted = { findings: [], files: new Map(), playbooks: 0, plays: 0, roles: 0 };

/** An inventory in INI form: templates stand in its values, one line each. */
function translateHosts(text: string, names: Names): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.includes('{{') || /^\s*[#;]/.test(line)) return line;
      const { text: translated, untranslated } = translateTemplate(line, names, {});
      const [first] = untranslated;
      if (first) return `# ${MARK} ${first.reason}\n${line}`;
      // Texts in a value that stands in double quotes have single ones.
      return line.includes('"{{')
        ? translated.replace(/\{\{[^']*?\}\}/g, (one) => one.replaceAll('"', "'"))
        : translated;
    })
    .join('\n');
}

async function write(file: Planned, target: string, text: string | undefined): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  if (text === undefined) {
    await copyFile(file.from, target);
    return;
  }
  const { mode } = await stat(file.from);
  await writeFile(target, text, { mode: mode & 0o777 });
}

/** Marks what the loader and the linter do not accept of the result; what is marked already has said why. */
async function markErrors(
  main: readonly string[],
  written: Map<string, string>,
  options: ImportOptions,
): Promise<Linted> {
  const linted = await lint(main, { ...options, texts: written });
  const found = new Map<string, Mark[]>();
  for (const { level, position, message, hint } of linted.findings) {
    if (level !== 'error' || !position) continue;
    const file = path.resolve(position.file);
    const text = written.get(file);
    if (text === undefined || isMarked(text.split('\n'), position.line)) continue;
    const reason = `${message.replace(/\.$/, '')}${hint ? ` (${hint.replace(/\.$/, '')})` : ''}`.replaceAll(
      '\n',
      ' ',
    );
    found.set(file, [...(found.get(file) ?? []), { line: position.line, reason }]);
  }
  for (const [file, marks] of found) {
    const text = written.get(file) ?? '';
    if (/\.ya?ml$/.test(file)) {
      const source = parseYamlSource(text, file);
      written.set(file, applyEdits(source.text, markEdits(source, marks)));
    } else written.set(file, markTemplate(text, marks));
  }
  return linted;
}

/** True where a line has a mark, or one stands on its own line above it. */
function isMarked(lines: readonly string[], line: number): boolean {
  const own = lines[line - 1] ?? '';
  const above = lines[line - 2] ?? '';
  return own.includes(MARK) || above.trimStart().startsWith(`# ${MARK}`);
}

function markTemplate(text: string, marks: readonly Mark[]): string {
  const lines = text.split('\n');
  for (const { line, reason } of marks) {
    const comment = `{{!-- ${MARK} ${reason.replaceAll('--', '-').replaceAll('}}', '} }')} --}}`;
    lines[line - 1] = `${lines[line - 1] ?? ''}${comment}`;
  }
  return lines.join('\n');
}

const exists = (file: string) =>
  access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
