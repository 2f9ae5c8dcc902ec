import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { baseName, directoryName, joinPath, pathWord, plainPath } from '../../src/facts/host-path.ts';
import { pathState } from '../../src/facts/path-state.ts';
import { pathStates } from '../../src/facts/path-states.ts';
import { parseRecordGroups, parseRecords } from '../../src/facts/records.ts';
import { type Bench, IS_ROOT, openBench, runRead, SHELLS } from '../modules/real-shell.ts';

const encode = (text: string) => new TextEncoder().encode(text);

for (const shell of SHELLS) {
  describe.skipIf(!shell.present)(`state of a path under ${shell.name}`, () => {
    let bench: Bench;
    const at = (name: string) => join(bench.host, name);
    beforeEach(() => {
      bench = openBench(shell);
    });
    afterEach(() => bench.remove());

    it.each(["it's", '-n', 'a\nb', 'tail\n', ' ', '$(id)', '*', 'ü', 'a=b', '\\0'])(
      'reads the odd name %j',
      (name) => {
        writeFileSync(at(name), name);
        symlinkSync(name, at('link to it'));
        const direct = runRead(bench, pathState(at(name), { content: true }));
        expect(direct).toMatchObject({
          exists: true,
          kind: 'file',
          path: at(name),
          realPath: at(name),
          target: null,
        });
        expect(direct.content).toEqual(encode(name));
        const behind = runRead(bench, pathState(at('link to it'), { sha256: true }));
        expect(behind).toMatchObject({
          kind: 'file',
          realPath: at(name),
          target: name,
          sha256: sha256(encode(name)),
        });
        const link = runRead(bench, pathState(at('link to it'), { follow: false, content: true }));
        expect(link).toMatchObject({ kind: 'link', realPath: at('link to it'), target: name, content: null });
      },
    );

    it('tells what is missing: the entry, its directory, all above it', () => {
      writeFileSync(at('file'), '');
      const read = (name: string) => runRead(bench, pathState(at(name)));
      expect(read('no')).toMatchObject({
        exists: false,
        kind: 'absent',
        parent: 'directory',
        nearest: bench.host,
      });
      expect(read('a/b/c')).toMatchObject({ exists: false, parent: 'absent', nearest: bench.host });
      expect(read('file/x')).toMatchObject({ exists: false, parent: 'other', nearest: at('file') });
    });

    it('follows chains of links, also where they end nowhere or in a circle', () => {
      mkdirSync(at('d'));
      symlinkSync('two', at('one'));
      symlinkSync('d/three', at('two'));
      symlinkSync('circle', at('circle'));
      expect(runRead(bench, pathState(at('one')))).toMatchObject({
        exists: false,
        target: 'two',
        realPath: at('d/three'),
        parent: 'directory',
      });
      const circle = () => runRead(bench, pathState(at('circle')));
      expect(circle).toThrow(expect.objectContaining({ code: 'circular-link' }));
      expect(runRead(bench, pathState(at('circle'), { follow: false }))).toMatchObject({ kind: 'link' });
    });

    it('reads content up to the limit and a checksum beyond it', () => {
      const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 256);
      writeFileSync(at('f'), bytes);
      const whole = runRead(bench, pathState(at('f'), { content: 5000, sha256: true }));
      const cut = runRead(bench, pathState(at('f'), { content: 4999, sha256: true }));
      expect([whole.content, whole.sha256]).toEqual([bytes, sha256(bytes)]);
      expect([cut.content, cut.sha256]).toEqual([null, sha256(bytes)]);
      writeFileSync(at('e'), '');
      const empty = runRead(bench, pathState(at('e'), { content: true }));
      expect(empty).toMatchObject({ size: 0, content: new Uint8Array(), sha256: sha256(new Uint8Array()) });
      expect(runRead(bench, pathState(bench.host, { content: true, sha256: true }))).toMatchObject({
        kind: 'directory',
        content: null,
        sha256: null,
      });
    });

    it('finds accounts by name and leaves unknown ones', () => {
      const wanted = (owner?: string, group?: string) =>
        runRead(bench, pathState(bench.host, { owner, group })).wanted;
      expect(wanted('root', 'daemon')).toEqual({ uid: 0, gid: 1 });
      expect(wanted('1234', '0')).toEqual({ uid: 1234, gid: 0 });
      expect(wanted("no'such", 'no such')).toEqual({ uid: null, gid: null });
      expect(wanted()).toEqual({ uid: undefined, gid: undefined });
    });

    it('reads many entries of a directory in one go, in their order', () => {
      writeFileSync(at('a\nb'), 'x');
      mkdirSync(at('d'));
      symlinkSync('d/back\\slash', at('link'));
      writeFileSync(at('d/back\\slash'), 'yy');
      const names = ['d', 'a\nb', 'no', 'd/back\\slash', 'link', 'd/no'];
      const entries = names.map((name) => ({ name }));
      const states = runRead(bench, pathStates(bench.host, entries, { content: 100, owner: 'daemon' }));
      expect(states.map((state) => [state.kind, state.realPath, state.content, state.wanted.uid])).toEqual([
        ['directory', at('d'), null, 1],
        ['file', at('a\nb'), encode('x'), 1],
        ['absent', at('no'), null, 1],
        ['file', at('d/back\\slash'), encode('yy'), 1],
        ['file', at('d/back\\slash'), encode('yy'), 1],
        ['absent', at('d/no'), null, 1],
      ]);
      expect(runRead(bench, pathStates(bench.host, []))).toEqual([]);
    });

    it('reads the content of those entries only that are not as they should be', () => {
      const texts = ['same', 'other', '', 'large'.repeat(100)];
      const entries = texts.map((text, index) => {
        writeFileSync(at(`f${index}`), text);
        return { name: `f${index}`, sha256: sha256(encode(text === 'same' ? text : 'wanted')) };
      });
      const states = runRead(bench, pathStates(bench.host, entries, { content: 100, sha256: true }));
      expect(states.map(({ sha256: sum, content, exists }) => [exists, sum, content])).toEqual([
        [true, sha256(encode('same')), null],
        [true, sha256(encode('other')), encode('other')],
        [true, sha256(new Uint8Array()), new Uint8Array()],
        [true, sha256(encode('large'.repeat(100))), null],
      ]);
    });

    it('looks at more entries than one command is told of', () => {
      const entries = Array.from({ length: 900 }, (_, index) => ({ name: `n${index}` }));
      for (const { name } of entries.filter((_, index) => index % 3 === 0)) writeFileSync(at(name), name);
      const states = runRead(bench, pathStates(bench.host, entries, { sha256: true }));
      expect(states.map(({ sha256: sum }) => sum)).toEqual(
        entries.map(({ name }, index) => (index % 3 === 0 ? sha256(encode(name)) : null)),
      );
    });

    it('expands ~ on the host', () => {
      const expected = process.env.HOME ?? homedir();
      expect(runRead(bench, pathState('~')).path).toBe(expected);
      expect(runRead(bench, pathState("~/it's")).path).toBe(`${expected}/it's`);
      expect(runRead(bench, pathState('~root')).path).toBe('/root');
    });

    it.skipIf(IS_ROOT)('tells apart what is closed and what is missing (not as root)', () => {
      mkdirSync(at('closed'));
      writeFileSync(at('closed/f'), '');
      writeFileSync(at('secret'), '');
      chmodSync(at('secret'), 0);
      chmodSync(at('closed'), 0);
      const secret = runRead(bench, pathState(at('secret'), { content: true, sha256: true }));
      expect(secret).toMatchObject({ exists: true, readable: false, content: null, sha256: null });
      const closed = () => runRead(bench, pathState(at('closed/f')));
      expect(closed).toThrow(expect.objectContaining({ code: 'permission-denied' }));
      chmodSync(at('closed'), 0o700);
    });
  });
}

