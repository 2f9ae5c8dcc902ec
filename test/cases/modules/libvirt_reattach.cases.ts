import { libvirtReattach } from '../../../src/modules/libvirt/libvirt_reattach.ts';
import { domainsText, linksText, WEB, webDomain } from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const domains = domainsText({ uuid: WEB, live: webDomain('live'), config: webDomain('config') });
const lost = linksText(['virbr0 bridge ', 'vnet0 link ']);

export const cases: ModuleCases = {
  module: libvirtReattach,
  cases: [
    {
      title: 'leaves taps alone that are where they belong',
      params: {},
      reads: { domains, host: linksText(['virbr0 bridge ', 'vnet0 link virbr0']) },
      expected: 'ok',
      result: { taps: [] },
    },
    {
      title: 'puts a tap back that is nowhere',
      params: { domains: 'web' },
      reads: { domains, host: lost },
      expected: {
        differences: [
          {
            label: 'bridge of the tap vnet0 of domain/web',
            before: null,
            after: 'virbr0',
          },
        ],
      },
      result: {
        taps: [{ domain: 'web', mac: '52:54:00:35:ae:25', tap: 'vnet0', bridge: 'virbr0', was: null }],
      },
    },
    {
      title: 'passes over domains that do not run',
      params: {},
      reads: { domains: domainsText({ uuid: WEB, config: webDomain('config') }), host: lost },
      expected: 'ok',
    },
    {
      title: 'needs the bridge',
      params: {},
      reads: { domains, host: linksText(['br0 bridge ', 'vnet0 link ']) },
      expected: { error: 'The host has no bridge virbr0 (it has br0).' },
    },
    {
      title: 'needs the domain',
      params: { domains: ['db'] },
      reads: { domains, host: lost },
      expected: { error: 'The host has no domain db (it has web).' },
    },
  ],
};
