import { dnf } from '../../../src/modules/system/dnf.ts';
import type { ModuleCases } from './module-case.ts';

const packages = (lines: readonly string[]) => ({
  packages: { stdout: ['tool=dnf', ...lines, ''].join('\n') },
});
const bash = ['asked=bash', 'record=bash|0|5.1.8-6.el9.x86_64'];
const environment = '{\nLC_ALL=C; export LC_ALL\n} || exit $?\n';

export const cases: ModuleCases = {
  module: dnf,
  cases: [
    {
      title: 'leaves what is installed alone',
      params: { name: 'bash', state: 'installed' },
      reads: packages(bash),
      expected: 'ok',
    },
    {
      title: 'takes a capability for the package that has it',
      params: { name: ['perl(URI)'] },
      reads: packages(['asked=perl(URI)', 'record=perl-URI|0|5.09-3.el9.noarch']),
      expected: 'ok',
    },
    {
      title: 'installs what is missing, from where it is told',
      params: { name: ['bash', 'htop'], enablerepo: 'epel', disable_gpg_check: true },
      reads: packages([...bash, 'asked=htop']),
      expected: {
        differences: [{ label: 'package htop', before: null, after: 'present' }],
        apply: `${environment}{\ndnf -y  --enablerepo=epel --nogpgcheck install htop </dev/null\n} || exit $?`,
        undo: '{\ndnf -y   remove htop </dev/null\n} || exit $?',
        proof: { reads: packages([...bash, 'asked=htop', 'record=htop|0|3.2-1.x86_64']), left: [] },
      },
    },
    {
      title: 'tells yum of EL7 to mind names that it does not know',
      params: { name: 'htop' },
      reads: { packages: { stdout: 'tool=yum\nasked=htop\n' } },
      expected: {
        differences: [{ label: 'package htop', before: null, after: 'present' }],
        apply: `${environment}{\nyum -y --setopt=skip_missing_names_on_install=False  install htop </dev/null\n} || exit $?`,
        proof: { reads: { packages: { stdout: 'tool=yum\nasked=htop\n' } }, left: ['package htop'] },
      },
    },
    {
      title: 'upgrades what has a newer version, also where yum breaks the line',
      params: { name: ['bash', 'NetworkManager'], state: 'latest', update_cache: true },
      reads: packages([
        ...bash,
        'asked=NetworkManager',
        'record=NetworkManager|1|1.18.8-1.el7.x86_64',
        'updates=',
        '',
        'NetworkManager.x86_64',
        '                  1:1.18.8-2.el7_9    updates',
        'other.noarch       2-1                 base',
        'Obsoleting Packages',
        'bash.x86_64        9-9                 base',
      ]),
      expected: {
        differences: [
          { label: 'package NetworkManager', before: '1:1.18.8-1.el7.x86_64', after: '1:1.18.8-2.el7_9' },
        ],
        apply: `${environment}{\ndnf -q  clean expire-cache\n} || exit $?\n{\ndnf -y   upgrade NetworkManager </dev/null\n} || exit $?`,
        undo: '{\ndnf -y   downgrade NetworkManager-1:1.18.8-1.el7.x86_64 </dev/null\n} || exit $?',
      },
    },
    {
      title: 'removes, and undo asks for that version',
      params: { name: ['bash', 'nothing'], state: 'absent' },
      reads: packages([...bash, 'asked=nothing']),
      expected: {
        differences: [{ label: 'package bash', before: '5.1.8-6.el9.x86_64', after: null }],
        apply: `${environment}{\ndnf -y   remove bash </dev/null\n} || exit $?`,
        undo: '{\ndnf -y   install bash-5.1.8-6.el9.x86_64 </dev/null\n} || exit $?',
      },
    },
    {
      title: 'says where there is neither dnf nor yum',
      params: { name: 'bash' },
      reads: { packages: { stdout: 'tool=none\n' } },
      expected: { error: 'The host has no dnf or yum.' },
    },
    {
      title: 'takes everything with latest alone',
      params: { name: '*' },
      expected: { invalid: 'name: `*` goes with state: latest alone' },
    },
    {
      title: 'refuses groups',
      params: { name: '@tools' },
      expected: {
        invalid: 'name.0: must name packages (no group, no address, no wildcard but * alone), not "@tools"',
      },
    },
  ],
};
