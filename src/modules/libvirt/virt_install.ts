import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { disksThere, virtInstallState } from '../../facts/libvirt/virt-install-state.ts';
import { raw, sh } from '../../shell/sh.ts';
import { count, flag, listOf, text, withAliases } from '../params.ts';
import { diskPaths, virtInstallWords } from '../virt-install-words.ts';
import { noVirtInstall } from '../virt-problems.ts';

const amount = (what: string) =>
  text.pipe(z.string().regex(/^[1-9]\d*(,[A-Za-z0-9_.]+=[A-Za-z0-9_.-]+)*$/, { error: `must be ${what}` }));
const disk = z.union([
  z.string().min(1),
  z.strictObject({
    path: z.string().min(1).optional().describe('File or device on the host.'),
    size: z.number().positive().optional().describe('GiB, where it is to be made.'),
    pool: z.string().min(1).optional().describe('Storage pool, in place of a path.'),
    format: z.string().min(1).optional().describe('qcow2, raw …'),
    bus: z.string().min(1).optional().describe('virtio, scsi, sata …'),
  }),
]);

const object = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.+][A-Za-z0-9_.+:-]*$/, { error: 'must be a name: letters, digits and _ . + : -' })
      .describe('Name of the virtual machine. Where it exists already, nothing is done.'),
    memory: amount('MiB, as 1024 or 1024,maxmemory=2048').describe(
      'Memory in MiB; `1024,maxmemory=2048` too.',
    ),
    memory_max: count.optional().describe('Memory in MiB that it may be given later.'),
    vcpus: amount('a number, as 2 or 2,maxvcpus=4').default('1').describe('Processors; `1,maxvcpus=2` too.'),
    vcpus_max: count.optional().describe('Processors that it may be given later.'),
    disk: z
      .union([z.array(disk), disk])
      .default([])
      .describe('Disks: as for --disk (`/images/web.qcow2,size=30`), or path, size (GiB), format, bus.'),
    location: text
      .optional()
      .describe('What to install from: a tree at a URL or path, or an ISO image on the host.'),
    cdrom: text.optional().describe('ISO image on the host to boot and install from.'),
    import: flag.optional().describe('Do not install: boot from the first disk as it is.'),
    os_variant: text.optional().describe('What the guest will be, as `virt-install --osinfo list` names it.'),
    os_type: text.optional().describe('Dropped, with a warning: virt-install has not used it since 2019.'),
    network: listOf(text)
      .default([])
      .describe('Virtual networks, a card for each; with more as for --network: `default,model=virtio`.'),
    bridge: listOf(text).default([]).describe('Bridges of the host, a card for each.'),
    mac: text.optional().describe('MAC address of the first card. Default: a free one.'),
    graphics: text.default('none').describe('As for --graphics: none, vnc, spice …'),
    console: text.default('pty,target_type=serial').describe('As for --console.'),
    extra_args: text.optional().describe('Words for the kernel of the installer; with location.'),
    virt_type: text.optional().describe('kvm or qemu. Default: kvm where the host has it.'),
    boot: text.optional().describe('As for --boot.'),
    autostart: flag.default(false).describe('Start it together with the host.'),
    wait: count.default(0).describe('Minutes to wait for the end of the installation; 0: not at all.'),
    undo_disk: z
      .enum(['keep', 'remove'])
      .default('keep')
      .describe('What undo does with disks that were made for it.'),
  })
  .superRefine((values, context) => {
    const problem = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const sources = ['location', 'cdrom', 'import'].filter((key) => values[key as 'location'] !== undefined);
    if (sources.length !== 1)
      problem(sources[1] ?? 'location', 'give exactly one of location, cdrom and import');
    if (values.extra_args !== undefined && values.location === undefined)
      problem('extra_args', 'needs location');
    if (values.network.length === 0 && values.bridge.length === 0)
      problem('network', 'is required (or bridge)');
    if (values.import && Array.isArray(values.disk) && values.disk.length === 0)
      problem('disk', 'is required with import');
    for (const [value, most, key] of [
      [values.memory, values.memory_max, 'memory_max'],
      [values.vcpus, values.vcpus_max, 'vcpus_max'],
    ] as const) {
      if (most !== undefined && most < Number.parseInt(value, 10))
        problem(key, `must not be less than ${value}`);
    }
  });

