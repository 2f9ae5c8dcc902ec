import { libvirtNic } from '../../../src/modules/libvirt/libvirt_nic.ts';
import {
  defaultNetwork,
  domainsText,
  linksText,
  networksText,
  UUID,
  WEB,
  webCard,
  webDomain,
} from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const network = { uuid: UUID, live: defaultNetwork('live'), config: defaultNetwork('config') };
const host = linksText(['br0 bridge ', 'virbr0 bridge ', 'vnet0 link virbr0']);
const rest = { networks: networksText(network), host };
const off = { uuid: WEB, config: webDomain('config') };
const on = { ...off, live: webDomain('live') };
const reads = { domains: domainsText(on), ...rest };

/** A card as a difference shows it: at the margin. */
const shown = (card: string) => `${card.replaceAll(/^ {4}/gm, '')}\n`;
const [CONFIG, LIVE] = [webCard('config'), webCard('live')];
const onBridge = (what: 'live' | 'config') => webCard(what, "bridge='br0'");
const second = webCard('config', "network='default'", { mac: '52:54:00:35:ae:26', slot: 5 });
const passed = `<interface type='hostdev' managed='yes'>
      <mac address='52:54:00:6d:90:02'/>
      <source><address type='pci' domain='0x0000' bus='0x07' slot='0x10' function='0x0'/></source>
    </interface>`;

export const cases: ModuleCases = {
  module: libvirtNic,
  cases: [
    {
      title: 'moves a card, live and defined; MAC address, place and alias stay',
      params: { domain: 'web', match: { network: 'default' }, source: { bridge: 'br0' } },
      reads,
      expected: {
        differences: [
          {
            label: 'running network card 52:54:00:35:ae:25 of domain/web',
            before: shown(LIVE),
            after: shown(onBridge('live')),
          },
          {
            label: 'network card 52:54:00:35:ae:25 of domain/web',
            before: shown(CONFIG),
            after: shown(onBridge('config')),
          },
        ],
      },
    },
    {
      title: 'is content with a card that was moved',
      params: { domain: 'web', match: { network: 'default' }, source: { bridge: 'br0' } },
      reads: {
        domains: domainsText({ uuid: WEB, config: webDomain('config', { card: onBridge('config') }) }),
        ...rest,
      },
      expected: 'ok',
    },
    {
      title: 'knows a card again that it made',
      params: { domain: 'web', source: { network: 'default' } },
      reads: {
        domains: domainsText({
          uuid: WEB,
          config: webDomain('config', {
            more: webCard('config', "network='default'", { mac: '52:54:00:be:b0:fd', slot: 5 }),
          }),
        }),
        ...rest,
      },
      expected: 'ok',
    },
    {
      title: 'makes a card with a MAC address of its own',
      params: { domain: 'web', source: { bridge: 'br0' } },
      reads: { domains: domainsText(off), ...rest },
      expected: {
        differences: [
          {
            label: 'network card 52:54:00:45:59:21 of domain/web',
            before: null,
            after:
              "<interface type='bridge'>\n  <mac address='52:54:00:45:59:21'/>\n  <source bridge='br0'/>\n  <model type='virtio'/>\n</interface>\n",
          },
        ],
      },
    },
    {
      title: 'takes a card away',
      params: { domain: 'web', mac: '52:54:00:35:AE:25', state: 'absent', scope: 'config' },
      reads,
      expected: {
        differences: [
          {
            label: 'network card 52:54:00:35:ae:25 of domain/web',
            before: shown(CONFIG),
            after: null,
          },
        ],
      },
    },
    {
      title: 'is content where there is none to take away',
      params: { domain: 'web', match: { bridge: 'br0' }, state: 'absent' },
      reads,
      expected: 'ok',
    },
    {
      title: 'changes the model with the next start',
      params: { domain: 'web', mac: '52:54:00:35:ae:25', model: 'e1000' },
      reads: { ...reads, models: { stdout: 'Network devices:\nname "e1000", bus PCI\n\nInput devices:\n' } },
      expected: {
        differences: [
          {
            label: 'network card 52:54:00:35:ae:25 of domain/web',
            before: shown(CONFIG),
            after: shown(webCard('config', undefined, { model: 'e1000' })),
          },
        ],
        warnings: ['the model of the network card 52:54:00:35:ae:25 changes with the next start of web'],
      },
    },
    {
      title: 'names the models that there are',
      params: { domain: 'web', mac: '52:54:00:35:ae:25', model: 'ne3000' },
      reads: {
        ...reads,
        models: {
          stdout:
            'Network devices:\nname "e1000", bus PCI, alias "e1000-82540em"\nname "virtio-net-pci", bus PCI\n\nInput devices:\nname "usb-kbd"\n',
        },
      },
      expected: { error: 'The emulator of the domain web has no network card ne3000; it has e1000, virtio.' },
    },
    {
      title: 'wants a MAC address where several fit',
      params: { domain: 'web', match: { network: 'default' }, state: 'absent' },
      reads: { domains: domainsText({ uuid: WEB, config: webDomain('config', { more: second }) }), ...rest },
      expected: {
        error:
          'Several network cards of the domain web fit network default: 52:54:00:35:ae:25, 52:54:00:35:ae:26.',
      },
    },
    {
      title: 'leaves a device that is passed through alone',
      params: { domain: 'web', mac: '52:54:00:6d:90:02', source: { bridge: 'br0' } },
      reads: { domains: domainsText({ uuid: WEB, config: webDomain('config', { more: passed }) }), ...rest },
      expected: {
        error:
          'The network card 52:54:00:6d:90:02 of the domain web is a device of the host that is passed through, and is left alone.',
      },
    },
    {
      title: 'does not change the model of what runs',
      params: { domain: 'web', mac: '52:54:00:35:ae:25', model: 'virtio-transitional', scope: 'live' },
      reads: { ...reads, models: { stdout: '' } },
      expected: {
        error: 'The model of the network card 52:54:00:35:ae:25 cannot change while the domain web runs.',
      },
    },
    {
      title: 'needs the domain to run for scope: both',
      params: { domain: 'web', mac: '52:54:00:35:ae:25', link: 'down', scope: 'both' },
      reads: { domains: domainsText(off), ...rest },
      expected: { error: 'The domain web is not running, so scope: both cannot be done.' },
    },
    {
      title: 'needs a bridge that is there',
      params: { domain: 'web', match: { network: 'default' }, source: { bridge: 'br1' } },
      reads,
      expected: { error: 'The host has no bridge br1 (it has br0, virbr0).' },
    },
    {
      title: 'needs a source for a new card',
      params: { domain: 'web', mac: '52:54:00:35:ae:27' },
      reads,
      expected: { error: 'A new network card of the domain web needs something to be connected to.' },
    },
    {
      title: 'knows a MAC address from a number, and one source from two',
      params: { domain: 'web', mac: 41135085296, source: { bridge: 'br0', network: 'default' } },
      expected: {
        invalid:
          "mac: is the number 41135085296; write a MAC address in quotes: '52:54:00:12:34:56'\nsource: needs bridge or network, one of them",
      },
    },
  ],
};
