import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMode, modeArgument, resolveMode } from '../../src/modules/mode.ts';

const cases: readonly (readonly [mode: string, before: number, directory: boolean, after: number])[] = [
  ['0644', 0o777, false, 0o644],
  ['644', 0o4777, false, 0o644],
  ['0o600', 0o644, false, 0o600],
  ['02755', 0o755, true, 0o2755],
  ['0755', 0o2755, true, 0o755],
  ['u=rwX,g=rX,o=', 0o644, false, 0o640],
  ['u=rwX,g=rX,o=', 0o744, false, 0o750],
  ['u=rwX,g=rX,o=', 0o600, true, 0o750],
  ['a-w', 0o666, false, 0o444],
  ['+x', 0o644, false, 0o755],
  ['g=u', 0o640, false, 0o660],
  ['o=g-w', 0o664, false, 0o664 & ~2],
  ['u+s,g+s', 0o755, false, 0o6755],
  ['ug-s', 0o6755, false, 0o755],
  ['a=r', 0o4755, false, 0o444],
  ['+t', 0o777, true, 0o1777],
];

describe('mode', () => {
  it.each(cases)('%s on %o (directory: %s)', (mode, before, directory, after) => {
    expect(formatMode(resolveMode(mode, before, { directory, umask: 0o022 }))).toBe(formatMode(after));
  });

  it('is shown and given to chmod with leading zeros', () => {
    expect([formatMode(0o44), formatMode(0o1777), modeArgument(0o755)]).toEqual(['0044', '1777', '00755']);
  });

  it('understands symbols as chmod of this machine does', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hostwright-'));
    const [file, folder] = [join(directory, 'file'), join(directory, 'folder')];
    writeFileSync(file, '');
    mkdirSync(folder);
    const who = fc.constantFrom('', 'u', 'g', 'o', 'a', 'ug', 'go');
    const action = fc.tuple(
      fc.constantFrom('+', '-', '='),
      fc.constantFrom('', 'r', 'w', 'x', 'X', 'rw', 'rwX', 's', 't', 'u', 'g', 'o'),
    );
    const clause = fc.tuple(who, action).map(([name, [operator, bits]]) => name + operator + bits);
    const mode = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','));
    try {
      fc.assert(
        fc.property(mode, fc.integer({ min: 0, max: 0o7777 }), fc.boolean(), (symbols, before, onFolder) => {
          const path = onFolder ? folder : file;
          chmodSync(path, before);
          const done = spawnSync('sh', ['-c', 'umask 027; chmod -- "$1" "$2"', 'sh', symbols, path]);
          const after = statSync(path).mode & 0o7777;
          // chmod reports that the umask kept it from what was asked; the mode is right nevertheless.
          fc.pre(done.status !== null);
          expect(formatMode(resolveMode(symbols, before, { directory: onFolder, umask: 0o027 }))).toBe(
            formatMode(after),
          );
        }),
        { numRuns: 150 },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
