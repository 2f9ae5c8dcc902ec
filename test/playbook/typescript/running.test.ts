import { describe, expect, test } from 'vitest';
import { playTypescript } from './playing.ts';

describe('functions see, at the moment they are asked,', () => {
  test('inputs, as the command line, the inventory and the defaults give them', async () => {
    const played = await playTypescript(
      `const inputs = defineInputs({
         bridge: input.string({ default: 'br0' }),
         port: input.int({ default: 22 }),
         quiet: input.bool({ default: true }),
         names: input.list(),
         speed: input.choice(['fast', 'slow'], { default: 'slow' }),
         nothing: input.string({ required: false }),
       });
       export default definePlaybook({ inputs, plays: [play('P', { hosts: 'all', tasks: [
         debug('Say', { msg: () => [inputs.bridge, inputs.port + 1, !inputs.quiet, inputs.names.map((n) => n + '!'), inputs.speed, inputs.nothing] }),
       ] })] });`,
      {
        inventory: 'all: {hosts: {a: {port: "8080", bridge: br7}, b: {quiet: no}}}',
        options: { extraVars: [{ names: 'x,y', speed: 'fast' }] },
      },
    );
    expect(played.results('Say').map(({ result }) => result.msg)).toEqual([
      ['br7', 8081, false, ['x!', 'y!'], 'fast', null],
      ['br0', 23, true, ['x!', 'y!'], 'fast', null],
    ]);
  });

  test('results of earlier tasks, item by item in a loop', async () => {
    const played = await playTypescript(`
      export default play('P', { hosts: 'all', tasks() {
        const one = command('One', { cmd: 'printf "a\\\\nb"' }, { changed_when: ({ result }) => result.stdout_lines.length > 2 });
        const each = command('Each', { argv: ['echo', ({ item }) => item] }, {
          loop: () => one.result.stdout_lines,
          when: ({ item }) => item !== 'b',
        });
        debug('Say', { msg: () => each.result.results.map((result) => result.skipped ? 'skipped' : result.stdout) });
        debug('Facts', { msg: ({ facts, inventory_hostname, groups, check_mode, hostvars }) =>
          [typeof facts.os_family, inventory_hostname, groups.all, check_mode, Object.keys(hostvars)] });
      } });`);
    expect(played.lines).toEqual([
      'One alpha ok',
      'Each[a] alpha changed',
      'Each[b] alpha skipped',
      'Each alpha changed',
      'Say alpha ok',
      'Facts alpha ok',
    ]);
    expect(played.results('Say')[0]?.result.msg).toEqual(['a', 'skipped']);
    expect(played.results('Facts')[0]?.result.msg).toEqual(['string', 'alpha', ['alpha'], false, ['alpha']]);
  });

  test('nothing that was not rendered: what a function gives is data, whatever it looks like', async () => {
    const played = await playTypescript(`
      export default play('P', { hosts: 'all', vars: { secret: 's3' }, tasks() {
        const remote = command('Remote', { cmd: "echo '\\\\{\\\\{ secret }}'" });
        debug('Written', { msg: 'a template: {{ secret }}' });
        debug('Given', { msg: () => remote.result.stdout.replaceAll('\\\\', '') });
        assert('Asked', { that: () => remote.result.stdout.includes('secret') });
      } });`);
    expect(played.results('Written')[0]?.result.msg).toBe('a template: s3');
    expect(played.results('Given')[0]?.result.msg).toBe('{{ secret }}');
    expect(played.exitCode).toBe(0);
  });

  test('variables, which may be functions themselves, also for templates', async () => {
    const played = await playTypescript(
      `
      export default play('P', { hosts: 'all', vars: { root: ({ vars }) => vars.base + '/lib', list: [() => 1, 2] }, tasks: [
        debug('Say', { msg: '{{ root }} {{ list.[0] }}' }),
        debug('Left out', () => ({ msg: undefined })),
      ] });`,
      { inventory: 'all: {hosts: {a: {base: /var}}}' },
    );
    expect(played.results('Say')[0]?.result.msg).toBe('/var/lib 1');
    expect(played.results('Left out')[0]?.result.msg).toBe('Hello world!');
  });
});

describe('what is not known', () => {
  test('in a check run passes through a function, even one that catches everything', async () => {
    const played = await playTypescript(
      `export default play('P', { hosts: 'all', tasks() {
         const made = command('Make', { cmd: 'true' });
         debug('Say', { msg: () => { try { return made.result.rc; } catch { return 'swallowed'; } } });
         debug('Known', { msg: () => made.result.skipped });
       } });`,
      { options: { check: true } },
    );
    expect(played.results('Say')[0]?.result).toMatchObject({ known_after_apply: true });
    expect(played.results('Known')[0]?.result.msg).toBe(true);
  });

  test('and facts are read where only a function that catches everything asks for them', async () => {
    const played = await playTypescript(`
      export default play('P', { hosts: 'all', tasks: [
        debug('Say', { msg: ({ facts }) => { try { return facts.kernel.length > 0; } catch { return 'swallowed'; } } }),
      ] });`);
    expect(played.results('Say')[0]?.result.msg).toBe(true);
  });
});

