// The same as define-xml.yaml beside it, which says what each step is for.
//
//   hostwright run playbooks/define-xml.ts -i INVENTORY

import {
  assert,
  defineInputs,
  definePlaybook,
  input,
  libvirt_domain,
  libvirt_network,
  play,
} from 'hostwright';

const inputs = defineInputs({
  hosts: input.string({ default: 'all', description: 'Pattern of the hosts.' }),
  kind: input.string({ choices: ['domain', 'network'], description: 'What the file describes.' }),
  src: input.path({ description: 'The file, on this machine.' }),
});

export default definePlaybook({
  name: 'Define XML',
  description: 'Defines a domain or a network of libvirt from an XML file.',
  inputs,
  plays: [
    play('Define XML', {
      hosts: () => inputs.hosts,
      gather_facts: false,
      vars: {
        xml: '{{ file_text inputs.src }}',
        found_name: '{{ regex_search xml "<name>([^<]+)</name>" }}',
      },
      tasks() {
        assert('It says what it describes', {
          that: ['found_name != ""', 'xml.contains("<" + inputs.kind)'],
          fail_msg: 'The file {{ inputs.src }} describes no {{ inputs.kind }} with a name.',
        });

        libvirt_domain(
          'Define the domain',
          { name: '{{ found_name }}', xml: '{{ xml }}' },
          { when: 'inputs.kind == "domain"' },
        );

        libvirt_network(
          'Define the network',
          { name: '{{ found_name }}', xml: '{{ xml }}' },
          { when: 'inputs.kind == "network"' },
        );
      },
    }),
  ],
});
