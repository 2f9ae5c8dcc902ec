import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostwrightError } from '../core/error.ts';
import { positionOf } from '../core/position.ts';
import { missingFile } from '../playbook/problems.ts';
import { searchPaths } from '../playbook/search-paths.ts';
import type { LoadedPlaybook } from '../playbook/tree.ts';
import { shownPath } from '../source/shown-path.ts';
import { type Judged, nodesOf, type TemplateFile } from './judged.ts';

/** The files that `template` tasks render, as far as their names are written out, and errors for those that are not there. */
export async function templateFiles(
  playbook: LoadedPlaybook,
): Promise<Pick<Judged, 'templates' | 'missingTemplates'>> {
  const templates: TemplateFile[] = [];
  const missing: HostwrightError[] = [];
  const texts = new Map<string, Promise<string | undefined>>();
  const read = (file: string) => {
    const reading = texts.get(file) ?? readFile(file, 'utf8').catch(() => undefined);
    texts.set(file, reading);
    return reading;
  };
  for (const play of playbook.plays)
    for (const { node } of nodesOf(play)) {
      if (node.kind !== 'task' || node.module !== 'template') continue;
      const { src } = node.params;
      if (typeof src !== 'string') continue;
      const candidates = path.isAbsolute(src)
        ? [src]
        : searchPaths(node.origin, 'templates').map((directory) => path.join(directory, src));
      let found: TemplateFile | undefined;
      for (const file of candidates) {
        const text = await read(file);
        if (text === undefined) continue;
        found = { task: node, play, path: file, shown: shownPath(file), text };
        break;
      }
      const position = positionOf(node.params, 'src') ?? node.position;
      if (found) templates.push(found);
      else missing.push(missingFile(position, src, candidates.map(shownPath)));
    }
  return { templates, missingTemplates: missing };
}
