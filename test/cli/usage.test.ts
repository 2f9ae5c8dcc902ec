import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { version } from '../../src/cli/version.ts';
import { runMain } from './run-main.ts';

/** Words of the command line, and all of what it says on standard error. */
const MISTAKES: readonly (readonly [string, string])[] = [
  ['runn', 'There is no command "runn".\n  Did you mean "run"?\n'],
  ['xyz', 'There is no command "xyz".\n  Run hostwright --help to see all commands.\n'],
  ['help xyz', 'There is no command "xyz".\n  Run hostwright --help to see all commands.\n'],
  ['--verion', 'hostwright has no option "--verion".\n  Did you mean "--version"?\n'],
  ['run --chekc x.yaml', 'hostwright run has no option "--chekc".\n  Did you mean "--check"?\n'],
  ['run --limt=web x.yaml', 'hostwright run has no option "--limt".\n  Did you mean "--limit"?\n'],
  ['run', 'Missing required argument "playbook".\n  Run hostwright run --help to see how it is used.\n'],
  [
    'run x.yaml --limit',
    'Option "-l, --limit <pattern>" argument missing.\n  Run hostwright run --help to see how it is used.\n',
  ],
  ['run x.yaml -f 0', '--forks takes a whole number from 1 on, not "0".\n  For example --forks 10.\n'],
  ['run x.yaml -f 5x', '--forks takes a whole number from 1 on, not "5x".\n  For example --forks 10.\n'],
  [
    'run x.yaml --reporter pretty',
    'There is no reporter "pretty"; there are listr, plain, json, junit.\n  Run hostwright run --help to see how it is used.\n',
  ],
  ['doc copi', 'There is no module "copi".\n  Did you mean "copy"?\n'],
  ['schema copi', 'There is no module "copi".\n  Did you mean "copy"?\n'],
  ['exec all -i a, -m copi', 'There is no module "copi".\n  Did you mean "copy"?\n'],
  [
    'exec all -i a, -m service -a nginx',
    '-a "nginx" is not a list of name=value for service.\n' +
      "  Write -a 'name=value other=\"two words\"' or -a '{name: value}'; hostwright doc service lists the names.\n",
  ],
  [
    'completion tcsh',
    'There is no completion for "tcsh", only for bash, zsh, fish.\n  Run hostwright completion --help to see how it is used.\n',
  ],
  [
    'lint missing.yaml',
    'The file "missing.yaml" does not exist.\n  Check the path; a relative one counts from the directory you are in.\n',
  ],
  [
    'inventory',
    'No inventory was given and there is no directory ./inventory.\n  Give one with -i FILE, or -i host1,host2, or set HOSTWRIGHT_INVENTORY.\n',
  ],
  [
    'inventory -i web,db, --host kvm',
    'The inventory has no host "kvm".\n  Run hostwright inventory --graph to see all hosts.\n',
  ],
  [
    'run x.yaml -i a, --become-password-file missing',
    'The file "x.yaml" does not exist.\n  Check the path; a relative one counts from the directory you are in.\n',
  ],
];

describe('wrong use', () => {
  it.each(MISTAKES)('hostwright %s', async (line, stderr) => {
    const directory = process.cwd();
    // Where no ./inventory is.
    process.chdir('test/cli');
    try {
      const ended = await runMain(line.split(' '));
      const shown = { ...ended, stderr: ended.stderr.replaceAll(`${process.cwd()}/`, '') };
      expect(shown).toEqual({ exitCode: 1, stdout: '', stderr });
    } finally {
      process.chdir(directory);
    }
  });
});

describe('help', () => {
  const all: readonly string[][] = [['--help'], ...Object.keys(commands).map((name) => [name, '--help'])];
  it.each(all)('%s %s', async (...words) => {
    const { exitCode, stdout, stderr } = await runMain(words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const tooWide = stdout.split('\n').filter((line) => line.length > 80);
    expect(tooWide).toEqual([]);
    await expect(stdout).toMatchFileSnapshot(`snapshots/help/${words[0]?.replaceAll('-', '')}.txt`);
  });

  it('comes without any word too, and as a command', async () => {
    const help = await runMain(['--help']);
    expect(await runMain([])).toEqual(help);
    expect(await runMain(['help', 'run'])).toEqual(await runMain(['run', '--help']));
  });

  it('knows the version', async () => {
    const expected = { exitCode: 0, stdout: `${version}\n`, stderr: '' };
    expect(await runMain(['--version'])).toEqual(expected);
    expect(await runMain(['-V'])).toEqual(expected);
  });
});

describe('a defect', () => {
  const broken = {
    output: {
      write: () => {
        throw new TypeError('boom\u001b[2J\nsecond line');
      },
      size: () => ({ columns: 80, rows: 24 }),
      onResize: () => () => {},
      isTerminal: false,
      ofProcess: false,
    },
  };

  it('is one line and says how to see more', async () => {
    expect(await runMain(['doc', 'ping'], broken)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'hostwright: internal error: TypeError: boom\n' +
        '  This is a defect of Hostwright. HOSTWRIGHT_DEBUG=1 shows where it happened.\n',
    });
  });

  it('shows its trace when asked to', async () => {
    const { stderr } = await runMain(['doc', 'ping'], { ...broken, environment: { HOSTWRIGHT_DEBUG: '1' } });
    expect(stderr).toMatch(
      /^hostwright: internal error: TypeError: boom\nTypeError: boom\nsecond line\n +at /,
    );
  });
});
