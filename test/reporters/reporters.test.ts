import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type ReporterName, reporters } from '../../src/reporters/index.ts';
import { record } from './recorder.ts';
import { failures, hostile, longCommand, manyHosts, oneHost } from './scenes.ts';
import { showScreen } from './virtual-screen.ts';

const small = {
  'one host': oneHost(),
  'twenty hosts': manyHosts(20, 4),
  failures: failures(),
};

describe('plain', async () => {
  const create = await reporters.plain();
  it.each(Object.entries(small))('shows %s', async (name, scene) => {
    await expect(await record(create, scene)).toMatchFileSnapshot(`snapshots/plain/${name}.txt`);
  });

  it('shows results, places and live output with -vvv', async () => {
    await expect(await record(create, longCommand(1), { verbosity: 3 })).toMatchFileSnapshot(
      'snapshots/plain/verbose.txt',
    );
  });

  it('uses colours when told to', async () => {
    expect(await record(create, oneHost(), { color: true })).toContain('\u001b[33mchanged: [kvm1]\u001b[39m');
  });
});

describe('json', async () => {
  const create = await reporters.json();
  it('writes one event per line and nothing else', async () => {
    await expect(await record(create, failures())).toMatchFileSnapshot('snapshots/json/failures.jsonl');
  });

  it('leaves out differences, copes with big integers and cycles, and marks a check run', async () => {
    const cycle: Record<string, unknown> = { big: 12345678901234567890n, small: 7n };
    cycle.self = cycle;
    const text = await record(create, {
      events: [
        {
          type: 'hostResult',
          time: '2025-01-15T09:00:00.000Z',
          check: true,
          play: 'p',
          task: 't',
          taskId: 1,
          module: 'm',
          host: 'h',
          status: 'changed',
          result: { changed: true, ...cycle },
          diff: '--- before: x\n',
          differences: [{ label: 'x', before: null, after: 'y' }],
          durationMs: 3,
        },
      ],
    });
    expect(JSON.parse(text)).toEqual({
      type: 'hostResult',
      time: '2025-01-15T09:00:00.000Z',
      check: true,
      play: 'p',
      task: 't',
      taskId: 1,
      module: 'm',
      host: 'h',
      status: 'changed',
      result: {
        changed: true,
        big: '12345678901234567890',
        small: 7,
        self: { big: '12345678901234567890', small: 7, self: '[circular]' },
      },
      diff: '--- before: x\n',
      durationMs: 3,
    });
  });

  it('keeps the hostile text as data', async () => {
    const text = await record(create, hostile());
    const last = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .findLast((event) => event.type === 'hostResult');
    expect(last.result.stderr).toContain('\u001b[2J');
  });
});

describe('junit', async () => {
  const create = await reporters.junit();
  it.each(Object.entries({ failures: failures(), hostile: hostile() }))(
    'writes XML of %s',
    async (name, scene) => {
      await expect(await record(create, scene)).toMatchFileSnapshot(`snapshots/junit/${name}.xml`);
    },
  );
});

describe('listr', async () => {
  const create = await reporters.listr();
  const sizes = [40, 80, 200];
  const cases = Object.entries(small).flatMap(([name, scene]) =>
    sizes.map((columns) => ({ name, scene, columns })),
  );
  it.each(cases)('leaves $name behind on $columns columns', async ({ name, scene, columns }) => {
    const written = await record(create, scene, { columns, terminal: true });
    const { lines, widest } = showScreen(written);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`snapshots/listr/${name} ${columns}.txt`);
    // Diffs and table of counts aside, nothing is wider than the window.
    expect(widest).toBeLessThanOrEqual(columns);
  });

  it('counts down what is left until a host takes a guarded change back, and says how long a task usually takes', async () => {
    const clock = { now: 0 };
    let written = '';
    const reporter = create({
      output: {
        write: (text) => {
          written += text;
        },
        size: () => ({ columns: 100, rows: 24 }),
        onResize: () => () => {},
        isTerminal: true,
        ofProcess: false,
      },
      color: false,
      verbosity: 0,
      now: () => clock.now,
      expected: { run: 60_000, task: (_play, task) => (task === 'Bridge' ? 20_000 : undefined) },
    });
    const names = {
      play: 'Night',
      task: 'Bridge',
      taskId: 1,
      module: 'host_bridge',
      time: '2025-01-15T09:00:00Z',
    };
    const seen = async () => {
      written = '';
      // Two frames: what is drawn again is what has changed.
      await new Promise((resolve) => setTimeout(resolve, 250));
      return stripVTControlCharacters(written);
    };
    reporter.handle({ ...names, type: 'runStart', runId: 'r', playbooks: [] });
    reporter.handle({ ...names, type: 'playStart', hosts: ['kvm'], taskCount: 1 });
    reporter.handle({ ...names, type: 'taskStart', hosts: ['kvm'] });
    reporter.handle({ ...names, type: 'hostStart', host: 'kvm' });
    await seen();
    clock.now += 1000;
    expect(await seen()).toContain('usually 20s');
    const step = { ...names, type: 'guardProgress', host: 'kvm', step: 'armed', message: '套用' } as const;
    reporter.handle({ ...step, secondsLeft: 90 });
    expect(await seen()).toContain('back in 90s unless confirmed · 套用');
    clock.now += 6000;
    expect(await seen()).toContain('back in 84s unless confirmed · 套用');
    reporter.handle({ ...step, message: 'confirmed' });
    expect(await seen()).toMatch(/(?<!unless )confirmed/);
    await reporter.close?.();
  });

  it('gives the cursor back', async () => {
    const written = await record(create, oneHost(), { terminal: true });
    expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
  });
});

describe('text of a hostile host', () => {
  const names = Object.keys(reporters) as ReporterName[];
  it.each(names)('reaches no terminal raw through %s', async (name) => {
    const create = await reporters[name]();
    const text = await record(create, hostile(), { verbosity: 3, terminal: true, columns: 120 });
    // What the listr screen writes itself: cursor up, erase, cursor visibility, synchronized output.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences are what is looked for.
    const rest = text.replaceAll(/\u001b\[(?:\d*A|[KJ]|\?25[hl]|\?2026[hl])|\r(?=\u001b|[^\n])/g, '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    // Every reporter still shows the harmless part, so that the test cannot pass on empty output.
    expect(rest).toContain('evil');
  });
});
