import { libvirtBackup } from '../../../src/modules/libvirt/libvirt_backup.ts';
import { defaultNetwork, domainsText, networksText, UUID, WEB, webDomain } from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const now = {
  domains: domainsText({ uuid: WEB, config: webDomain('config') }),
  networks: networksText({ uuid: UUID, live: defaultNetwork('live'), config: defaultNetwork('config') }),
};
const SET = '/b/2026-01-31T120000Z';
const kept = (memory?: number) => ({
  stdout: `kind=domain\0path=${SET}/domains/web.xml\0xml=${webDomain('config', memory ? { memory } : {})}\0end=\0kind=network\0path=${SET}/networks/default.xml\0xml=${defaultNetwork('config')}\0end=\0set=${SET}\0end=\0`,
});
const FILES = [
  { kind: 'domain', name: 'web', path: `${SET}/domains/web.xml` },
  { kind: 'network', name: 'default', path: `${SET}/networks/default.xml` },
];

export const cases: ModuleCases = {
  module: libvirtBackup,
  cases: [
    {
      title: 'keeps everything the first time',
      params: { dest: '/b' },
      reads: { ...now, last: { stdout: 'set=\0end=\0' } },
      expected: {
        differences: [
          { label: 'backup of domain/web', before: null, after: '/b/(time)/domains/web.xml' },
          { label: 'backup of network/default', before: null, after: '/b/(time)/networks/default.xml' },
        ],
      },
    },
    {
      title: 'keeps nothing twice, and says where it is',
      params: { dest: '/b' },
      reads: { ...now, last: kept() },
      expected: 'ok',
      result: { directory: SET, files: FILES, paths: FILES.map(({ path }) => path) },
    },
    {
      title: 'keeps again what is another now',
      params: { dest: '/b', domains: 'all' },
      reads: { ...now, last: kept(65536) },
      expected: {
        differences: [
          {
            label: 'backup of domain/web',
            before: `${SET}/domains/web.xml`,
            after: '/b/(time)/domains/web.xml',
          },
        ],
      },
    },
    {
      title: 'keeps what runs of a domain without a definition',
      params: { dest: '/b', domains: ['web'] },
      reads: {
        ...now,
        domains: domainsText({ uuid: WEB, live: webDomain('live') }),
        last: {
          stdout: `kind=domain\0path=${SET}/domains/web.xml\0xml=${webDomain('live')}\0end=\0set=${SET}\0end=\0`,
        },
      },
      expected: 'ok',
      result: { directory: SET, files: FILES.slice(0, 1), paths: [`${SET}/domains/web.xml`] },
    },
    {
      title: 'names what is not there',
      params: { networks: ['lan'] },
      reads: { ...now, last: { stdout: 'set=\0end=\0' } },
      expected: { error: 'The host has no virtual network lan (it has default).' },
    },
  ],
};
