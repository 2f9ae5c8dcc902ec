import { apt } from '../../../src/modules/system/apt.ts';
import type { ModuleCases } from './module-case.ts';

const NOW = 1_700_000_000;

/** What the read prints; `lists` are seconds since the package lists were fetched. */
function packages(lines: readonly string[], lists = 100) {
  const stdout = ['tool=apt', `now=${NOW}`, `lists=${NOW - lists}`, ...lines, ''].join('\n');
  return { packages: { stdout } };
}

const environment =
  '{\nDEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none LC_ALL=C\n' +
  'export DEBIAN_FRONTEND DEBIAN_PRIORITY APT_LISTCHANGES_FRONTEND LC_ALL\n} || exit $?\n';
const run = (words: string) =>
  `{\napt-get -y -q -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold ${words} </dev/null\n} || exit $?`;

const hello = 'do=Inst hello (2.10-3 Debian:12.15/oldstable [amd64])';
const lib = 'do=Inst libhello [1.0] (1.1 Debian:12.15/oldstable [amd64]) []';

export const cases: ModuleCases = {
  module: apt,
  cases: [
    {
      title: 'leaves what is installed alone, whatever the age of the lists',
      params: { pkg: 'sed, mail-transport-agent', update_cache: true },
      reads: packages(
        [
          'record=installed|sed|amd64|4.9-1',
          'provides=default-mta, mail-transport-agent (= 1)',
          'simulation=',
          'do=E: no',
        ],
        999_999,
      ),
      expected: 'ok',
      result: { cache_updated: false, cache_update_time: NOW - 999_999 },
    },
    {
      title: 'installs, shows what comes with it, and takes exactly that back',
      params: { name: ['hello'], install_recommends: false },
      reads: packages(['residue=hello', 'simulation=', lib, hello, 'do=Inst data (3 Debian:12 [all])']),
      expected: {
        differences: [
          { label: 'package libhello', before: '1.0', after: '1.1' },
          { label: 'package hello', before: null, after: '2.10-3' },
          { label: 'package data', before: null, after: '3' },
        ],
        apply: environment + run('--no-install-recommends install hello'),
        undo: `${environment}${run('remove hello')}\n${run('remove --purge data')}\n${run('install --allow-downgrades --no-install-recommends libhello=1.0')}`,
        proof: { reads: packages(['record=installed|hello|amd64|2.10-3']), left: [] },
      },
    },
    {
      title: 'is not proved where the package is not there afterwards',
      params: { name: 'hello' },
      reads: packages(['simulation=', hello]),
      expected: {
        differences: [{ label: 'package hello', before: null, after: '2.10-3' }],
        proof: {
          reads: packages(['record=half-configured|hello|amd64|2.10-3', 'simulation=', hello]),
          left: ['package hello'],
        },
      },
    },
    {
      title: 'compares a version with what is installed',
      params: { name: 'nginx=1.22.*' },
      reads: packages(['record=installed|nginx|amd64|1.22.1-9', 'simulation=']),
      expected: 'ok',
    },
    {
      title: 'goes to another version',
      params: { name: 'nginx=1.24*', allow_downgrade: true },
      reads: packages([
        'record=installed|nginx|amd64|1.22.1-9',
        'simulation=',
        'do=Inst nginx [1.22.1-9] (1.24-1 x [amd64])',
      ]),
      expected: {
        differences: [{ label: 'package nginx', before: '1.22.1-9', after: '1.24-1' }],
        apply: environment + run("--allow-downgrades install 'nginx=1.24*'"),
      },
    },
    {
      title: 'wants a word of consent before it goes back',
      params: { name: 'nginx=1.18' },
      reads: packages([
        'record=installed|nginx|amd64|1.22.1-9',
        'simulation=',
        'risk=downgrade',
        'do=Inst nginx [1.22.1-9] (1.18 x [amd64])',
      ]),
      expected: { error: 'apt-get install nginx=1.18 would go back to an older version of a package.' },
    },
    {
      title: 'upgrades where apt would',
      params: { name: 'sed', state: 'latest' },
      reads: packages([
        'record=installed|sed|amd64|4.9-1',
        'simulation=',
        'do=Inst sed [4.9-1] (4.9-2 x [amd64])',
      ]),
      expected: { differences: [{ label: 'package sed', before: '4.9-1', after: '4.9-2' }] },
    },
    {
      title: 'has nothing to upgrade',
      params: { name: 'sed', state: 'latest' },
      reads: packages(['record=installed|sed|amd64|4.9-1', 'simulation=']),
      expected: 'ok',
    },
    {
      title: 'fetches old lists before it says that there is nothing newer',
      params: { name: 'sed', state: 'latest', cache_valid_time: 60 },
      reads: packages(['record=installed|sed|amd64|4.9-1', 'simulation=']),
      expected: {
        differences: [],
        proof: {
          reads: packages(['record=installed|sed|amd64|4.9-1', 'simulation='], 0),
          left: [],
        },
      },
    },
    {
      title: 'removes what is there with what needs it',
      params: { name: ['nano', 'unheard-of'], state: 'absent', purge: true },
      reads: packages([
        'record=installed|nano|amd64|7.2-1',
        'simulation=',
        'do=Purg nano-doc [7.2-1]',
        'do=Purg nano [7.2-1]',
      ]),
      expected: {
        differences: [
          { label: 'package nano-doc', before: '7.2-1', after: null },
          { label: 'package nano', before: '7.2-1', after: null },
        ],
        apply: environment + run('--purge remove nano'),
      },
    },
    {
      title: 'has nothing to remove',
      params: { name: 'nano', state: 'absent' },
      reads: packages([]),
      expected: 'ok',
    },
    {
      title: 'names packages that nobody knows',
      params: { name: ['nonesuch', 'hello'] },
      reads: packages(['simulation=', 'do=E: Unable to locate package nonesuch']),
      expected: { error: 'No package named nonesuch is known to apt on the host.' },
    },
    {
      title: 'believes that fresh lists may know them',
      params: { name: 'nonesuch', update_cache: true },
      reads: packages(['simulation=', 'do=E: Unable to locate package nonesuch']),
      expected: { differences: [{ label: 'package nonesuch', before: null, after: 'present' }] },
    },
    {
      title: 'repeats what apt says against it',
      params: { name: 'hello=9' },
      reads: packages(['simulation=', "do=E: Version '9' for 'hello' was not found"]),
      expected: { error: "apt-get install hello=9 is not possible: Version '9' for 'hello' was not found" },
    },
    {
      title: 'fetches lists alone',
      params: { update_cache: true },
      reads: packages([]),
      expected: {
        differences: [{ label: 'package lists', before: '100 seconds old', after: 'fetched now' }],
        undo: null,
        proof: { reads: packages([]), left: ['package lists'] },
      },
    },
    {
      title: 'keeps lists that are young enough',
      params: { cache_valid_time: 3600 },
      reads: packages([]),
      expected: 'ok',
    },
    {
      title: 'knows a file that is installed',
      params: { deb: '/tmp/x.deb' },
      reads: packages(['file.Package: x', 'file.Version: 1.0', 'record=installed|x|all|1.0', 'simulation=']),
      expected: 'ok',
    },
    {
      title: 'upgrades everything',
      params: { upgrade: 'dist' },
      reads: packages(['simulation=', lib]),
      expected: {
        differences: [{ label: 'package libhello', before: '1.0', after: '1.1' }],
        apply: environment + run('dist-upgrade'),
        proof: { reads: packages(['simulation=']), left: [] },
      },
    },
    {
      title: 'says where there is no apt',
      params: { name: 'hello' },
      reads: { packages: { stdout: 'tool=none\n' } },
      expected: { error: 'The host has no apt-get.' },
    },
    {
      title: 'needs something to do',
      params: { state: 'latest' },
      expected: { invalid: ': needs name, deb, upgrade, update_cache, autoremove, autoclean or clean' },
    },
    {
      title: 'refuses what apt could take for something else',
      params: { name: ['-o=x', 'foo*'] },
      expected: {
        invalid:
          'name.0: must name packages (name, name:architecture, name=version; no wildcard in a name, no >=), not "-o=x"\n' +
          'name.1: must name packages (name, name:architecture, name=version; no wildcard in a name, no >=), not "foo*"',
      },
    },
  ],
};
