import { assignments, type FileLines, firstLine } from './system-files.ts';

/** Ansible's names by the ID of os-release. */
const NAMES: Readonly<Record<string, string>> = {
  almalinux: 'AlmaLinux',
  alpine: 'Alpine',
  amzn: 'Amazon',
  arch: 'Archlinux',
  centos: 'CentOS',
  debian: 'Debian',
  fedora: 'Fedora',
  gentoo: 'Gentoo',
  kali: 'Kali',
  linuxmint: 'Linux Mint',
  ol: 'OracleLinux',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  raspbian: 'Debian',
  rhel: 'RedHat',
  rocky: 'Rocky',
  sles: 'SLES',
  ubuntu: 'Ubuntu',
};

/** Family by ID, or by one of the IDs that os-release says the distribution is like. */
const FAMILIES: Readonly<Record<string, string>> = {
  alpine: 'Alpine',
  arch: 'Archlinux',
  debian: 'Debian',
  ubuntu: 'Debian',
  fedora: 'RedHat',
  rhel: 'RedHat',
  centos: 'RedHat',
  amzn: 'RedHat',
  ol: 'RedHat',
  suse: 'Suse',
  sles: 'Suse',
  opensuse: 'Suse',
  gentoo: 'Gentoo',
};

/** Which distribution it is: os-release(5), and the older files where they know the version more exactly. */
export function distributionFacts(files: FileLines) {
  const release = assignments(files.get('/etc/os-release') ?? files.get('/usr/lib/os-release') ?? []);
  const redhat = firstLine(files, '/etc/redhat-release');
  const id = release.get('ID') ?? (/^CentOS/.test(redhat) ? 'centos' : redhat === '' ? '' : 'rhel');
  const like = (release.get('ID_LIKE') ?? '').split(' ');
  const family = [id, ...like].map((candidate) => FAMILIES[candidate]).find((name) => name !== undefined);
  const version = versionOf(id, release.get('VERSION_ID') ?? '', files, redhat);
  const name = NAMES[id] ?? release.get('NAME') ?? (id || 'Linux');
  return {
    distribution: name,
    distribution_version: version,
    distribution_major_version: version.split('.')[0] ?? '',
    distribution_minor_version: version.split('.')[1] ?? '',
    distribution_release: codeName(release, redhat),
    os_family: family ?? name,
  };
}

function versionOf(id: string, versionId: string, files: FileLines, redhat: string): string {
  // Only there do Debian and CentOS tell the point release; unstable Debian has words in it ("trixie/sid").
  const debian = /^\d+(\.\d+)+$/.exec(firstLine(files, '/etc/debian_version'))?.[0];
  if (id === 'debian' && debian) return debian;
  const centos = / release (\d+(?:\.\d+)?)/.exec(redhat)?.[1];
  return (id === 'centos' || versionId === '') && centos ? centos : versionId;
}

/** The code name: `bookworm`, or what stands in parentheses (`Core`, `Plow`). */
function codeName(release: ReadonlyMap<string, string>, redhat: string): string {
  const given = release.get('VERSION_CODENAME') ?? release.get('UBUNTU_CODENAME');
  if (given) return given;
  return /\(([^)]+)\)/.exec(release.get('VERSION') ?? redhat)?.[1] ?? 'NA';
}
