import { unarchive } from '../../../src/modules/builtin/unarchive.ts';
import type { ModuleCases } from './module-case.ts';

const STAT = '100:41ed:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const at = (stat: string | null) => ({
  stdout: `path=/opt\0umask=0022\0real=/opt\0parent=directory\0nearest=/\0${stat === null ? '' : `stat=${stat}\0readable=1\0`}`,
});
const params = { src: '/root/tool.tgz', dest: '/opt', remote_src: true };
const now = (entries: string) => ({ stdout: `handler=TgzArchive\0entries=${entries}\0` });

export const cases: ModuleCases = {
  module: unarchive,
  cases: [
    {
      title: 'leaves what is unpacked already',
      params: { ...params, list_files: true },
      reads: { at: at(STAT), now: now('same tool\nsame tool/run\n') },
      expected: 'ok',
    },
    {
      title: 'names what it makes and what it replaces',
      params,
      reads: { at: at(STAT), now: now('same tool\ndiffers tool/old\nmissing tool/with blank\n') },
      expected: {
        differences: [
          { label: '/opt/tool/with blank', before: null, after: { from: '/root/tool.tgz' } },
          { label: '/opt/tool/old', before: { differs: true }, after: { from: '/root/tool.tgz' } },
        ],
        proof: { reads: { at: at(STAT), now: now('same tool\n') }, left: [] },
      },
    },
    {
      title: 'wants a directory',
      params,
      reads: { at: at(null) },
      expected: { error: 'The destination /opt is not an existing directory of the host.' },
    },
    {
      title: 'is done where its file is there',
      params: { ...params, creates: '/opt/tool' },
      reads: { guards: { stdout: 'creates yes\n' }, at: at(STAT) },
      expected: 'ok',
      result: {
        skipped: true,
        msg: 'skipped, since /opt/tool exists',
        dest: '/opt',
        src: '/root/tool.tgz',
      },
    },
    {
      title: 'refuses an address without remote_src',
      params: { src: 'https://files.example.net/a.tgz', dest: '/opt' },
      expected: { invalid: 'src: is an address, which needs remote_src: true' },
    },
  ],
};