describe('records', () => {
  it('never fail, whatever a host prints', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseRecords(bytes);
        parseRecordGroups(bytes);
      }),
    );
  });

  it('come back as they were printed, content with NULs last', () => {
    const records = parseRecords(encode('a=1\0b=x=y\n\0content=\0z='));
    expect([records.text('a'), records.text('b'), records.content]).toEqual(['1', 'x=y\n', encode('\0z=')]);
  });

  it('are an error where the state of a path is not among them', () => {
    const { parse } = pathState('/etc/motd');
    const parsed = () => parse({ rc: 127, stdout: encode('garbage'), stderr: encode('stat: not found') });
    expect(parsed).toThrow('Reading the state of /etc/motd ended with status 127');
  });
});

describe('paths of a host', () => {
  it('are taken apart and put together', () => {
    expect(['/a//b/', '/', '//'].map(plainPath)).toEqual(['/a/b', '/', '/']);
    expect(['/a/b', '/a', '/', 'x/'].map(baseName)).toEqual(['b', 'a', '', 'x']);
    expect(['/a/b', '/a', '/a/b/'].map(directoryName)).toEqual(['/a', '/', '/a']);
    expect([joinPath('/', 'a'), joinPath('/a/', 'b')]).toEqual(['/a', '/a/b']);
  });

  it('become one word, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), (name) => {
        fc.pre(!name.includes('\0'));
        const printed = spawnSync('sh', ['-c', `printf '%s' ${pathWord(`/x/${name}`).text}`]);
        expect(printed.stdout.toString()).toBe(`/x/${name}`);
      }),
      { numRuns: 40 },
    );
  });
});
