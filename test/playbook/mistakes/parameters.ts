import type { Mistake } from './mistake.ts';

/** Mistakes in parameters, each with the whole of what a user reads about it. */
export const mistakes: readonly Mistake[] = [
  [
    'unknown',
    `- hosts: all
  tasks:
    - copy: {dest: a, contents: b}
    - bridge: {name: a, ipv4: {method: auto, dsn: []}}
`,
    `site.yaml:3:23: copy has no parameter "contents".
  Did you mean "content"? copy takes backup, content, dest, mode, src and state.
site.yaml:4:46: "ipv4" of bridge has no parameter "dsn".
  Did you mean "dns"? It takes dns, method and routes.`,
  ],
  [
    'missing',
    `- hosts: all
  tasks:
    - copy: {content: b}
    - bridge: {name: a, ipv4: {}}
    - bridge:
    - assert:
`,
    `site.yaml:3:7: copy needs the parameter "dest".
  Where the file is to be.
site.yaml:4:31: "ipv4" of bridge needs the parameter "method".
site.yaml:5:7: bridge needs the parameter "name".
site.yaml:6:7: assert needs the parameter "that".`,
  ],
  [
    'of another kind',
    `- hosts: all
  tasks:
    - copy: {dest: 5, content: [a], backup: "yes"}
    - bridge: {name: a, mtu: "9k", ports: {a: b}}
    - bridge: {name: a, mtu: 1.5, ipv4: [a]}
`,
    `site.yaml:3:20: The parameter "dest" of copy must be a text, but is the number 5.
  Put it in quotes: "5"
site.yaml:3:32: The parameter "content" of copy must be a text, but is a list.
site.yaml:3:45: The parameter "backup" of copy must be true or false, but is the text "yes".
site.yaml:4:30: The parameter "mtu" of bridge must be a number, but is the text "9k".
site.yaml:4:43: The parameter "ports" of bridge must be a text or a list, but is a map.
site.yaml:5:30: The parameter "mtu" of bridge must be a whole number, but is the number 1.5.
site.yaml:5:41: The parameter "ipv4" of bridge must be a map, but is a list.`,
  ],
  [
    'out of bounds',
    `- hosts: all
  tasks:
    - bridge: {name: a, mtu: 10, ipv4: {method: auto, dns: [a, b, c, d]}}
    - bridge: {name: a, mtu: 70000}
    - copy: {dest: "", content: a}
`,
    `site.yaml:3:30: The parameter "mtu" of bridge must be at least 68, but is the number 10.
site.yaml:3:60: The parameter "ipv4.dns" of bridge must be a list with at most 3 entries, but is a list.
site.yaml:4:30: The parameter "mtu" of bridge must be at most 65535, but is the number 70000.
site.yaml:5:20: The parameter "dest" of copy must be a text that is not empty, but is the text "".`,
  ],
  [
    'none of the choices',
    `- hosts: all
  tasks:
    - copy: {dest: a, content: b, state: presnt}
    - bridge: {name: a, ipv4: {method: dhcp}}
`,
    `site.yaml:3:42: The parameter "state" of copy must be present or absent, but is the text "presnt".
  Did you mean "present"?
site.yaml:4:40: The parameter "ipv4.method" of bridge must be auto or manual, but is the text "dhcp".`,
  ],
  [
    'in a list and in a map of maps',
    `- hosts: all
  tasks:
    - bridge: {name: a, ports: [x, 5]}
    - bridge: {name: a, ipv4: {method: auto, routes: {default: {vai: x}}}}
`,
    `site.yaml:3:36: The parameter "ports[1]" of bridge must be a text, but is the number 5.
  Put it in quotes: "5"
site.yaml:4:64: "ipv4.routes.default" of bridge needs the parameter "via".
site.yaml:4:65: "ipv4.routes.default" of bridge has no parameter "vai".
  Did you mean "via"? It takes via.`,
  ],
  [
    'wording of the module',
    `- hosts: all
  tasks:
    - copy: {dest: a, content: b, mode: 0644}
    - copy: {dest: a}
`,
    `site.yaml:3:41: The parameter "mode" of copy must be octal digits in quotes.
site.yaml:4:7: copy needs src or content, and not both.`,
  ],
  [
    'under another name',
    `- hosts: all
  tasks:
    - copy: {path: 5, content: b}
    - copy: {path: a, dest: b, content: c}
`,
    `site.yaml:3:20: The parameter "path" of copy must be a text, but is the number 5.
  Put it in quotes: "5"
site.yaml:4:29: copy: dest, path are names of one parameter; give one of them.`,
  ],
  [
    'beside templates: what a template may still mend is not judged',
    `- hosts: all
  tasks:
    - copy: {dest: "{{ a }}", content: ["{{ b }}"], bakup: true}
    - bridge: {name: a, ports: ["{{ p }}", 5], mtu: x}
`,
    `site.yaml:3:40: The parameter "content" of copy must be a text, but is a list.
site.yaml:3:53: copy has no parameter "bakup".
  Did you mean "backup"? copy takes backup, content, dest, mode, src and state.
site.yaml:4:53: The parameter "mtu" of bridge must be a number, but is the text "x".`,
  ],
  [
    'a list, a text, a number instead of a map',
    `- hosts: all
  tasks:
    - copy: [a]
    - copy: some text
    - bridge: 7
    - debug: hello
`,
    `site.yaml:3:13: The parameters of copy are a map, but here stands a list.
  Write each parameter on its own line below the module: "name: value".
site.yaml:4:13: copy takes its parameters by name, but was given the text "some text".
  Write them below it as "dest: value", or on one line as dest=value.
site.yaml:5:15: The parameters of bridge are a map, but here stands the number 7.
  Write each parameter on its own line below the module: "name: value".
site.yaml:6:14: debug takes its parameters by name, but was given the text "hello".
  Write them below it as "msg: value", or on one line as msg=value.`,
  ],
  [
    'key=value',
    `- hosts: all
  tasks:
    - copy: dest=/a contnt=b
    - copy: dest=/a oops
`,
    `site.yaml:3:13: copy has no parameter "contnt".
  Did you mean "content"? copy takes backup, content, dest, mode, src and state.
site.yaml:4:13: copy takes its parameters by name, but was given the text "dest=/a oops".
  Write them below it as "dest: value", or on one line as dest=value.`,
  ],
  [
    'args',
    `- hosts: all
  tasks:
    - command: ls
      args: {chdri: /tmp}
    - command: ls
      args: [a]
    - bridge:
      args: "{{ x }}"
`,
    `site.yaml:4:14: command has no parameter "chdri".
  Did you mean "chdir"? command takes argv, chdir, cmd and creates.
site.yaml:6:13: The parameters of command are a map, but here stands a list.
  Write each parameter on its own line below the module: "name: value".`,
  ],
];
