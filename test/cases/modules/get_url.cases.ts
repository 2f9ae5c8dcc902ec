import { getUrl } from '../../../src/modules/builtin/get_url.ts';
import type { ModuleCases } from './module-case.ts';

const DIGEST = 'ab'.repeat(32);
const STAT = '100:81a4:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const at = (exists: boolean) => ({
  stdout: `path=/opt/tool\0umask=0022\0real=/opt/tool\0parent=directory\0nearest=/opt\0${
    exists ? `stat=${STAT}\0readable=1\0sha256=${DIGEST}\0` : ''
  }`,
});
const url = 'https://files.example.net/tool';
const params = { url, dest: '/opt/tool' };

export const cases: ModuleCases = {
  module: getUrl,
  cases: [
    {
      title: 'fetches what is not there without asking first',
      params: { ...params, checksum: `sha256:${DIGEST}` },
      reads: { at: at(false), inside: at(false) },
      expected: { differences: [{ label: '/opt/tool', before: null, after: { url, sha256: DIGEST } }] },
    },
    {
      title: 'leaves what has the right checksum',
      params: { ...params, checksum: `SHA1:${'c'.repeat(40)}`.toLowerCase() },
      reads: { at: at(true), inside: at(false), digests: { stdout: `${'c'.repeat(40)} /opt/tool\0` } },
      expected: 'ok',
    },
    {
      title: 'finds the checksum in a list',
      params: { ...params, checksum: 'sha256:https://files.example.net/SUMS' },
      reads: {
        at: at(true),
        inside: at(false),
        digests: { stdout: `${DIGEST} /opt/tool\0` },
        list: { stdout: `code=200\0problem=\0list=SHA256 (tool) = ${DIGEST}\n\0` },
      },
      expected: 'ok',
    },
    {
      title: 'says that the list does not name the file',
      params: { ...params, checksum: 'sha256:https://files.example.net/SUMS' },
      reads: {
        at: at(true),
        inside: at(false),
        digests: { stdout: `${DIGEST} /opt/tool\0` },
        list: { stdout: `code=200\0problem=\0list=${DIGEST}  other\n${DIGEST}  third\n\0` },
      },
      expected: {
        error: 'The list of checksums https://files.example.net/SUMS does not name tool.',
      },
    },
    {
      title: 'leaves what is not older',
      params,
      reads: { at: at(true), inside: at(false), source: { stdout: 'code=304\0problem=\0sha256=0\0' } },
      expected: 'ok',
    },
    {
      title: 'leaves what is the same',
      params,
      reads: {
        at: at(true),
        inside: at(false),
        source: { stdout: `code=200\0problem=\0sha256=${DIGEST}\0` },
      },
      expected: 'ok',
    },
    {
      title: 'says that the address gives nothing',
      params,
      reads: {
        at: at(true),
        inside: at(false),
        source: { stdout: 'code=0\0problem=(6) no such host\0sha256=\0' },
      },
      expected: { error: `Request failed: ${url} gave (6) no such host.` },
    },
    {
      title: 'refuses a checksum without its kind',
      params: { ...params, checksum: DIGEST },
      expected: {
        invalid:
          'checksum: must be ALGORITHM:DIGEST or ALGORITHM:ADDRESS with one of md5, sha1, sha224, sha256, sha384, sha512: sha256:9f86d0…',
      },
    },
  ],
};
