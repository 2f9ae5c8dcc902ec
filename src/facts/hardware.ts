import { type FileLines, firstLine } from './system-files.ts';
import { virtualizationFacts } from './virtualization.ts';

/** Memory, processors, mounts and what the machine says of itself. Sizes in MiB where the name ends in `_mb`, else bytes. */
export function hardwareFacts(files: FileLines, places: readonly string[], sizes: string) {
  const dmi = (name: string) => firstLine(files, `/sys/class/dmi/id/${name}`) || 'NA';
  const [one, five, fifteen] = firstLine(files, '/proc/loadavg').split(' ').map(Number);
  return {
    ...memoryFacts(files.get('/proc/meminfo') ?? []),
    ...processorFacts(files.get('/proc/cpuinfo') ?? []),
    ...virtualizationFacts(files, places),
    mounts: mountFacts(files.get('/proc/mounts') ?? [], sizes),
    loadavg: { '1m': one ?? 0, '5m': five ?? 0, '15m': fifteen ?? 0 },
    system_vendor: dmi('sys_vendor'),
    product_name: dmi('product_name'),
    product_version: dmi('product_version'),
    bios_vendor: dmi('bios_vendor'),
    bios_version: dmi('bios_version'),
    bios_date: dmi('bios_date'),
  };
}

function memoryFacts(lines: readonly string[]) {
  const kib = new Map(
    lines.map((line) => [line.replace(/:.*/, ''), Number(/\d+/.exec(line.replace(/^[^:]*:/, ''))?.[0])]),
  );
  const mib = (name: string) => Math.floor((kib.get(name) ?? 0) / 1024);
  const [total, free] = [mib('MemTotal'), mib('MemFree')];
  const available = mib('MemFree') + mib('Cached') + mib('Buffers');
  const swap = { total: mib('SwapTotal'), free: mib('SwapFree'), cached: mib('SwapCached') };
  return {
    memtotal_mb: total,
    memfree_mb: free,
    memavailable_mb: kib.has('MemAvailable') ? mib('MemAvailable') : available,
    swaptotal_mb: swap.total,
    swapfree_mb: swap.free,
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: available, used: total - available },
      swap: { ...swap, used: swap.total - swap.free },
    },
  };
}

function processorFacts(lines: readonly string[]) {
  const values = (name: string) =>
    lines
      .filter((line) => line.slice(0, line.indexOf(':')).trim() === name)
      .map((line) => line.slice(line.indexOf(':') + 1).trim());
  const processors = values('processor').length || 1;
  // Architectures other than x86 say nothing of sockets and cores: then each processor counts as a socket of one core.
  const sockets = new Set(values('physical id')).size;
  const cores = Number(values('cpu cores')[0] ?? 1);
  const siblings = Number(values('siblings')[0] ?? 1);
  const threads = sockets === 0 ? 1 : Math.max(1, Math.floor(siblings / cores));
  const count = sockets === 0 ? processors : sockets;
  const models = values('model name').length > 0 ? values('model name') : values('Processor');
  return {
    processor: models,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: sockets === 0 ? processors : count * cores * threads,
    processor_nproc: processors,
  };
}

function mountFacts(lines: readonly string[], sizes: string) {
  const sizeOf = new Map(
    sizes.split('\n').map((line) => {
      const [mount = '', ...numbers] = line.split('|');
      return [mount, numbers.map(Number)] as const;
    }),
  );
  return lines
    .map((line) => line.split(' ').map(decodeOctal))
    .filter(([device = '']) => device.startsWith('/dev/') || /^[^/]+:\//.test(device))
    .map(([device = '', mount = '', fstype = '', options = '']) => {
      const [block, total, available, inodes, inodesFree] = sizeOf.get(mount) ?? [];
      const known =
        block === undefined || total === undefined || available === undefined
          ? {}
          : {
              block_size: block,
              size_total: block * total,
              size_available: block * available,
              inode_total: inodes,
              inode_available: inodesFree,
            };
      return { device, mount, fstype, options, ...known };
    });
}

/** proc(5): blanks and backslashes of a path stand as three octal digits. */
function decodeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
