// The quickstart in TypeScript: the same plays, tasks and names as quickstart.yaml beside it, which says what each step is for.
// Where YAML has a template or a condition, this has a function, and the type checker knows what it may ask for.
//
//   hostwright run playbooks/quickstart.ts -i INVENTORY

import {
  assert,
  block,
  blockinfile,
  command,
  copy,
  defineInputs,
  definePlaybook,
  file,
  handler,
  input,
  lineinfile,
  play,
  shell,
  stat,
  template,
} from 'hostwright';

const inputs = defineInputs({
  guests: input.list({
    default: ['web', 'database'],
    description: 'Names of the virtual machines to come.',
  }),
  bridge: input.string({
    default: 'br0',
    pattern: '[a-z][a-z0-9]{1,13}',
    description: 'Bridge that the guests will be plugged into.',
  }),
  disk_mb: input.int({
    default: 64,
    description: "Size of each guest's empty disk, in MiB. It takes no room before it is used.",
  }),
  practice_root: input.string({
    description:
      'Put in front of every path below. A practice host sets it; an empty text means the real places.',
  }),
  practice_network: input.bool({
    description: 'Whether bridges can be made on this host. A practice host sets it.',
  }),
});

// What YAML keeps in variables is a function here: it is asked anew on each host.
const root = () => inputs.practice_root;
const store = () => `${root()}/var/lib/guests`;
const subnet = '192.168.200';

// A handler is a value: a task cannot notify one that does not exist.
const loadSettings = handler(
  command(
    'Load the kernel settings',
    { cmd: () => `sysctl -q -p ${root()}/etc/guests-sysctl.conf` },
    { when: () => inputs.practice_network },
  ),
);
const noteChanges = handler(
  shell('Note what was done', {
    cmd: () => `echo "$(date) the guests' settings changed" >>'${root()}/var/log/guests.log'`,
  }),
);

export default definePlaybook({
  name: 'Quickstart',
  inputs,
  plays: [
    play('Prepare a small host for virtual machines', {
      hosts: 'practice',
      // For the template files, which know variables and not what this file calls them.
      vars: { root, store, subnet },

      tasks() {
        file(
          'Make the directories of the guests',
          { path: ({ item }) => `${store()}/${item}`, state: 'directory', mode: '0750' },
          { loop: ['disks', 'networks', 'backup'] },
        );

        template('Greet whoever logs in', {
          src: '../templates/quickstart/motd.hbs',
          dest: () => `${root()}/etc/motd`,
          mode: '0644',
        });

        copy(
          'Let the kernel forward packets',
          {
            content: "# The guests' packets pass through this host.\nnet.ipv4.ip_forward = 1\n",
            dest: () => `${root()}/etc/guests-sysctl.conf`,
            mode: '0644',
          },
          { notify: loadSettings },
        );

        lineinfile(
          'Start the guests together with the host',
          {
            path: () => `${root()}/etc/guests.conf`,
            regexp: '^AUTOSTART=',
            line: 'AUTOSTART=yes',
            create: true,
            mode: '0644',
          },
          { notify: noteChanges },
        );

        blockinfile('Give the guests names that the host knows', {
          path: () => `${root()}/etc/hosts`,
          marker: '# {mark} guests',
          block: () => inputs.guests.map((guest, index) => `${subnet}.1${index} ${guest}\n`).join(''),
          create: true,
          mode: '0644',
        });

        template(
          'Describe the network of the guests',
          {
            src: '../templates/quickstart/network.xml.hbs',
            dest: () => `${store()}/networks/guests.xml`,
            mode: '0640',
          },
          { notify: noteChanges },
        );

        copy('Install the backup script', {
          src: '../templates/quickstart/back-up-networks.sh',
          dest: () => `${root()}/opt/back-up-networks`,
          mode: '0755',
        });

        command(
          'Make an empty disk for each guest',
          {
            argv: [
              'dd',
              'if=/dev/null',
              ({ item }) => `of=${store()}/disks/${item}.img`,
              'bs=1048576',
              () => `seek=${inputs.disk_mb}`,
            ],
            creates: ({ item }) => `${store()}/disks/${item}.img`,
          },
          { loop: () => inputs.guests },
        );

        command('Make the first backup', {
          argv: [
            () => `${root()}/opt/back-up-networks`,
            () => `${store()}/networks`,
            () => `${store()}/backup/first`,
          ],
          creates: () => `${store()}/backup/first`,
        });

        const room = shell(
          'See how much room is left',
          { cmd: () => `df -Pk '${root()}/var/lib' | awk 'NR == 2 { print $4 }'` },
          { changed_when: false, check_mode: false },
        );

        assert('Stop here where there is too little room', {
          that: () => Number(room.result.stdout) > inputs.disk_mb * 1024,
          fail_msg: () => `Only ${room.result.stdout} KiB are left for the guests.`,
        });

        block('A bridge for the guests', {
          when: () => inputs.practice_network,
          tasks() {
            const link = stat('See whether the bridge is there', {
              path: () => `/sys/class/net/${inputs.bridge}`,
            });
            shell(
              'Make the bridge',
              {
                cmd: () =>
                  [
                    `ip link add ${inputs.bridge} type bridge`,
                    `ip address add ${subnet}.1/24 dev ${inputs.bridge}`,
                    `ip link set ${inputs.bridge} up`,
                  ].join(' &&\n'),
              },
              { when: () => !link.result.stat.exists },
            );
          },
        });

        block('Look at the result', {
          when: ({ check_mode }) => !check_mode,
          tasks() {
            const motd = command(
              'Read what people see when they log in',
              { cmd: () => `cat ${root()}/etc/motd` },
              { changed_when: false },
            );
            const address = command(
              'Read the address of the bridge',
              { cmd: () => `ip -o -4 address show dev ${inputs.bridge}` },
              { changed_when: false, when: () => inputs.practice_network },
            );
            assert('Check it', {
              that: [
                ({ inventory_hostname }) => motd.result.stdout.includes(inventory_hostname),
                () => inputs.guests.every((guest) => motd.result.stdout.includes(guest)),
                () => !inputs.practice_network || address.result.stdout.includes(`${subnet}.1/24`),
              ],
            });
          },
        });
      },
    }),
  ],
});
