import { z } from 'zod';
import { defineModule } from '../../core/module.ts';
import { renderedTemplate } from '../../facts/controller.ts';
import { baseName } from '../../facts/host-path.ts';
import { bytesContent } from '../copy-source.ts';
import { foreseenReads } from '../expected-paths.ts';
import { applyFile, fileFields, type NewContent, planFile, undoFile } from '../file-change.ts';
import { foreseenFile } from '../file-set.ts';
import { flag, hostPath, localPath, ownership } from '../params.ts';
import { morePlaceState, placeOf, placeOptions, placeState } from '../placed-file.ts';
import { writing } from '../writing-params.ts';

const params = z.strictObject({
  src: localPath.describe(
    'Template beside the playbook (or in templates/). In *.xml.hbs, values are escaped for XML; elsewhere they stand as they are.',
  ),
  dest: hostPath.describe(
    'File on the host. A directory (or a path that ends in /) gets a file named as the template without .hbs.',
  ),
  ...ownership,
  ...writing,
  force: flag.default(true).describe('False: a file that exists is left as it is.'),
  newline_sequence: z
    .enum(['\n', '\r\n', '\\n', '\\r\\n'])
    .default('\n')
    .describe('How lines end in the file: \\n or \\r\\n.'),
});

type Params = z.output<typeof params>;

export const template = defineModule({
  name: 'template',
  summary: 'Write a file from a Handlebars template.',
  params,
  examples: [
    {
      title: 'A configuration file that is checked before it replaces the old one',
      params: {
        src: 'sshd_config.hbs',
        dest: '/etc/ssh/sshd_config',
        mode: '0600',
        validate: 'sshd -t -f %s',
      },
    },
    { title: 'XML, with values escaped', params: { src: 'network.xml.hbs', dest: '/root/network.xml' } },
  ],
  reads: (params) => ({
    text: renderedTemplate(params.src, /\.xml\.hbs$/.test(params.src) ? 'xml' : 'none'),
    at: placeState(params, fileName(params)),
  }),
  moreReads: (params, { text, at }) =>
    morePlaceState(params, fileName(params), at, content(params, text).sha256),
  check: (params, values, view) => {
    const state = placeOf(values);
    if (!params.force && state.exists) return null;
    return planFile(content(params, values.text), state, placeOptions(params), view);
  },
  apply: (change) => applyFile(change.data, true),
  expected: (change, params, { at }) =>
    foreseenReads({ at: placeState(params, fileName(params)) }, { at }, foreseenFile(change.data)),
  undo: (change) => undoFile(change.data),
  noUndo: 'The file that was replaced is larger than 256 MiB and was not kept.',
  result: (params, { values, change, output }) => {
    const state = placeOf(values);
    return {
      dest: state.path,
      ...fileFields(state, change?.data ?? null, output),
      checksum: content(params, values.text).sha256,
    };
  },
});

function fileName(params: Params): string {
  return baseName(params.src).replace(/\.hbs$/, '');
}

function content(params: Params, text: string): NewContent {
  const windows = params.newline_sequence === '\r\n' || params.newline_sequence === '\\r\\n';
  return bytesContent(windows ? text.replaceAll(/\r?\n/g, '\r\n') : text);
}
