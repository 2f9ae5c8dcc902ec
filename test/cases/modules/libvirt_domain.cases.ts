import { libvirtDomain } from '../../../src/modules/libvirt/libvirt_domain.ts';
import { formatXml } from '../../../src/xml/format.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { domainsText, linksText, WEB, webDomain } from './libvirt-answers.ts';
import type { ModuleCases } from './module-case.ts';

const off = { uuid: WEB, config: webDomain('config') };
const on = { ...off, live: webDomain('live') };
const host = linksText();
const shown = (text: string) =>
  formatXml(parseXml(text.replace("passwd='secret'", "passwd='(hidden)'"), 'the XML'));

/** As a person writes it. */
const written = (
  memory: string,
  card = "<interface type='network'><source network='default'/></interface>",
) => `
<domain type='qemu'><name>web</name>${memory}<vcpu>1</vcpu>
  <os><type machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>${card}<graphics type='vnc' passwd='secret'/></devices>
</domain>`;

export const cases: ModuleCases = {
  module: libvirtDomain,
  cases: [
    {
      title: 'takes what libvirt added for no difference',
      params: { name: 'web', xml: written("<memory unit='MiB'>32</memory>") },
      reads: { domains: domainsText(off), host },
      expected: 'ok',
    },
    {
      title: 'takes its own XML for no difference',
      params: { name: 'web', xml: webDomain('config'), state: 'running' },
      reads: { domains: domainsText(on), host },
      expected: 'ok',
    },
    {
      title: 'changes what was asked for and nothing else; shows no password; says when it counts',
      params: { name: 'web', xml: written("<memory unit='MiB'>64</memory>") },
      reads: { domains: domainsText(on), host },
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
      title: 'removes a device that is no longer described',
      params: { name: 'web', xml: written('<memory>32768</memory>', '') },
      reads: { domains: domainsText(off), host },
      expected: {
        differences: [
          {
            label: 'XML of domain/web',
            before: shown(webDomain('config')),
            after: shown(webDomain('config', { card: '' })),
          },
        ],
      },
    },
    {
      title: 'starts',
      params: { name: 'web', state: 'running', autostart: true },
      reads: { domains: domainsText(off), host },
      expected: {
        differences: [
          { label: 'state of domain/web', before: 'shut off', after: 'running' },
          { label: 'autostart of domain/web', before: 'off', after: 'on' },
        ],
      },
    },
    {
      title: 'lets a paused one go on',
      params: { name: 'web', state: 'running' },
      reads: { domains: domainsText({ ...on, paused: true }), host },
      expected: { differences: [{ label: 'state of domain/web', before: 'paused', after: 'running' }] },
    },
    {
      title: 'is content with what is off',
      params: { name: 'web', state: 'shutdown' },
      reads: { domains: domainsText(off), host },
      expected: 'ok',
    },
    {
      title: 'switches off what is gone then',
      params: { name: 'web', state: 'destroyed' },
      reads: { domains: domainsText({ uuid: WEB, live: webDomain('live') }), host },
      expected: {
        differences: [{ label: 'state of domain/web', before: 'running', after: 'shut off' }],
        proof: { reads: { domains: domainsText(), host }, left: [] },
      },
    },
    {
      title: 'refuses to start what would be gone',
      params: { name: 'web', autostart: true },
      reads: { domains: domainsText({ uuid: WEB, live: webDomain('live') }), host },
      expected: {
        error:
          'The domain web is transient: nothing of it is left once it is off, so it can neither be started nor autostart.',
      },
    },
    {
      title: 'refuses to remove snapshots with a domain',
      params: { name: 'web', state: 'absent' },
      reads: { domains: domainsText({ ...off, snapshots: true }), host },
      expected: { error: 'The domain web has snapshots, which would be lost with it.' },
    },
    {
      title: 'refuses to throw a saved state away',
      params: { name: 'web', state: 'absent' },
      reads: { domains: domainsText({ ...off, managedSave: true }), host },
      expected: { error: 'The domain web has a saved state, which would be lost with it.' },
    },
    {
      title: 'refuses a MAC address that another domain has',
      params: {
        name: 'db',
        xml: "<domain><name>db</name><devices><interface type='user'><mac address='52:54:00:35:AE:25'/></interface></devices></domain>",
      },
      reads: { domains: domainsText(off), host },
      expected: { error: 'The MAC address 52:54:00:35:ae:25 for the domain db belongs to the domain web.' },
    },
    {
      title: 'refuses one address for two devices',
      params: {
        name: 'db',
        xml: `<domain><name>db</name><devices>
          <interface type='user'><address type='pci' domain='0x0000' bus='0x00' slot='0x03'/></interface>
          <controller type='usb' model='ich9'><address type='pci' domain='0' bus='0' slot='3' function='0'/></controller>
        </devices></domain>`,
      },
      reads: { domains: domainsText(), host },
      expected: {
        error:
          'The PCI address 0000:00:03.0 of the domain db is given to both interface 52:54:00:f6:bd:12 and controller ich9.',
      },
    },
    {
      title: 'says where the XML is broken',
      params: { name: 'db', xml: '<domain>\n  <name>db</nam>\n</domain>' },
      reads: { domains: domainsText(), host },
      expected: {
        error:
          'The XML of the domain db is no XML at line 2, column 9: Opening and ending tag mismatch: "name" != "nam".',
      },
    },
    {
      title: 'refuses a path where XML belongs',
      params: { name: 'db', xml: '/root/db.xml' },
      expected: {
        invalid:
          'xml: must be the XML itself, which begins with <, not "/root/db.xml"; for a file beside the playbook use template',
      },
    },
    {
      title: 'says that virsh is missing',
      params: { name: 'db' },
      reads: { domains: { stdout: '', rc: 97 }, host },
      expected: { error: 'The host has no virsh.' },
    },
  ],
};
