import { formatPosition } from '../core/position.ts';
import type { Finding, Level } from './finding.ts';
import type { Linted } from './lint.ts';

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;

/** A finding for people: `file:line:column: level: message [rule]`, and below it what to do. */
export function formatFinding({ position, level, message, hint, rule }: Finding): string {
  const place = position ? `${formatPosition(position)}: ` : '';
  return `${place}${level}: ${message} [${rule}]${hint ? `\n  ${hint}` : ''}`;
}

/** How many findings there are of each level. */
export function countLevels(findings: readonly Finding[]): Readonly<Record<Level, number>> {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  return { error: of('error'), warning: of('warning'), hint: of('hint') };
}

/** The last line: what was looked at and what was found. */
export function formatSummary({ findings, playbooks, plays, roles }: Linted, fixed: number): string {
  const looked = [
    playbooks > 0 || roles === 0 ? `${count(playbooks, 'playbook')}, ${count(plays, 'play')}` : '',
    roles > 0 ? count(roles, 'role') : '',
  ].filter((part) => part !== '');
  const levels = countLevels(findings);
  const found = (['error', 'warning', 'hint'] as const)
    .filter((level) => levels[level] > 0)
    .map((level) => count(levels[level], level));
  const fixable = findings.filter(({ fix }) => fix).length;
  const mended = fixed > 0 ? ` ${count(fixed, 'mistake')} mended.` : '';
  const offer = fixable > 0 ? ` --fix mends ${fixable}.` : '';
  const result = found.length === 0 ? 'no mistakes found' : found.join(', ');
  return `${looked.join(', ')}: ${result}.${mended}${offer}`;
}

/** The same as data: one JSON document. */
export function findingsAsJson({ findings }: Linted, fixed: number): string {
  const data = {
    findings: findings.map(({ rule, level, message, hint, position, fix }) => ({
      rule,
      level,
      file: position?.file ?? null,
      line: position?.line ?? null,
      column: position?.column ?? null,
      message,
      hint: hint ?? null,
      fixable: fix !== undefined,
    })),
    summary: { ...countLevels(findings), fixed },
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}
