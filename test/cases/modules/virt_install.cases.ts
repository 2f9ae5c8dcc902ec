import { virtInstall } from '../../../src/modules/libvirt/virt_install.ts';
import type { ModuleCases } from './module-case.ts';

const params = {
  name: 'web',
  memory: 1024,
  memory_max: 2048,
  disk: '/images/web.qcow2,size=30',
  location: 'http://deb.example.net/installer/',
  network: 'default',
};
const host = (...marks: readonly string[]) => ({
  stdout: [...marks, 'done'].map((mark) => `${mark}=1\0`).join(''),
});

export const cases: ModuleCases = {
  module: virtInstall,
  cases: [
    {
      title: 'leaves alone what exists',
      params,
      reads: { state: host('exists', 'installed'), disks: host('at0') },
      expected: 'ok',
      result: { name: 'web' },
    },
    {
      title: 'makes it, and takes it back with its disk kept',
      params: { ...params, virt_type: 'kvm' },
      reads: { state: host('installed'), disks: host() },
      expected: {
        differences: [
          {
            label: 'virtual machine web',
            before: null,
            after: {
              memory: '1024',
              vcpus: '1',
              from: 'http://deb.example.net/installer/',
              network: 'default',
              disks: '/images/web.qcow2',
            },
          },
        ],
        apply: `LC_ALL=C VIRTINSTALL_OSINFO_DISABLE_REQUIRE=1; export LC_ALL VIRTINSTALL_OSINFO_DISABLE_REQUIRE
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT; trap 'exit 1' HUP INT TERM
virt-install --connect qemu:///system --name web --memory 1024,maxmemory=2048 --vcpus 1 --disk /images/web.qcow2,size=30 --location http://deb.example.net/installer/ --network network=default --graphics none --console pty,target_type=serial --virt-type kvm --noautoconsole </dev/null >"$said" 2>&1
rc=$?
:
if [ $rc != 0 ]; then cat "$said" >&2; fi
exit $rc`,
        proof: { reads: { state: host('installed', 'exists'), disks: host('at0') }, left: [] },
      },
    },
    {
      title: 'drops os_type, and says so',
      params: { ...params, os_type: 'linux', os_variant: 'debian12' },
      reads: { state: host('installed'), disks: host('at0') },
      expected: {
        differences: [
          {
            label: 'virtual machine web',
            before: null,
            after: {
              memory: '1024',
              vcpus: '1',
              from: 'http://deb.example.net/installer/',
              network: 'default',
            },
          },
        ],
        warnings: ['os_type is dropped: virt-install has no use for it any more; os_variant says it all.'],
      },
    },
    {
      title: 'needs virt-install',
      params,
      reads: { state: host(), disks: host() },
      expected: { error: 'The host has no virt-install.' },
    },
    {
      title: 'believes in a check run that an earlier task brings virt-install',
      params,
      checkMode: true,
      pendingChanges: true,
      reads: { state: host(), disks: host('at0') },
      expected: {
        differences: [
          {
            label: 'virtual machine web',
            before: null,
            after: {
              memory: '1024',
              vcpus: '1',
              from: 'http://deb.example.net/installer/',
              network: 'default',
            },
          },
        ],
      },
    },
    {
      title: 'needs one source, a network, and sane limits',
      params: {
        name: 'web',
        ram: 512,
        memory_max: 256,
        vcpus: '4,maxvcpus=8',
        import: true,
        cdrom: '/x.iso',
      },
      expected: {
        invalid:
          'import: give exactly one of location, cdrom and import\nnetwork: is required (or bridge)\ndisk: is required with import\nmemory_max: must not be less than 512',
      },
    },
  ],
};
