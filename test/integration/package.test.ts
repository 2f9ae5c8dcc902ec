import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = process.cwd();
const project = mkdtempSync(join(tmpdir(), 'hostwright-user-'));

const RIGHT = `import { command, debug, defineInputs, definePlaybook, input, play, stat } from 'hostwright';

const inputs = defineInputs({ greeting: input.string({ default: 'hello' }) });

export default definePlaybook({
  inputs,
  plays: [
    play('Greet', {
      hosts: 'all',
      tasks() {
        const look = stat('Look', { path: '/' });
        const run = command('Run', { argv: ['echo', () => inputs.greeting] }, { changed_when: ({ result }) => result.rc > 0 });
        debug('Say', { msg: () => (look.result.stat.isdir ? run.result.stdout : 'nothing') });
      },
    }),
  ],
});
`;

const OPTIONS = { strict: true, target: 'es2022', noEmit: true, skipLibCheck: true, types: [] };

beforeAll(() => {
  expect(run('node_modules/.bin/tsc', '-p', 'tsconfig.build.json')).toMatchObject({ status: 0, stdout: '' });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules', 'hostwright'));
  write('package.json', '{ "name": "site", "private": true, "type": "module" }\n');
  write('right.ts', RIGHT);
  write('wrong.ts', RIGHT.replace('stat.isdir', 'stat.isdri').replace('inputs.greeting', 'inputs.greetings'));
  write('hosts.yaml', 'all: {hosts: {here: {ansible_connection: local}}}\n');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the package, installed in a project of a user', () => {
  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('gives types with moduleResolution $moduleResolution', (options) => {
    const compilerOptions = { ...OPTIONS, ...options };
    const check = (file: string) => {
      write('tsconfig.json', JSON.stringify({ compilerOptions, include: [file] }));
      return run('node_modules/.bin/tsc', '-p', project).stdout.replaceAll(
        /^.*(?=(?:right|wrong)\.ts)/gm,
        '',
      );
    };
    expect(check('right.ts')).toBe('');
    const lines = check('wrong.ts').split('\n');
    expect(lines.filter((line) => line.startsWith('wrong.ts'))).toEqual([
      expect.stringMatching(/^wrong\.ts\(12,.*Property 'greetings' does not exist/),
      expect.stringMatching(/^wrong\.ts\(13,.*Property 'isdri' does not exist/),
    ]);
  });

  it('knows every playbook of docs/typescript.md', () => {
    const blocks = [
      ...readFileSync('docs/typescript.md', 'utf8').matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm),
    ];
    expect(blocks.length).toBeGreaterThan(6);
    mkdirSync(join(project, 'docs'));
    for (const [, name = '', text = ''] of blocks) write(join('docs', name), text);
    write('docs/before.yaml', '- debug: {msg: "{{ reason }}"}\n');
    const compilerOptions = { ...OPTIONS, module: 'nodenext', allowImportingTsExtensions: true };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['docs'] }));
    expect(run('node_modules/.bin/tsc', '-p', project).stdout).toBe('');
    const playbooks = blocks.flatMap(([, name = '', text = '']) =>
      text.includes('export default') ? [join(project, 'docs', name)] : [],
    );
    const { status, stderr } = run(
      process.execPath,
      'bin/hostwright.js',
      'run',
      ...playbooks,
      '--syntax-check',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('loads nothing of it for a playbook in YAML', () => {
    const loadedFor = (playbook: string) => {
      const coverage = mkdtempSync(join(project, 'coverage-'));
      run(
        '/usr/bin/env',
        `NODE_V8_COVERAGE=${coverage}`,
        process.execPath,
        'bin/hostwright.js',
        'run',
        playbook,
        '--syntax-check',
      );
      const scripts = readdirSync(coverage).flatMap(
        (file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')).result,
      );
      return scripts
        .map(({ url }: { url: string }) => url)
        .filter((url) => /\/jiti\/|chunks\/public-/.test(url)).length;
    };
    expect(loadedFor('playbooks/quickstart.ts')).toBeGreaterThan(1);
    expect(loadedFor('playbooks/quickstart.yaml')).toBe(0);
  });

  it('runs the playbook without a build step', () => {
    const words = ['run', join(project, 'right.ts'), '-i', join(project, 'hosts.yaml'), '--reporter', 'json'];
    const { stdout, stderr, status } = run(process.execPath, 'bin/hostwright.js', ...words);
    const said =
      stdout.split('\n').find((line) => line.includes('"hostResult"') && line.includes('"Say"')) ?? '{}';
    expect({ status, stderr, msg: JSON.parse(said).result?.msg }).toEqual({
      status: 0,
      stderr: '',
      msg: 'hello',
    });
  });
});

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

function run(program: string, ...words: readonly string[]) {
  return spawnSync(program, words, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
}
