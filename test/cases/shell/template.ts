import { template } from '../../../src/modules/builtin/template.ts';
import type { Scenario } from './scenario.ts';

const OWNER = `${process.getuid?.()}:${process.getgid?.()}`;

export const templateScenarios: readonly Scenario[] = [
  {
    title: 'writes the rendered text',
    module: template,
    templates: { 'motd.hbs': 'Welcome to kvm1\n' },
    params: (host) => ({ src: 'motd.hbs', dest: `${host}/motd`, mode: '0644' }),
    after: { motd: `file 644 ${OWNER} Welcome to kvm1\n` },
    result: (host) => ({ dest: `${host}/motd`, size: 16, state: 'file' }),
  },
  {
    title: 'goes into a directory without .hbs',
    module: template,
    before: { d: { directory: true } },
    templates: { 'x/net.xml.hbs': '<a/>' },
    params: (host) => ({ src: 'x/net.xml.hbs', dest: `${host}/d` }),
    after: { 'd/net.xml': `file 644 ${OWNER} <a/>` },
  },
  {
    title: 'writes lines that end as asked',
    module: template,
    before: { f: 'a\r\n' },
    templates: { t: 'a\nb\n' },
    params: (host) => ({ src: 't', dest: `${host}/f`, newline_sequence: '\\r\\n' }),
    after: { f: `file 644 ${OWNER} a\r\nb\r\n` },
  },
  {
    title: 'leaves what is right',
    module: template,
    before: { f: 'ü\n' },
    templates: { t: 'ü\n' },
    params: (host) => ({ src: 't', dest: `${host}/f` }),
  },
];
