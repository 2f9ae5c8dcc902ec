import type { ControllerRead, LocalSource } from '../core/read.ts';

/** A file or directory beside the playbook. */
export function localSource(path: string, decrypt = false): ControllerRead<LocalSource> {
  return { kind: 'controller', name: `file ${path}`, source: 'file', path, decrypt };
}

/** A template rendered with the task's variables. */
export function renderedTemplate(path: string, escaping: 'none' | 'xml'): ControllerRead<string> {
  return { kind: 'controller', name: `template ${path}`, source: 'template', path, escape: escaping };
}
