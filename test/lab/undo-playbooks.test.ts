import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, resultsOf, root } from '../integration/command.ts';
import { type Host, lab } from './lab.ts';

/**
 * Everything of a host that a playbook can change, without what changes by itself, and without what programs leave beside their work:
 * virt-install a storage pool of the disks' directory and a log, useradd and its kin the files before the last change (`passwd-`).
 */
const STATE = `
export LC_ALL=C
cd /; find etc root home srv opt usr/local var/spool/cron var/lib/guests var/lib/libvirt/images var/log/guests.log -xdev ! -path 'etc/libvirt/storage*' ! -path 'root/.cache*' ! -path 'etc/*-' \\
  -printf '%y %m %u:%g %p %l\\n' 2>/dev/null | sort -k4
find etc root home srv opt usr/local var/spool/cron -xdev -type f ! -path 'etc/libvirt/storage*' ! -path 'root/.cache*' ! -path 'etc/*-' -exec sha256sum {} + | sort -k2
for d in /sys/class/net/*/brif; do echo "$d: $(echo $(ls $d))"; done
ip -o addr show | sed 's/valid_lft.*//; s/^[0-9]*: //' | grep -v vnet; ip route | sed 's/ linkdown//; s/ *$//' | sort
cat /proc/sys/net/ipv4/ip_forward; getent passwd; getent group; systemctl list-unit-files --state=enabled --no-legend
for n in $(virsh -q net-list --all --name); do virsh net-info $n | grep -v UUID; virsh net-dumpxml --inactive $n; done
for d in $(virsh -q list --all --name); do virsh domstate $d; virsh dumpxml --inactive $d; done
`;

interface Shipped {
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** What has to be there first, run on the host. */
  readonly before?: string;
  /** Tasks that change something; none for a playbook that only looks. */
  readonly changes: readonly string[];
  /** Done by another of them as well: only with HOSTWRIGHT_LAB_LONG=1. */
  readonly long?: true;
  /** Makes good what was broken before, for whoever comes next. */
  readonly after?: string;
  /** Takes away what commands made before the rest is taken back, as only their author can: undo lists it and asks. */
  readonly forget?: string;
}

const MAC = '52:54:00:99:00:07';
const CARD = `<interface type="network"><mac address="${MAC}"/><source network="default"/><model type="virtio"/></interface>`;

/** The card of the guest that runs, as its host sees it. */
const TAP = "$(virsh -q domiflist tap | awk '{ print $1 }')";

/** Those that ship and need no guest with a system; the others are taken back where their guests are. */
const SHIPPED: Readonly<Record<string, Shipped>> = {
  quickstart: {
    inputs: { practice_root: '', practice_network: true, bridge: 'br7' },
    changes: [
      'Make the directories of the guests',
      'Greet whoever logs in',
      'Make the bridge',
      'Note what was done',
    ],
    forget: `rm -rf /var/lib/guests/disks/*.img /var/lib/guests/backup/first /var/log/guests.log; ip link del br7
      sysctl -q net.ipv4.ip_forward=1`,
  },
  'create-nat-network': {
    inputs: { name: 'more', address: '192.168.230.1/24' },
    changes: ['Define and start the network'],
  },
  'create-isolated-network': {
    inputs: { name: 'inside', address: '192.168.231.1/24' },
    changes: ['Define and start the network'],
  },
  'verify-network': { changes: [] },
  'backup-xml': { changes: ['Keep the XML'] },
  'define-xml': {
    inputs: { kind: 'domain' },
    changes: ['Define the domain'],
  },
  'restore-xml': {
    inputs: { from: '/var/tmp/web.xml' },
    before: 'virsh dumpxml --inactive web | sed s/destroy/restart/ > /var/tmp/web.xml',
    changes: ['Define what the backup has'],
  },
  'hot-add-nic': { inputs: { domain: 'web', network: 'default', mac: MAC }, changes: ['Attach the card'] },
  'hot-remove-nic': {
    inputs: { domain: 'web', mac: MAC },
    before: `echo '${CARD}' > /var/tmp/card.xml; virsh attach-device web /var/tmp/card.xml --config`,
    changes: ['Detach the card'],
  },
  'repair-bridge-ports': {
    before: `ip link set dev ${TAP} nomaster`,
    after: `ip link set dev ${TAP} master virbr0`,
    changes: ['Put them back'],
  },
  'create-vm': {
    inputs: { name: 'new', memory: 64, image: '/var/tmp/image.raw', disk: '/var/lib/libvirt/images/new.raw' },
    before: 'truncate -s 1M /var/tmp/image.raw',
    changes: ['Copy the image', 'Make the machine'],
    forget: 'rm -f /var/lib/libvirt/images/new.raw',
  },
  'create-bridge': { changes: ['Make the bridge'], long: true },
  'provision-kvm-host': {
    inputs: { admins: ['ada'], packages: ['lab-greeting'] },
    changes: ['Name who may administer the guests', 'Make the bridge'],
    // Lists of packages that were fetched stay.
    forget: ':',
  },
};

