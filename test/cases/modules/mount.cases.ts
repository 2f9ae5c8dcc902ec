import { mount } from '../../../src/modules/system/mount.ts';
import type { ModuleCases } from './module-case.ts';

const STAT = '100:81a4:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const MOUNTED = '36 35 98:0 / /srv/data rw,noatime shared:1 - ext4 /dev/sdb1 rw';
const ROOT = '22 1 0:5 / / rw - ext4 /dev/sda1 rw';
const reads = (fstab: string, table = ROOT, exists = true) => ({
  at: { stdout: `real=/srv/data\0${exists ? 'exists=1\0' : ''}table=${table}\0` },
  fstab: {
    stdout: `path=/etc/fstab\0umask=0022\0real=/etc/fstab\0parent=directory\0nearest=/etc\0stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0content=${fstab}`,
  },
});
const wish = { path: '/srv/data/', src: '/dev/sdb1', fstype: 'ext4' };
const HEAD = '# fstab\n/dev/sda1 / ext4 defaults 0 1\n';
const LINE = '/dev/sdb1 /srv/data ext4 defaults 0 0\n';
const label = 'mount of /srv/data';

export const cases: ModuleCases = {
  module: mount,
  cases: [
    {
      title: 'mounts now and at every start',
      params: { ...wish, state: 'mounted' },
      reads: reads(HEAD, ROOT, false),
      expected: {
        differences: [
          { label: '/etc/fstab', before: HEAD, after: `${HEAD}${LINE}` },
          { label, before: null, after: { source: '/dev/sdb1', fstype: 'ext4' } },
        ],
        proof: { reads: reads(`${HEAD}${LINE}`, `${ROOT}\n${MOUNTED}`), left: [] },
      },
    },
    {
      title: 'leaves a line that says the same with other blanks',
      params: { ...wish, state: 'mounted' },
      reads: reads('/dev/sdb1\t/srv/data\text4\tdefaults\t0 0\n', `${ROOT}\n${MOUNTED}`),
      expected: 'ok',
    },
    {
      title: 'mounts anew where the options change',
      params: { ...wish, opts: 'noatime', state: 'mounted' },
      reads: reads(LINE, `${ROOT}\n${MOUNTED}`),
      expected: {
        differences: [
          { label: '/etc/fstab', before: LINE, after: '/dev/sdb1 /srv/data ext4 noatime 0 0\n' },
          {
            label,
            before: { source: '/dev/sdb1', fstype: 'ext4' },
            after: { source: '/dev/sdb1', fstype: 'ext4', remounted: true },
          },
        ],
      },
    },
    {
      title: 'only writes the line, not at the start',
      params: { ...wish, state: 'present', boot: false, src: 'LABEL=my disk' },
      reads: reads(''),
      expected: {
        differences: [
          {
            label: '/etc/fstab',
            before: '',
            after: 'LABEL=my\\040disk /srv/data ext4 defaults,noauto 0 0\n',
          },
        ],
      },
    },
    {
      title: 'unmounts and leaves fstab alone',
      params: { path: '/srv/data', state: 'unmounted' },
      reads: reads(LINE, `${ROOT}\n${MOUNTED}`),
      expected: {
        differences: [{ label, before: { source: '/dev/sdb1', fstype: 'ext4' }, after: null }],
        apply: '{\numount -- /srv/data\n} || exit $?',
        undo: '{\nmount -- /srv/data 2>/dev/null || mount -t ext4 -- /dev/sdb1 /srv/data\n} || exit $?',
        proof: { reads: reads(LINE), left: [] },
      },
    },
    {
      title: 'takes all of it away',
      params: { path: '/srv/data', state: 'absent' },
      reads: reads(`${HEAD}${LINE}`, `${ROOT}\n${MOUNTED}`),
      expected: {
        differences: [
          { label: '/etc/fstab', before: `${HEAD}${LINE}`, after: HEAD },
          { label, before: { source: '/dev/sdb1', fstype: 'ext4' }, after: null },
          { label: '/srv/data', before: { state: 'directory' }, after: null },
        ],
        proof: { reads: reads(HEAD, ROOT, false), left: [] },
      },
    },
    {
      title: 'leaves a directory that fstab does not know',
      params: { path: '/srv/data', state: 'absent' },
      reads: reads(HEAD),
      expected: 'ok',
    },
    {
      title: 'has nothing to mount anew where nothing is mounted',
      params: { path: '/srv/data', state: 'remounted' },
      reads: reads(LINE),
      expected: { error: 'Nothing is mounted at /srv/data.' },
    },
    {
      title: 'does not take another disk for the wanted one',
      params: { ...wish, src: '/dev/sdc1', state: 'ephemeral' },
      reads: reads(HEAD, `${ROOT}\n${MOUNTED}`),
      expected: { error: 'At /srv/data/ there is /dev/sdb1 mounted already, not /dev/sdc1.' },
    },
    {
      title: 'must know what to mount',
      params: { path: '/srv/data', state: 'mounted', fstype: 'ext4' },
      expected: { invalid: 'src: is required with state: mounted' },
    },
  ],
};
