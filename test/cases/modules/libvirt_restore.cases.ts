import { libvirtRestore } from '../../../src/modules/libvirt/libvirt_restore.ts';
import { formatXml } from '../../../src/xml/format.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import {
  defaultNetwork,
  domainsText,
  linksText,
  networksText,
  UUID,
  WEB,
  webDomain,
} from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const now = {
  domains: domainsText({ uuid: WEB, live: webDomain('live'), config: webDomain('config') }),
  networks: networksText({ uuid: UUID, live: defaultNetwork('live'), config: defaultNetwork('config') }),
  host: linksText(),
};
const set = (memory?: number) => ({
  stdout: `kind=domain\0path=/b/domains/web.xml\0xml=${webDomain('config', memory ? { memory } : {})}\0end=\0kind=network\0path=/b/networks/default.xml\0xml=${defaultNetwork('config')}\0end=\0set=/b\0end=\0`,
});
const shown = (text: string) =>
  formatXml(parseXml(text.replace("passwd='secret'", "passwd='(hidden)'"), 'the XML'));

export const cases: ModuleCases = {
  module: libvirtRestore,
  cases: [
    {
      title: 'has nothing to do where everything is as it was kept',
      params: { from: '/b' },
      reads: { ...now, set: set() },
      expected: 'ok',
      result: {
        from: '/b',
        objects: [
          { kind: 'network', name: 'default', restored: false },
          { kind: 'domain', name: 'web', restored: false },
        ],
      },
    },
    {
      title: 'defines a domain as it was, whole',
      params: { from: '/b', domains: ['web'] },
      reads: { ...now, set: set(65536) },
      expected: {
        differences: [
          {
            label: 'XML of domain/web',
            before: shown(webDomain('config')),
            after: shown(webDomain('config', { memory: 65536 })),
          },
        ],
        warnings: ['the domain web runs on with its old definition; the new one counts from its next start'],
      },
    },
    {
      title: 'names what the backup has not',
      params: { from: '/b', domains: ['db'] },
      reads: { ...now, set: set() },
      expected: { error: 'The backup /b has no domain db (it has web).' },
    },
    {
      title: 'says that there is no backup',
      params: { from: '/c' },
      reads: { ...now, set: { stdout: 'set=\0end=\0' } },
      expected: { error: 'The host has no backup of libvirt at /c.' },
    },
  ],
};
