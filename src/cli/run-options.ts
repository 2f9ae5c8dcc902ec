import { type Command, Option } from 'commander';
import { Secret } from '../core/secret.ts';
import type { RunOptions } from '../engine/options.ts';
import { type ReporterName, reporters } from '../reporters/index.ts';
import { loadExtraVariables } from './extra-variables.ts';
import type { ConnectionFlags, TaskFlags } from './flags.ts';
import { becomePasswordOf, loginPasswordOf } from './passwords.ts';
import { usage } from './problems.ts';
import type { Terminal } from './terminal.ts';
import { wholeNumber } from './values.ts';

/** `-i`, which may be given several times. */
export function addInventoryOption(command: Command): Command {
  return command.option(
    '-i, --inventory <source>',
    'inventory file, directory, program, or "host1,host2"; may be repeated',
    collect,
  );
}

/** Options of what opens encrypted files and values; any command that reads such files has them. */
export function addVaultOptions(command: Command): Command {
  return command
    .optionsGroup('Encrypted files and values:')
    .option('-J, --ask-vault-pass', 'ask for the vault password')
    .addOption(
      new Option(
        '--vault-password-file <file>',
        'file, or program that prints it, with the password or keys of age; may be repeated',
      ).argParser(collect),
    )
    .addOption(new Option('--vault-pass-file <file>').argParser(collect).hideHelp())
    .option('--vault-id <id>', 'the same under a name: NAME@FILE, NAME@prompt; may be repeated', collect);
}

/** Options of how hosts are reached and of becoming another user. */
export function addConnectionOptions(command: Command): Command {
  return addVaultOptions(command)
    .optionsGroup('Connection:')
    .option('-u, --user <name>', 'user to log in as')
    .option('-k, --ask-pass', 'ask for the login password')
    .option('--connection-password-file <file>', 'file, or program that prints it, with the login password')
    .option('--private-key <file>', 'private key to log in with')
    .option('-c, --connection <name>', 'transport: ssh, openssh, local, …')
    .option('-T, --timeout <seconds>', 'time for the login', wholeNumber('--timeout', 1))
    .option(
      '--keep-connection <seconds>',
      'let the next command use the connections of this one for so long',
      wholeNumber('--keep-connection', 0),
    )
    .option('--known-hosts <file>', 'file with the host keys that are trusted')
    .option('--ssh-config <file>', 'instead of ~/.ssh/config and /etc/ssh/ssh_config; "none" reads none')
    .optionsGroup('Becoming another user:')
    .option('-b, --become', 'run the tasks as another user (root)')
    .option('--become-user <name>', 'the user to become')
    .option('--become-method <name>', 'sudo, su, doas or runuser')
    .option('-K, --ask-become-pass', 'ask for the become password')
    .option('--become-password-file <file>', 'file, or program that prints it, with the password');
}

/** Options of commands that run tasks, in groups for the help. */
export function addTaskOptions(command: Command): Command {
  addInventoryOption(command.optionsGroup('What and where:'))
    .option('-l, --limit <pattern>', 'only these of the hosts')
    .option(
      '-e, --extra-vars <vars>',
      'variables: name=value, @file, or a YAML or JSON map; may be repeated',
      collect,
    )
    .optionsGroup('How:')
    .option('-C, --check', 'change nothing, show what would change')
    .option('-D, --diff', 'show what differs, before and after')
    .option('--no-pipeline', 'one task after the other: slower, the results are the same')
    .option('-f, --forks <number>', 'hosts worked on at the same time', wholeNumber('--forks', 1), 10);
  addOutputOptions(command);
  return addConnectionOptions(command);
}

/** Options of how progress is shown. */
export function addOutputOptions(command: Command): Command {
  command
    .optionsGroup('Output:')
    .option(
      '--reporter <name>',
      `${Object.keys(reporters).join(', ')}; by default listr on a terminal, else plain`,
      reporterName,
    )
    .option('-v, --verbose', 'show results; -vv also places, -vvv also live output');
  let verbosity = 0;
  command.on('option:verbose', () => {
    verbosity += 1;
    command.setOptionValue('verbose', verbosity);
  });
  return command;
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function reporterName(name: string): ReporterName {
  if (!Object.hasOwn(reporters, name)) {
    throw usage(
      `There is no reporter "${name}"; there are ${Object.keys(reporters).join(', ')}`,
      'hostwright run',
    );
  }
  return name as ReporterName;
}

/** What the engine needs of the options; asks for passwords where they say so. */
export async function runOptionsOf(flags: TaskFlags, terminal: Terminal): Promise<RunOptions> {
  return {
    check: flags.check === true,
    diff: flags.diff === true,
    limit: flags.limit,
    tags: [],
    skipTags: [],
    extraVars: await loadExtraVariables(flags.extraVars ?? []),
    forks: flags.forks,
    startAtTask: undefined,
    confirmTask: undefined,
    prompt: terminal.ask,
    forceHandlers: false,
    verbosity: flags.verbose ?? 0,
    pipeline: flags.pipeline !== false,
    connection: await connectionOf(flags, terminal.environment),
  };
}

async function connectionOf(
  flags: ConnectionFlags,
  environment: Terminal['environment'],
): Promise<RunOptions['connection']> {
  const password = await loginPasswordOf(flags, environment);
  const becomePassword = await becomePasswordOf(flags, environment, password);
  return {
    user: flags.user,
    privateKeyFile: flags.privateKey,
    password: password === undefined ? undefined : new Secret(password),
    transport: flags.connection,
    timeoutSeconds: flags.timeout,
    keepSeconds: flags.keepConnection,
    knownHostsFile: flags.knownHosts,
    sshConfigFile: flags.sshConfig,
    become: flags.become === true,
    becomeUser: flags.becomeUser,
    becomeMethod: flags.becomeMethod,
    becomePassword: becomePassword === undefined ? undefined : new Secret(becomePassword),
  };
}
