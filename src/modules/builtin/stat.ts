import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { type Details, type PathDetails, pathDetails } from '../../facts/path-details.ts';
import { type EntryFields, entryFields } from '../entry-fields.ts';
import { flag, hostPath, withAliases } from '../params.ts';

const params = withAliases(
  z.strictObject({
    path: hostPath.describe('Path of the entry to look at.'),
    follow: flag.default(false).describe('Look at what a symbolic link leads to.'),
    get_checksum: flag.default(true).describe('Read regular files and give their checksum.'),
    checksum_algorithm: z
      .enum(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
      .default('sha1')
      .describe('How the checksum is made.'),
    get_mime: flag
      .default(true)
      .describe('Give MIME type and character set, where the host has the program file.'),
    get_attributes: flag
      .default(true)
      .describe('Give the attributes of the file system, where the host has lsattr.'),
  }),
  {
    path: ['dest', 'name'],
    checksum_algorithm: ['checksum', 'checksum_algo'],
    get_mime: ['mime', 'mime_type', 'mime-type'],
    get_attributes: ['attr', 'attributes'],
  },
);

export const stat = defineModule({
  name: 'stat',
  summary: 'Look at a file, a directory or a link.',
  params,
  examples: [
    { title: 'Register whether a file exists', params: { path: '/etc/netplan/01-netcfg.yaml' } },
    {
      title: 'Look through a link and take a SHA-256 checksum',
      params: { path: '/etc/resolv.conf', follow: true, checksum_algorithm: 'sha256' },
    },
  ],
  reads: (params) => ({
    at: pathDetails(params.path, {
      follow: params.follow,
      checksum: params.get_checksum ? params.checksum_algorithm : null,
      mime: params.get_mime,
      attributes: params.get_attributes,
    }),
  }),
  effect: 'none',
  check: () => null,
  apply: () => ({ text: ':' }),
  noUndo: 'It changes nothing.',
  result: (_params, { values }) => ({ stat: statFields(values.at) }),
});

const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

/** What `stat` says. Where nothing is there, `exists` is all of it. */
export type StatFields = { readonly exists: boolean } & Partial<EntryFields> & {
    readonly blocks?: number;
    readonly block_size?: number;
    readonly device_type?: number;
    readonly readable?: boolean;
    readonly writeable?: boolean;
    readonly executable?: boolean;
    readonly lnk_target?: string | null;
    readonly lnk_source?: string | null;
    readonly checksum?: string;
    readonly mimetype?: string;
    readonly charset?: string | null;
    readonly attr_flags?: string;
    readonly attributes?: readonly string[];
  };

function statFields(at: PathDetails): StatFields {
  if (!at.exists) return { exists: false };
  return {
    exists: true,
    ...entryFields(at.path, at),
    blocks: at.blocks,
    block_size: at.blockSize,
    device_type: at.deviceType,
    readable: at.readable,
    ...(at.kind === 'link' ? { lnk_target: at.target } : {}),
    ...(at.details ? detailFields(at.kind === 'link', at.details) : {}),
  };
}

function detailFields(isLink: boolean, details: Details): Partial<StatFields> {
  const { checksum, mimeType, charset, attributeFlags } = details;
  return {
    writeable: details.writable,
    executable: details.executable,
    ...(isLink ? { lnk_source: details.lnkSource } : {}),
    ...(checksum === null ? {} : { checksum }),
    ...(mimeType === null ? {} : { mimetype: mimeType, charset }),
    ...(attributeFlags === null
      ? {}
      : {
          attr_flags: attributeFlags,
          attributes: [...attributeFlags].map((letter) => ATTRIBUTE_NAMES[letter] ?? letter),
        }),
  };
}
