import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { importInto, withDirectory } from './importing.ts';

const OLD = {
  hosts: '[web]\nweb1 greeting="{{ name | default(\'x\') }}"\nweb2 x="{{ a | shuffle }}"\n',
  'group_vars/all': "name: web\nport: '{{ base | default(80) }}'\nmode: 0644\n",
  'group_vars/web/main.yml': 'home: "/srv/{{ name | default(\'x\') }}"\n',
  'host_vars/web1.yml': 'tls: yes\n',
};

test('an inventory with the templates of its hosts and variables', async () => {
  await withDirectory(async (directory) => {
    for (const [name, text] of Object.entries(OLD)) {
      const file = path.join(directory, 'old', name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const { imported, files } = await importInto(directory, path.join(directory, 'old'));
    expect(imported.needed.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'the filter shuffle has no counterpart'],
    ]);
    expect(files).toEqual({
      hosts:
        '[web]\nweb1 greeting="{{ default name \'x\' }}"\n# hostwright: the filter shuffle has no counterpart\nweb2 x="{{ a | shuffle }}"\n',
      'group_vars/all': "name: web\nport: '{{ default base 80 }}'\nmode: '0644'\n",
      'group_vars/web/main.yml': `home: '/srv/{{ default name "x" }}'\n`,
      'host_vars/web1.yml': 'tls: true\n',
    });
  });
});