export const virtInstall = defineModule({
  name: 'virt_install',
  summary: 'Make a virtual machine with virt-install, where there is none of that name.',
  params: withAliases(object, { memory: ['ram'], os_variant: ['osinfo'] }),
  examples: [
    {
      title: 'Install over the network, on NAT',
      params: {
        name: 'web',
        memory: 1024,
        memory_max: 2048,
        vcpus: 1,
        vcpus_max: 2,
        os_variant: 'debian12',
        location: 'http://deb.example.net/debian/dists/bookworm/main/installer-amd64/',
        disk: '/var/lib/libvirt/images/web.qcow2,size=30',
        network: 'default',
        extra_args: 'console=ttyS0',
      },
    },
    {
      title: 'Start from an image, on a bridge',
      params: {
        name: 'web',
        memory: 1024,
        import: true,
        disk: { path: '/var/lib/libvirt/images/web.qcow2' },
        bridge: 'br0',
      },
    },
  ],
  reads: (params) => ({ state: virtInstallState(params.name), disks: disksThere(diskPaths(params)) }),
  check: (params, { state, disks }, view) => {
    if (state.exists) return null;
    if (!state.installed && !view.pendingChanges) throw noVirtInstall();
    const made = diskPaths(params).filter((path) => !disks.includes(path));
    const after = {
      memory: params.memory,
      vcpus: params.vcpus,
      from: params.location ?? params.cdrom ?? 'its disk',
      network: [...params.network, ...params.bridge].join(', '),
      ...(made.length > 0 ? { disks: made.join(', ') } : {}),
    };
    const warning = 'os_type is dropped: virt-install has no use for it any more; os_variant says it all.';
    return {
      differences: [{ label: `virtual machine ${params.name}`, before: null, after }],
      data: { made },
      ...(params.os_type === undefined ? {} : { warnings: [warning] }),
    };
  },
  apply: (_, params) => sh`
    LC_ALL=C VIRTINSTALL_OSINFO_DISABLE_REQUIRE=1; export LC_ALL VIRTINSTALL_OSINFO_DISABLE_REQUIRE
    said=$(mktemp) || exit 1
    trap 'rm -f "$said"' EXIT; trap 'exit 1' HUP INT TERM
    virt-install ${virtInstallWords(params)} </dev/null >"$said" 2>&1
    rc=$?
    ${params.virt_type === undefined ? emulated(params) : raw(':')}
    if [ $rc != 0 ]; then cat "$said" >&2; fi
    exit $rc`,
  undo: ({ data }, params) => sh`
    LC_ALL=C; export LC_ALL
    call() { virsh -q -c qemu:///system "$@" </dev/null; }
    if call domstate ${params.name} >/dev/null 2>&1; then
      case $(call domstate ${params.name}) in 'shut off'*|crashed*) ;; *) call destroy ${params.name} || exit 1;; esac
      call undefine --managed-save --snapshots-metadata --nvram ${params.name} 2>/dev/null ||
        call undefine --managed-save --snapshots-metadata ${params.name} || exit 1
    fi
    ${params.undo_disk === 'remove' && data.made.length > 0 ? sh`rm -f -- ${data.made}` : raw(':')}`,
  result: (params, { change, output }) => {
    const text = output === null ? '' : new TextDecoder().decode(output.stdout.bytes);
    const slow = `${params.name} runs emulated, which is slow: the host's KVM could not start it.`;
    return {
      name: params.name,
      ...(change === null ? {} : { command: ['virt-install', ...virtInstallWords(params)] }),
      ...(text.includes('emulated=yes') ? { warnings: [slow] } : {}),
    };
  },
});

type Params = z.output<typeof object>;

/** A /dev/kvm that is there and does not work: seen where the host is a virtual machine itself. Only then, and only where nobody chose. */
function emulated(params: Params) {
  return sh`
    if [ $rc != 0 ] && grep -qiE 'kvm(_|\.c| kernel module| is not available)|failed to initialize kvm' "$said" &&
      ! virsh -q -c qemu:///system domstate ${params.name} </dev/null >/dev/null 2>&1; then
      virt-install ${virtInstallWords({ ...params, virt_type: 'qemu' })} </dev/null >"$said" 2>&1
      rc=$?
      if [ $rc = 0 ]; then echo emulated=yes; fi
    fi`;
}
