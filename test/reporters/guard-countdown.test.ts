import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import { reporters } from '../../src/reporters/index.ts';
import { createTaskView, noteOf, updateTaskView } from '../../src/reporters/listr/task-view.ts';
import { record } from './recorder.ts';
import { createScene } from './scenes.ts';

test('lines say when the host takes a change back, and say again what lasts', async () => {
  const scene = createScene();
  scene.play('Network', ['kvm1'], 1);
  scene.task('Bridge', 'host_bridge', ['kvm1']);
  scene.begin('kvm1');
  scene.guard('kvm1', 'armed', 'Armed.', 60);
  scene.wait(2000);
  for (let seconds = 58; seconds > 38; seconds -= 4) {
    scene.guard('kvm1', 'reconnecting', 'No login at 10.0.0.1 yet.', seconds);
    scene.wait(4000);
  }
  scene.guard('kvm1', 'rollingBack', 'Takes the change back: the gateway is gone.');
  scene.result('kvm1', 'failed', { failed: true, msg: 'The change was taken back.' });
  const lines = (await record(await reporters.plain(), scene.end())).split('\n');
  expect(lines.filter((line) => line.startsWith('guard:'))).toEqual([
    'guard: [kvm1] Armed. (back in 60 s unless confirmed)',
    'guard: [kvm1] No login at 10.0.0.1 yet. (back in 58 s unless confirmed)',
    'guard: [kvm1] No login at 10.0.0.1 yet. (back in 42 s unless confirmed)',
    'guard: [kvm1] Takes the change back: the gateway is gone.',
  ]);
});

test('a terminal counts down, and goes on with that in the tasks of a block', () => {
  const scene = createScene();
  scene.play('Network', ['kvm1'], 1);
  scene.task('Rules', 'command', ['kvm1']);
  scene.begin('kvm1');
  const starts = scene.end().events.filter(({ type }) => type === 'hostStart');
  const event = starts[0] as Extract<RunEvent, { type: 'hostStart' }>;
  const view = createTaskView(event, ['kvm1'], 0);
  updateTaskView(view, event, 0, 30_000);
  const host = view.running.get('kvm1');
  if (!host) throw new Error('nobody runs');
  expect(noteOf(host, 0)).toBe('back in 30s unless confirmed');
  expect(noteOf(host, 12_500)).toBe('back in 18s unless confirmed');
  expect(noteOf(host, 31_000)).toBe('');
});
