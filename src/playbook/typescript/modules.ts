// Made by test/playbook/typescript/functions.test.ts.

import { type ModuleFunctionOf, moduleFunction } from './task.ts';

/** Add a host to the inventory for the rest of the run, with variables. Once for all hosts. */
export const add_host: ModuleFunctionOf<'add_host'> = moduleFunction('add_host');

/** Install, upgrade and remove packages on Debian and its relatives. */
export const apt: ModuleFunctionOf<'apt'> = moduleFunction('apt');

/** Pack files of the host into an archive there. */
export const archive: ModuleFunctionOf<'archive'> = moduleFunction('archive');

/** Make a file of the parts in a directory, in the order of their names. */
export const assemble: ModuleFunctionOf<'assemble'> = moduleFunction('assemble');

/** Fail where a condition does not hold. */
export const assert: ModuleFunctionOf<'assert'> = moduleFunction('assert');

/** Say which SSH keys open the login of a user. */
export const authorized_key: ModuleFunctionOf<'authorized_key'> = moduleFunction('authorized_key');

/** Keep a block of lines between two marker lines in a file. */
export const blockinfile: ModuleFunctionOf<'blockinfile'> = moduleFunction('blockinfile');

/** Look a bridge over: its id, STP and ports, addresses and routes, guests, and whether a reboot keeps it; each finding with its fix. */
export const bridge_check: ModuleFunctionOf<'bridge_check'> = moduleFunction('bridge_check');

/** Put an interface on a bridge, or take it off, in the running kernel: for taps of guests. What shall outlast a reboot is a port of host_bridge. */
export const bridge_port: ModuleFunctionOf<'bridge_port'> = moduleFunction('bridge_port');

/** Run a program with its arguments, without a shell. */
export const command: ModuleFunctionOf<'command'> = moduleFunction('command');

/** Copy files and directories to the host, or within it. */
export const copy: ModuleFunctionOf<'copy'> = moduleFunction('copy');

/** Manage jobs and variables of crontabs. */
export const cron: ModuleFunctionOf<'cron'> = moduleFunction('cron');

/** Show a message or the value of a variable. */
export const debug: ModuleFunctionOf<'debug'> = moduleFunction('debug');

/** Install, upgrade and remove packages with dnf (or yum, where there is no dnf). */
export const dnf: ModuleFunctionOf<'dnf'> = moduleFunction('dnf');

/** Fail with a message; most useful with `when`. */
export const fail: ModuleFunctionOf<'fail'> = moduleFunction('fail');

/** Copy a file of the host to this machine. */
export const fetch: ModuleFunctionOf<'fetch'> = moduleFunction('fetch');

/** Manage files, directories and links, and their attributes. */
export const file: ModuleFunctionOf<'file'> = moduleFunction('file');

/** Find files by name, type, age and size. */
export const find: ModuleFunctionOf<'find'> = moduleFunction('find');

/** Read the facts of the host now. Without it they are read when something refers to them. */
export const gather_facts: ModuleFunctionOf<'gather_facts'> = moduleFunction('gather_facts');

/** Fetch a file from the web to the host. */
export const get_url: ModuleFunctionOf<'get_url'> = moduleFunction('get_url');

/** Make, change and remove groups of the host. */
export const group: ModuleFunctionOf<'group'> = moduleFunction('group');

/** Put the host into a group whose name comes from a value, for later plays. */
export const group_by: ModuleFunctionOf<'group_by'> = moduleFunction('group_by');

/** Set a guest's own network from its host: over ssh where it answers, over its serial console where not. */
export const guest_network: ModuleFunctionOf<'guest_network'> = moduleFunction('guest_network');

/** Make a bridge of network cards, over the very card that carries the connection: guarded, persistent, on any of five network backends. */
export const host_bridge: ModuleFunctionOf<'host_bridge'> = moduleFunction('host_bridge');

/** Read the host's network: interfaces, bridges with their ports, addresses, routes, DNS, and who manages each interface. */
export const host_network_facts: ModuleFunctionOf<'host_network_facts'> =
  moduleFunction('host_network_facts');

/** Set the name of the host, now and for every start. */
export const hostname: ModuleFunctionOf<'hostname'> = moduleFunction('hostname');

/** Read variables from a YAML or JSON file, or all such files of a directory, beside the playbook. */
export const include_vars: ModuleFunctionOf<'include_vars'> = moduleFunction('include_vars');

/** Say which keys of other hosts ssh on the host knows. */
export const known_hosts: ModuleFunctionOf<'known_hosts'> = moduleFunction('known_hosts');

/** Keep the XML of domains and networks on the host, under the time of now, where it differs from the last backup. */
export const libvirt_backup: ModuleFunctionOf<'libvirt_backup'> = moduleFunction('libvirt_backup');

/** Define, start, shut down and remove domains (virtual machines) of libvirt. */
export const libvirt_domain: ModuleFunctionOf<'libvirt_domain'> = moduleFunction('libvirt_domain');

/** Tell what libvirt has: networks, domains, their network cards, leases and addresses. */
export const libvirt_facts: ModuleFunctionOf<'libvirt_facts'> = moduleFunction('libvirt_facts');

/** Define, change, start, stop and remove virtual networks of libvirt. */
export const libvirt_network: ModuleFunctionOf<'libvirt_network'> = moduleFunction('libvirt_network');

/** Attach, move, change and detach network cards of domains of libvirt. */
export const libvirt_nic: ModuleFunctionOf<'libvirt_nic'> = moduleFunction('libvirt_nic');

