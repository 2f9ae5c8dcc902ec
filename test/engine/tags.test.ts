import { describe, expect, test } from 'vitest';
import { playText } from './play.ts';

describe('tags', () => {
  const text = `
- hosts: all
  tasks:
    - {name: plain, debug: {msg: x}}
    - {name: red, debug: {msg: x}, tags: red}
    - {name: always, debug: {msg: x}, tags: always}
    - {name: never, debug: {msg: x}, tags: [never, blue]}
    - tags: green
      block: [{name: inner, debug: {msg: x}}]
`;
  test.each([
    [[], [], ['plain', 'red', 'always', 'inner']],
    [['red'], [], ['red', 'always']],
    [['blue'], [], ['always', 'never']],
    [['green'], [], ['always', 'inner']],
    [[], ['green', 'red'], ['plain', 'always']],
    [['red'], ['always'], ['red']],
    [['untagged'], [], ['plain', 'always']],
  ])('--tags %j --skip-tags %j', async (tags, skipTags, expected) => {
    const played = await playText(text, { options: { tags, skipTags } });
    expect(played.lines.map((line) => line.split(' ')[0])).toEqual(expected);
  });
});

describe('tags', () => {
  const files = {
    'imported.yaml': '- {name: in import, debug: {msg: x}}',
    'included.yaml': '- {name: in include, debug: {msg: x}}\n- {name: own tag, debug: {msg: x}, tags: own}',
    'roles/r/tasks/main.yaml': '- {name: in role, debug: {msg: x}}',
    'other.yaml': '- {hosts: all, tasks: [{name: in playbook, debug: {msg: x}}]}',
  };
  const text = `
- hosts: all
  gather_facts: true
  tags: play
  roles: [{role: r, tags: role}]
  tasks:
    - {import_tasks: imported.yaml, tags: import}
    - {include_tasks: included.yaml, tags: include}
    - {include_tasks: {file: included.yaml, apply: {tags: applied}}, tags: applied}
    - {import_role: {name: r}, tags: imported role}
    - {include_role: {name: r}, tags: included role}
    - block: [{name: in block, debug: {msg: x}}]
      tags: [block]
    - {name: never and always, debug: {msg: x}, tags: [never, always]}
    - {name: never, debug: {msg: x}, tags: [never, rare]}
- {import_playbook: other.yaml, tags: playbook}
`;
  test.each([
    [['role'], [], ['Gathering Facts', 'in role', 'never and always']],
    [['import'], [], ['Gathering Facts', 'in import', 'never and always']],
    [['include'], [], ['Gathering Facts', 'never and always']],
    [['include', 'own'], [], ['Gathering Facts', 'own tag', 'never and always']],
    [['applied'], [], ['Gathering Facts', 'in include', 'own tag', 'never and always']],
    [['imported role'], [], ['Gathering Facts', 'in role', 'never and always']],
    [['included role'], [], ['Gathering Facts', 'never and always']],
    [['block'], ['always'], ['in block']],
    [['playbook'], ['always'], ['in playbook']],
    [['rare'], ['always'], ['never']],
    [['rare'], ['never'], ['Gathering Facts']],
    [
      ['rare', 'applied'],
      ['rare', 'always'],
      ['in include', 'own tag'],
    ],
    [['tagged'], ['always', 'play'], ['in playbook']],
    [['play'], ['block', 'role', 'all'], ['Gathering Facts', 'never and always']],
  ])('--tags %j --skip-tags %j', async (tags, skipTags, expected) => {
    const played = await playText(text, { files, options: { tags, skipTags } });
    expect(played.tasks).toEqual(expected);
  });
});
