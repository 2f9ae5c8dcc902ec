/** The files that `hostwright init` writes, by path. */
export const PROJECT: Readonly<Record<string, string>> = {
  'inventory/hosts.yaml': `# Hosts in groups. \`hostwright inventory --graph\` shows what this file says.
all:
  vars:
    ansible_user: admin
  children:
    kvm:
      hosts:
        kvm1:
          ansible_host: 192.0.2.10
`,
  'site.yaml': `# See what would change:  hostwright run site.yaml --check --diff
# Change it:              hostwright run site.yaml
- name: Prepare the hosts
  hosts: all
  become: true
  vars:
    greeting: Managed by Hostwright.
  tasks:
    - name: Create the directory for backups
      file:
        path: /var/backups/hostwright
        state: directory
        mode: '0700'

    - name: Write the message of the day
      copy:
        dest: /etc/motd
        content: "{{ greeting }}\\n"
`,
  'README.md': `# Our hosts

    hostwright run site.yaml --check --diff   # what would change
    hostwright run site.yaml                  # change it
    hostwright doc                            # what modules there are

\`inventory/hosts.yaml\` names the hosts, \`site.yaml\` says how they should be.
`,
};
