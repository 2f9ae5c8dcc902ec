import type { HostResult, RunEvent } from '../../src/core/event.ts';
import type { GuardStep } from '../../src/core/guard.ts';
import { emptyRecap, exitCodeOf, type Recap, type Status, type TaskResult } from '../../src/core/result.ts';

/** An event without its time, and when it happens, in milliseconds from the start. */
type Timeless = RunEvent extends infer Event ? (Event extends RunEvent ? Omit<Event, 'time'> : never) : never;

/** A run as a stream of events: what an engine would send, without one. Built by a script, played at any speed. */
export interface Scene {
  readonly events: readonly RunEvent[];
}

const BEGIN = Date.parse('2025-01-15T09:00:00.000Z');

/** Writes a scene: a clock that only `wait` moves, and a recap that counts along. */
export function createScene(options: { check?: true } = {}) {
  const events: RunEvent[] = [];
  const recap: Recap = {};
  let clock = 0;
  let play = '';
  let taskId = 0;
  let current = { task: '', module: '' };
  const send = (event: Timeless, at = clock) => {
    const time = new Date(BEGIN + at).toISOString();
    events.push({ ...event, time, ...options } as RunEvent);
  };
  const names = () => ({ play, task: current.task, taskId, module: current.module });
  send({ type: 'runStart', runId: 'run-1', playbooks: ['site.yaml'] });
  return {
    wait: (milliseconds: number) => {
      clock += milliseconds;
    },
    play: (name: string, hosts: readonly string[], taskCount: number) => {
      if (play) send({ type: 'playEnd', play });
      play = name;
      for (const host of hosts) recap[host] ??= emptyRecap();
      send({ type: 'playStart', play, hosts, taskCount });
    },
    task: (task: string, module: string, hosts: readonly string[], more: { handler?: true } = {}) => {
      taskId += 1;
      current = { task, module };
      const position = { file: 'site.yaml', line: 3 + taskId * 4, column: 7 };
      send({ type: 'taskStart', ...names(), hosts, position, ...more });
    },
    begin: (host: string, item?: unknown) =>
      send({ type: 'hostStart', ...names(), host, ...(item === undefined ? {} : { item }) }),
    output: (host: string, text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
      send({ type: 'hostOutput', ...names(), host, stream, text }),
    guard: (host: string, step: GuardStep, message: string, secondsLeft?: number) =>
      send({
        type: 'guardProgress',
        ...names(),
        host,
        step,
        message,
        ...(secondsLeft === undefined ? {} : { secondsLeft }),
      }),
    retry: (host: string, attempt: number, retriesLeft: number) =>
      send({ type: 'hostRetry', ...names(), host, attempt, retriesLeft, delaySeconds: 5 }),
    result: (
      host: string,
      status: Status,
      result: Partial<TaskResult> = {},
      more: Partial<HostResult> = {},
    ) => {
      const counts = recap[host];
      if (counts && more.item === undefined) {
        counts[status] += 1;
        // A changed host is an ok one too, as Ansible counts.
        if (status === 'changed') counts.ok += 1;
      }
      const whole: TaskResult = { changed: status === 'changed', ...result };
      const failed =
        status === 'failed' || status === 'unreachable' || status === 'ignored' || status === 'rescued';
      const position = failed ? { position: { file: 'site.yaml', line: 3 + taskId * 4, column: 7 } } : {};
      send({
        type: 'hostResult',
        ...names(),
        host,
        status,
        result: whole,
        durationMs: 100,
        ...position,
        ...more,
      });
    },
    warn: (message: string, host?: string) => send({ type: 'warning', message, ...(host ? { host } : {}) }),
    end: (): Scene => {
      if (play) send({ type: 'playEnd', play });
      send({ type: 'runEnd', runId: 'run-1', exitCode: exitCodeOf(recap), recap, durationMs: clock });
      return { events };
    },
  };
}

const DIFF = `--- before: /etc/motd
+++ after: /etc/motd
@@ -1,2 +1,2 @@
 Welcome
-to the old host
+to the new host
`;

/** One host, five tasks, a handler: the smallest run that shows everything ordinary. */
export function oneHost(): Scene {
  const scene = createScene();
  scene.play('Prepare the KVM host', ['kvm1'], 5);
  const quick = (
    task: string,
    module: string,
    status: Status,
    result?: Partial<TaskResult>,
    more?: Partial<HostResult>,
  ) => {
    scene.task(task, module, ['kvm1']);
    scene.begin('kvm1');
    scene.wait(180);
    scene.result('kvm1', status, result, more);
  };
  quick('Install the packages', 'package', 'ok');
  quick('Write the message of the day', 'template', 'changed', {}, { diff: DIFF });
  quick('Only on Debian', 'command', 'skipped', { skipped: true, skip_reason: 'The condition is false.' });
  scene.task('Create the directories', 'file', ['kvm1']);
  for (const [item, status] of [
    ['/srv/images', 'ok'],
    ['/srv/backup', 'changed'],
  ] as const) {
    scene.begin('kvm1', item);
    scene.wait(60);
    scene.result('kvm1', status, { item }, { item });
  }
  scene.result('kvm1', 'changed', { results: [] });
  quick('Say hello', 'debug', 'ok', { msg: 'The bridge is br0.' });
  scene.task('Restart the network', 'service', ['kvm1'], { handler: true });
  scene.begin('kvm1');
  scene.wait(1400);
  scene.result('kvm1', 'changed');
  return scene.end();
}

/** A long command with live output on one host. */
export function longCommand(seconds = 6): Scene {
  const scene = createScene();
  scene.play('Upgrade', ['kvm1'], 3);
  scene.task('Refresh the package lists', 'apt', ['kvm1']);
  scene.begin('kvm1');
  scene.wait(900);
  scene.result('kvm1', 'ok');
  scene.task('Upgrade all packages', 'command', ['kvm1']);
  scene.begin('kvm1');
  for (let step = 0; step < seconds * 5; step += 1) {
    scene.wait(200);
    scene.output('kvm1', `Unpacking package-${step} (1.${step}-1) over (1.${step}-0) ...\n`);
    if (step % 4 === 0) scene.output('kvm1', `Progress: ${step}%\rProgress: ${step + 1}%`);
    if (step % 4 === 1) scene.output('kvm1', '\n');
  }
  scene.result('kvm1', 'changed', { rc: 0, stdout: 'done' });
  scene.task('Wait for the service', 'uri', ['kvm1']);
  scene.begin('kvm1');
  for (let attempt = 1; attempt < 4; attempt += 1) {
    scene.wait(700);
    scene.retry('kvm1', attempt, 4 - attempt);
  }
  scene.wait(300);
  scene.result('kvm1', 'ok', { attempts: 4 });
  return scene.end();
}

/** Many hosts at different speed, with failures, an unreachable host, loops, warnings and diffs. */
export function manyHosts(count = 20, taskCount = 8): Scene {
  const scene = createScene();
  const all = Array.from({ length: count }, (_, index) => `web${String(index + 1).padStart(2, '0')}`);
  scene.play('Web servers', all, taskCount);
  scene.warn('Group "databases" has no hosts.');
  let hosts = all;
  for (let task = 0; task < taskCount; task += 1) {
    const name =
      ['Install nginx', 'Write the configuration', 'Enable the site', 'Start the service'][task % 4] ?? '';
    scene.task(task < 4 ? name : `${name} (part ${Math.floor(task / 4) + 1})`, 'package', hosts);
    for (const host of hosts) scene.begin(host);
    const lost: string[] = [];
    for (const [index, host] of hosts.entries()) {
      scene.wait(index % 5 === 0 ? 260 : 40);
      if (index % 3 === 0) scene.output(host, `Setting up part ${index} of the software\n`);
      if (task === 1 && index === 2) {
        lost.push(host);
        scene.result(host, 'unreachable', {
          unreachable: true,
          msg: `Cannot connect to ${host}:22: connection timed out after 10 s.`,
        });
      } else if (task === 3 && index % 7 === 3) {
        lost.push(host);
        scene.result(host, 'failed', {
          failed: true,
          msg: 'The command ended with status 1.',
          rc: 1,
          cmd: 'systemctl start nginx',
          stderr:
            'Job for nginx.service failed because the control process exited with error code.\nSee "systemctl status nginx.service" for details.',
          stdout: '',
        });
      } else if (task === 1) {
        scene.result(host, index % 4 === 0 ? 'changed' : 'ok', {}, index % 4 === 0 ? { diff: DIFF } : {});
      } else scene.result(host, index % 6 === 0 ? 'changed' : 'ok');
    }
    hosts = hosts.filter((host) => !lost.includes(host));
  }
  return scene.end();
}

/** Everything that can go wrong on one host, in the order: retried, ignored, rescued, in a loop, secret, fatal. */
export function failures(): Scene {
  const scene = createScene();
  scene.play('Trouble', ['kvm1', 'kvm2'], 6);
  const hosts = ['kvm1', 'kvm2'];
  scene.task('Ask the service', 'uri', hosts);
  scene.retry('kvm1', 1, 1);
  scene.wait(5000);
  scene.result('kvm1', 'ignored', { failed: true, msg: 'Status 503 is none of 200.', attempts: 2 });
  scene.result('kvm2', 'ok');
  scene.task('Try the new way', 'command', hosts);
  scene.wait(300);
  scene.result('kvm1', 'rescued', { failed: true, msg: '', rc: 3, stderr: 'not here\n' });
  scene.result('kvm2', 'skipped', { skipped: true });
  scene.task('Each user', 'user', hosts);
  scene.result('kvm1', 'ok', { item: { name: 'ann' } }, { item: { name: 'ann' } });
  scene.result(
    'kvm1',
    'failed',
    { failed: true, msg: 'User bob is logged in.', item: { name: 'bob' } },
    { item: { name: 'bob' } },
  );
  scene.result('kvm1', 'failed', { failed: true, msg: 'One or more items failed.', results: [] });
  scene.result('kvm2', 'changed', { item: { name: 'ann' } }, { item: { name: 'ann' } });
  scene.result('kvm2', 'changed', { results: [] });
  scene.task('Set the password', 'user', ['kvm2']);
  scene.wait(1200);
  scene.result('kvm2', 'failed', { failed: true, msg: 'hidden' }, { noLog: true });
  return scene.end();
}

/** What a hostile host sends: escape sequences that clear the screen, set the title, move the cursor, fake lines. */
export const HOSTILE_TEXT =
  'good\u001b[2J\u001b[H\u001b]0;owned\u0007\u001b]8;;http://example.org\u001b\\link\u001b]8;;\u001b\\ \u009b31mred\u0008\u0008\u001bPq#0\u001b\\ ' +
  '\u001b(0\u001bcok: [fake]\r\u202eevil\u0000\u007f end';

export function hostile(): Scene {
  const scene = createScene();
  scene.play(`Play ${HOSTILE_TEXT}`, ['kvm1'], 1);
  scene.task(`Task ${HOSTILE_TEXT}`, 'command', ['kvm1']);
  scene.begin('kvm1', HOSTILE_TEXT);
  scene.output('kvm1', `${HOSTILE_TEXT}\n`);
  scene.wait(1000);
  scene.warn(`Warning ${HOSTILE_TEXT}`, 'kvm1');
  scene.result(
    'kvm1',
    'ok',
    { item: HOSTILE_TEXT },
    { item: HOSTILE_TEXT, diff: `--- before: x\n+++ after: x\n@@ -1 +1 @@\n-${HOSTILE_TEXT}\r\n+new\n` },
  );
  scene.result('kvm1', 'failed', {
    failed: true,
    msg: HOSTILE_TEXT,
    stderr: HOSTILE_TEXT,
    stdout: HOSTILE_TEXT,
    rc: 1,
    [HOSTILE_TEXT]: 1,
  });
  return scene.end();
}

export const scenes: Readonly<Record<string, () => Scene>> = {
  'one-host': oneHost,
  'long-command': longCommand,
  'many-hosts': manyHosts,
  'very-many-hosts': () => manyHosts(200, 16),
  failures,
  hostile,
};