/** Put every running guest's tap back on the bridge that its network card is connected to. */
export const libvirt_reattach: ModuleFunctionOf<'libvirt_reattach'> = moduleFunction('libvirt_reattach');

/** Define domains and networks again as a backup has them; what runs goes on as it is. */
export const libvirt_restore: ModuleFunctionOf<'libvirt_restore'> = moduleFunction('libvirt_restore');

/** Make sure that a line is in a file, or replace or remove it. */
export const lineinfile: ModuleFunctionOf<'lineinfile'> = moduleFunction('lineinfile');

/** Steer the play itself: run handlers now, end it, forget errors or facts. */
export const meta: ModuleFunctionOf<'meta'> = moduleFunction('meta');

/** Load and unload kernel modules, now and for every start. */
export const modprobe: ModuleFunctionOf<'modprobe'> = moduleFunction('modprobe');

/** Mount file systems, now and at every start. */
export const mount: ModuleFunctionOf<'mount'> = moduleFunction('mount');

/** Look for what keeps guests of a virtual network from addresses, names and the outside; say what to do. */
export const nat_check: ModuleFunctionOf<'nat_check'> = moduleFunction('nat_check');

/** Install, upgrade and remove packages with whatever the host has: apt, dnf, yum or zypper. */
const packageFunction: ModuleFunctionOf<'package'> = moduleFunction('package');

/** Wait for some time, or for a person at the terminal. Once for all hosts. */
export const pause: ModuleFunctionOf<'pause'> = moduleFunction('pause');

/** See whether the host can be logged in to and runs scripts. */
export const ping: ModuleFunctionOf<'ping'> = moduleFunction('ping');

/** Run a command line through a shell and keep its output as it is; no guard, no standard input. */
export const raw: ModuleFunctionOf<'raw'> = moduleFunction('raw');

/** Prove that something can be reached, or cannot: from the controller, the host, or inside a guest. */
export const reachability: ModuleFunctionOf<'reachability'> = moduleFunction('reachability');

/** Restart the host and wait until it can be worked with again. */
export const reboot: ModuleFunctionOf<'reboot'> = moduleFunction('reboot');

/** Replace all that matches an expression in a file. */
export const replace: ModuleFunctionOf<'replace'> = moduleFunction('replace');

/** Run a script of the controller on the host; nothing of it stays there. */
export const script: ModuleFunctionOf<'script'> = moduleFunction('script');

/** Start, stop and enable services, whatever starts services on the host (systemd, SysV init, OpenRC). */
export const service: ModuleFunctionOf<'service'> = moduleFunction('service');

/** Set variables of the host, for all tasks that follow. */
export const set_fact: ModuleFunctionOf<'set_fact'> = moduleFunction('set_fact');

/** Read the facts of the host now. Without it they are read when something refers to them. */
export const setup: ModuleFunctionOf<'setup'> = moduleFunction('setup');

/** Run a command line through a shell: pipes, redirections and variables work. */
export const shell: ModuleFunctionOf<'shell'> = moduleFunction('shell');

/** Read a file of the host as Base64. */
export const slurp: ModuleFunctionOf<'slurp'> = moduleFunction('slurp');

/** Look at a file, a directory or a link. */
export const stat: ModuleFunctionOf<'stat'> = moduleFunction('stat');

/** Set kernel parameters, now and for every start. */
export const sysctl: ModuleFunctionOf<'sysctl'> = moduleFunction('sysctl');

/** Start, stop, enable and mask systemd units, and let systemd read its files again. */
export const systemd: ModuleFunctionOf<'systemd'> = moduleFunction('systemd');

/** Start, stop, enable and mask systemd units, and let systemd read its files again. */
export const systemd_service: ModuleFunctionOf<'systemd_service'> = moduleFunction('systemd_service');

/** Make a temporary file or directory that only its owner may enter. */
export const tempfile: ModuleFunctionOf<'tempfile'> = moduleFunction('tempfile');

/** Write a file from a Handlebars template. */
export const template: ModuleFunctionOf<'template'> = moduleFunction('template');

/** Set the time zone of the host. */
export const timezone: ModuleFunctionOf<'timezone'> = moduleFunction('timezone');

/** Unpack an archive on the host. */
export const unarchive: ModuleFunctionOf<'unarchive'> = moduleFunction('unarchive');

/** Talk to a web service from the host. */
export const uri: ModuleFunctionOf<'uri'> = moduleFunction('uri');

/** Make, change and remove users of the host. */
export const user: ModuleFunctionOf<'user'> = moduleFunction('user');

/** Make a virtual machine with virt-install, where there is none of that name. */
export const virt_install: ModuleFunctionOf<'virt_install'> = moduleFunction('virt_install');

/** Wait for a port, a file, or some text in either; looked at from the host. */
export const wait_for: ModuleFunctionOf<'wait_for'> = moduleFunction('wait_for');

/** Wait until the host can be logged in to. */
export const wait_for_connection: ModuleFunctionOf<'wait_for_connection'> =
  moduleFunction('wait_for_connection');

/** Edit and search XML files by XPath. */
export const xml: ModuleFunctionOf<'xml'> = moduleFunction('xml');

/** Install, upgrade and remove packages with yum (or dnf, where it has taken its place). */
export const yum: ModuleFunctionOf<'yum'> = moduleFunction('yum');

// A word that JavaScript keeps for itself can be exported; who imports it gives it another name:
// import { package as packages } from 'hostwright'
export { packageFunction as package };
