// The same as create-vm.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/create-vm.ts -i INVENTORY

import { assert, command, defineInputs, definePlaybook, input, play, virt_install } from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  name: input.string({ pattern: '[A-Za-z0-9_.+][A-Za-z0-9_.+:-]*', description: 'Name of the machine.' }),
  memory: input.int({ default: 1024, description: 'Memory in MiB.' }),
  vcpus: input.int({ default: 1, description: 'Processors.' }),
  disk: input.string({
    required: false,
    description:
      "Its disk: a path on the host, with size=GiB where it is to be made. Default: NAME.qcow2 of libvirt's images, 20 GiB.",
  }),
  location: input.string({
    required: false,
    description:
      'What to install from, a tree at a URL or an ISO image on the host; the installer speaks on the serial console.',
  }),
  cdrom: input.string({ required: false, description: 'ISO image on the host to boot from.' }),
  image: input.string({
    required: false,
    description: 'Disk image on the host; the machine starts from a copy of it.',
  }),
  bridge: input.string({ required: false, description: 'Bridge of the host that it is plugged into.' }),
  network: input.string({
    default: 'default',
    description: 'Virtual network that it is plugged into; not used where bridge is given.',
  }),
  os_variant: input.string({
    required: false,
    description: 'What it will be, as `virt-install --osinfo list` names it.',
  }),
  extra_args: input.string({
    default: 'console=ttyS0',
    description: 'Words for the kernel of the installer; with location.',
  }),
  graphics: input.string({ default: 'none', description: 'none, vnc, spice …' }),
});

export default definePlaybook({
  name: 'Create a virtual machine',
  description: 'Makes a virtual machine from an installer, an ISO image, or a copy of a disk image.',
  inputs,
  plays: [
    play('Create a virtual machine', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: {
        path: '/var/lib/libvirt/images/{{ inputs.name }}.qcow2',
        disk_path: '{{ default inputs.disk path }}',
        fresh_disk: "{{ default inputs.disk (join (list path 'size=20') ',') }}",
      },
      tasks() {
        assert('One source', {
          that: 'size([inputs.location, inputs.cdrom, inputs.image].filter(source, source != null)) == 1',
          fail_msg: 'Give exactly one of location, cdrom and image.',
        });

        command(
          'Copy the image',
          {
            argv: ['cp', '--sparse=always', '--', '{{ inputs.image }}', "{{ first (split disk_path ',') }}"],
            creates: "{{ first (split disk_path ',') }}",
          },
          { when: 'inputs.image != null' },
        );

        virt_install('Make the machine', {
          name: () => inputs.name,
          memory: () => inputs.memory,
          vcpus: () => inputs.vcpus,
          disk: "{{ ternary inputs.image (first (split disk_path ',')) fresh_disk }}",
          location: () => inputs.location ?? undefined,
          cdrom: () => inputs.cdrom ?? undefined,
          import: () => (inputs.image ? true : undefined),
          extra_args: '{{ ternary inputs.location inputs.extra_args omit }}',
          os_variant: () => inputs.os_variant ?? undefined,
          bridge: () => inputs.bridge ?? undefined,
          network: '{{ ternary inputs.bridge omit inputs.network }}',
          graphics: () => inputs.graphics,
        });
      },
    }),
  ],
});