const LONG = process.env.HOSTWRIGHT_LAB_LONG !== undefined;

/** test/lab/guest-moves and migrate-host: guests that boot take long. */
const ELSEWHERE = ['bridge-to-nat', 'migrate-host', 'nat-to-bridge'];

describe('every playbook that ships is taken back', () => {
  let host: Host;
  let inventory: string;

  beforeAll(async () => {
    host = await lab.host({ name: 'kvm', libvirt: true });
    inventory = join(lab.directory, 'kvm.yaml');
    await writeFile(inventory, lab.inventory([host], { groups: { practice: ['kvm'] } }));
    await host.guest({ name: 'web', os: false });
    await host.guest({ name: 'tap', os: false });
    await host.exec('virsh destroy web');
    const xml = (await host.exec('virsh dumpxml --inactive web')).stdout;
    await writeFile(join(lab.directory, 'web.xml'), xml.replaceAll('destroy</on_', 'restart</on_'));
  });
  afterAll(() => lab.down());

  const state = async () => (await host.inside(STATE)).stdout;
  const hostwright = (...words: string[]) =>
    events(words, { cwd: lab.directory, environment: { HOSTWRIGHT_RUNS: join(lab.directory, 'runs') } });

  test('none is left out', () => {
    const names = readdirSync(join(root, 'playbooks')).filter((name) => name.endsWith('.yaml'));
    expect(names.map((name) => name.replace('.yaml', '')).toSorted()).toEqual(
      [...Object.keys(SHIPPED), ...ELSEWHERE].toSorted(),
    );
  });

  test.each(Object.entries(SHIPPED).filter(([, { long }]) => LONG || !long))(
    '%s',
    async (name, { inputs = {}, before = ':', after = ':', changes, forget }) => {
      await host.exec(before);
      const was = await state();
      const file = join(root, 'playbooks', `${name}.yaml`);
      const given = name === 'define-xml' ? { ...inputs, src: join(lab.directory, 'web.xml') } : inputs;
      const made = await hostwright('run', file, '-i', inventory, '-e', JSON.stringify(given));
      const of = (ran: typeof made, status: string) =>
        resultsOf(ran).flatMap((one) => (one.status === status ? [one.task] : []));
      const failures = (ran: typeof made) =>
        resultsOf(ran).flatMap(({ status, task, result: { msg } }) =>
          ['failed', 'unreachable', 'ignored'].includes(String(status)) ? [`${task}: ${msg}`] : [],
        );
      expect({ code: made.code, failed: failures(made) }).toEqual({ code: 0, failed: [] });
      expect(of(made, 'changed')).toEqual(expect.arrayContaining([...changes]));
      const runId = String(made.events.at(-1)?.runId);
      if (changes.length === 0) {
        expect(of(made, 'changed')).toEqual([]);
        return;
      }
      if (forget) await host.exec(forget);
      const is = await state();
      if (name !== 'backup-xml') expect(is).not.toBe(was);

      if (LONG) {
        const checked = await hostwright('undo', runId, '--check');
        expect({ code: checked.code, failed: failures(checked) }).toEqual({ code: 0, failed: [] });
        expect(await state()).toBe(is);
      }
      // Only where a command was run has anybody to be asked.
      const undone = await hostwright('undo', runId, ...(forget ? ['--yes'] : []));
      expect({ code: undone.code, stderr: forget ? '' : undone.stderr, failed: failures(undone) }).toEqual({
        code: 0,
        stderr: '',
        failed: [],
      });
      expect(await state()).toBe(was);
      await host.exec(after);
    },
  );
});