describe('plays', () => {
  test('blocks with rescue and always, in the order of the calls', async () => {
    const played = await playTypescript(`
      export default play('P', { hosts: 'all', tasks() {
        debug('First', { msg: 1 });
        block('Try', {
          tasks() { fail('Break', { msg: 'broken' }); debug('Never', {}); },
          rescue() { debug('Mend', { msg: ({ vars }) => vars.ansible_failed_result.msg }); },
          always: [debug('Always', { msg: 2 })],
        });
        for (const name of ['x', 'y']) debug('Last ' + name, { msg: name });
      } });`);
    expect(played.lines).toEqual([
      'First alpha ok',
      'Break alpha rescued',
      'Mend alpha ok',
      'Always alpha ok',
      'Last x alpha ok',
      'Last y alpha ok',
    ]);
    expect(played.results('Mend')[0]?.result.msg).toBe('broken');
  });

  test('handlers run once, in the order in which they were made, and need not be listed', async () => {
    const played = await playTypescript(`
      const first = handler(debug('First', {}));
      const second = handler(debug('Second', {}), { listen: 'topic' });
      const unused = handler(debug('Unused', {}));
      export default play('P', { hosts: 'all', tasks: [
        command('A', { cmd: 'true' }, { notify: [second, first] }),
        command('B', { cmd: 'true' }, { notify: 'topic' }),
      ] });`);
    expect(played.lines).toEqual(['A alpha changed', 'B alpha changed', 'First alpha ok', 'Second alpha ok']);
  });

  test('roles with typed inputs, twice with other values', async () => {
    const played = await playTypescript(
      `import { web } from './roles/web.ts';
       export default play('P', { hosts: 'all', roles: [web({ port: 80 }), web({ port: () => 8080 })] });`,
      {
        files: {
          'roles/web.ts': `
            import { debug, defineInputs, defineRole, input, handler, command } from 'hostwright';
            const inputs = defineInputs({ port: input.int(), name: input.string({ default: 'web' }) });
            const reload = handler(debug('Reload', { msg: () => inputs.port }));
            export const web = defineRole({ name: 'web', inputs, defaults: { greeting: 'hello' }, tasks() {
              debug('Serve', { msg: () => inputs.name + ' on ' + inputs.port });
              command('Change', { cmd: 'true' }, { notify: reload });
            } });`,
        },
      },
    );
    expect(played.lines).toEqual([
      'Serve alpha ok',
      'Change alpha changed',
      'Serve alpha ok',
      'Change alpha changed',
      'Reload alpha ok',
    ]);
    expect(played.results('Serve').map(({ result }) => result.msg)).toEqual(['web on 80', 'web on 8080']);
    // Of two handlers of the same name the last counts, as in YAML.
    expect(played.results('Reload')[0]?.result.msg).toBe(8080);
  });

  test("modules of one's own, with typed results", async () => {
    const played = await playTypescript(`
      const greet = defineModule({
        name: 'greet',
        summary: 'Greet somebody.',
        params: z.strictObject({ name: z.string() }),
        examples: [],
        effect: 'none',
        check: () => null,
        apply: () => sh\`:\`,
        noUndo: 'Nothing is changed.',
        result: ({ name }) => ({ greeting: 'Hello ' + name }),
      });
      export default play('P', { hosts: 'all', tasks() {
        const said = greet('Greet', { name: ({ inventory_hostname }) => inventory_hostname });
        debug('Say', { msg: () => said.result.greeting });
      } });`);
    expect(played.results('Say')[0]?.result.msg).toBe('Hello alpha');
  });

  test("YAML and TypeScript import each other, and packages and files of one's own", async () => {
    const played = await playTypescript(
      `import path from 'node:path';
       import { parse } from 'yaml';
       import names from './names.json';
       import { shout } from './lib/shout.ts';
       export default [import_playbook('other.yaml'), play('P', { hosts: 'all', tasks: [
         import_tasks('tasks.yaml', { vars: { from: 'typescript' } }),
         names.map((name: string) => debug(shout(name), { msg: parse('a: 1').a })),
         false,
         task({ name: 'As in YAML', debug: { msg: path.join('a', 'b') }, when: 'true' }),
       ] })];`,
      {
        files: {
          'other.yaml': '- {name: Other, hosts: all, tasks: [{name: In YAML, debug: {msg: x}}]}\n',
          'tasks.yaml': '- {name: "Imported from {{ from }}", debug: {msg: x}}\n',
          'names.json': '["one"]',
          'lib/shout.ts': 'export const shout = (text: string): string => text.toUpperCase();',
          'node_modules/yaml/package.json': '{"name": "yaml", "main": "index.js"}',
          'node_modules/yaml/index.js': 'exports.parse = () => ({ a: 1 });',
        },
      },
    );
    expect(played.lines).toEqual([
      'In YAML alpha ok',
      'Imported from typescript alpha ok',
      'ONE alpha ok',
      'As in YAML alpha ok',
    ]);
    expect(played.results('As in YAML')[0]?.position).toMatchObject({ line: 10, column: 10 });
  });
});
