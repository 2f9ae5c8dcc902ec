import { group } from '../../../src/modules/system/group.ts';
import type { ModuleCases } from './module-case.ts';

const now = (line: string) => ({ now: { stdout: `group=${line}\0` } });

export const cases: ModuleCases = {
  module: group,
  cases: [
    {
      title: 'leaves a group alone',
      params: { name: 'kvm', gid: 36 },
      reads: now('kvm:x:36:qemu,anna'),
      expected: 'ok',
    },
    {
      title: 'makes one',
      params: { name: 'kvm', system: true, gid: 36 },
      reads: now(''),
      expected: {
        differences: [{ label: 'group kvm', before: null, after: { gid: 36 } }],
        apply:
          'if command -v groupadd >/dev/null; then groupadd -r -g 36  kvm\nelse addgroup -S -g 36 kvm\nfi',
        undo: 'if command -v groupdel >/dev/null; then groupdel kvm; else delgroup kvm; fi',
        proof: { reads: now('kvm:x:36:'), left: [] },
      },
    },
    {
      title: 'gives it another number',
      params: { name: 'kvm', gid: 40 },
      reads: now('kvm:x:36:'),
      expected: {
        differences: [{ label: 'group kvm', before: { gid: 36 }, after: { gid: 40 } }],
        apply: 'groupmod -g 40  kvm',
        undo: 'groupmod -o -g 36 kvm',
      },
    },
    {
      title: 'removes one, and undo gives it its members back',
      params: { name: 'kvm', state: 'absent' },
      reads: now('kvm:x:36:qemu,anna'),
      expected: {
        differences: [{ label: 'group kvm', before: { gid: 36 }, after: null }],
        undo: 'groupadd -o -g 36 kvm && gpasswd -M qemu,anna kvm >/dev/null',
      },
    },
    {
      title: 'refuses what useradd could take for an option',
      params: { name: '-o' },
      expected: {
        invalid: 'name: must be a name of at most 32 letters, digits, _ . -, and no digit or dash first',
      },
    },
  ],
};
