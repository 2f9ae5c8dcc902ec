type DiskMap = Readonly<Record<string, string | number | undefined>>;

/** What virt-install's words are made of. */
export interface Installation {
  readonly name: string;
  readonly memory: string;
  readonly memory_max?: number | undefined;
  readonly vcpus: string;
  readonly vcpus_max?: number | undefined;
  readonly disk: string | DiskMap | readonly (string | DiskMap)[];
  readonly location?: string | undefined;
  readonly cdrom?: string | undefined;
  readonly import?: boolean | undefined;
  readonly os_variant?: string | undefined;
  readonly network: readonly string[];
  readonly bridge: readonly string[];
  readonly mac?: string | undefined;
  readonly graphics: string;
  readonly console: string;
  readonly extra_args?: string | undefined;
  readonly virt_type?: string | undefined;
  readonly boot?: string | undefined;
  readonly autostart: boolean;
  readonly wait: number;
}

/** The arguments of virt-install, man virt-install(1); words that every version since 1.4 (EL 7) knows. */
export function virtInstallWords(given: Installation): readonly string[] {
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`--${name}`, value];
  const most = (value: string, key: string, limit: number | undefined) =>
    limit === undefined ? value : `${value},${key}=${limit}`;
  const cards = [
    ...given.network.map((name) => (name.startsWith('network=') ? name : `network=${name}`)),
    ...given.bridge.map((name) => (name.startsWith('bridge=') ? name : `bridge=${name}`)),
  ].map((card, index) => (index === 0 && given.mac !== undefined ? `${card},mac=${given.mac}` : card));
  const disks = listOfDisks(given).map(diskWord);
  return [
    ...['--connect', 'qemu:///system', '--name', given.name],
    ...option('memory', most(given.memory, 'maxmemory', given.memory_max)),
    ...option('vcpus', most(given.vcpus, 'maxvcpus', given.vcpus_max)),
    ...(disks.length === 0 ? ['--disk', 'none'] : disks.flatMap((disk) => option('disk', disk))),
    ...option('location', given.location),
    ...option('cdrom', given.cdrom),
    ...(given.import ? ['--import'] : []),
    ...option('os-variant', given.os_variant),
    ...cards.flatMap((card) => option('network', card)),
    ...option('graphics', given.graphics),
    ...option('console', given.console),
    ...option('extra-args', given.extra_args),
    ...option('virt-type', given.virt_type),
    ...option('boot', given.boot),
    ...(given.autostart ? ['--autostart'] : []),
    '--noautoconsole',
    ...(given.wait > 0 ? ['--wait', String(given.wait)] : []),
  ];
}

/** Paths of the disks that are files of the host. */
export function diskPaths(given: Pick<Installation, 'disk'>): readonly string[] {
  return listOfDisks(given).flatMap((disk) => {
    if (typeof disk !== 'string') return typeof disk.path === 'string' ? [disk.path] : [];
    const [first = '', ...rest] = disk.split(',');
    const path = [first, ...rest].find((word) => word.startsWith('path='))?.slice('path='.length);
    return path !== undefined ? [path] : first.includes('=') || first === 'none' ? [] : [first];
  });
}

function listOfDisks({ disk }: Pick<Installation, 'disk'>): readonly (string | DiskMap)[] {
  return Array.isArray(disk) ? disk : [disk as string | DiskMap];
}

function diskWord(disk: string | DiskMap): string {
  if (typeof disk === 'string') return disk;
  return Object.entries(disk)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
