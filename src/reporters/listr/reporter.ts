import { figures, isUnicodeSupported, ProcessOutput, Spinner } from 'listr2';
import type { PlayStart, RunEvent, Warning } from '../../core/event.ts';
import { formatPosition } from '../../core/position.ts';
import { cleanLine } from '../clean.ts';
import { truncate } from '../measure.ts';
import { createPaint } from '../paint.ts';
import type { CreateReporter, ReporterOptions } from '../reporter.ts';
import { finishedTask } from './finished-task.ts';
import { type Look, paragraph } from './layout.ts';
import { liveTask } from './live-task.ts';
import { progressLine } from './progress.ts';
import { recapTable } from './recap-table.ts';
import { createScreen, type Screen } from './screen.ts';
import { type Stage, startTask, type TaskRun } from './task-run.ts';
import { createTaskView, type TaskView, updateTaskView } from './task-view.ts';

/** Milliseconds between two frames. */
const FRAME = 100;

/** Live lines are never more than this, however tall the window. */
const MAX_LIVE = 12;

/** Progress for people at a terminal: finished tasks scroll away as one line each, what happens now is drawn live below them. */
export const createListrReporter: CreateReporter = (options) => {
  const view = createRunView(options);
  // Tasks settle asynchronously inside listr2; one event after the other keeps what is printed in the order of the run.
  let queue = Promise.resolve();
  return {
    handle: (event) => {
      queue = queue.then(() => view.show(event));
    },
    suspend: async () => {
      await queue;
      return view.screen.suspend();
    },
    close: async () => {
      await queue;
      view.close();
    },
  };
};

interface PlayView {
  readonly start: PlayStart;
  done: number;
}

interface RunView {
  readonly screen: Screen;
  readonly show: (event: RunEvent) => Promise<void>;
  readonly close: () => void;
}

function createRunView(options: ReporterOptions): RunView {
  const { output, now } = options;
  const paint = createPaint(options.color);
  const spinner = new Spinner();
  const tasks = new Set<TaskRun>();
  const started = now();
  let play: PlayView | undefined;
  /** On the reporter's clock: when a host takes a change back unless it is confirmed. */
  const windows = new Map<string, number>();

  const look = (): Look => ({
    paint,
    columns: output.size().columns,
    verbosity: options.verbosity,
    manyHosts: (play?.start.hosts.length ?? 0) > 1,
    marks: {
      done: figures.tick,
      failed: figures.cross,
      skipped: figures.arrowDown,
      warning: figures.warning,
    },
    bar: isUnicodeSupported() ? '│' : '|',
  });

  const draw = () => {
    if (!play) return [];
    const how = look();
    const room = Math.min(output.size().rows - 3, MAX_LIVE);
    const open = [...tasks].slice(0, Math.max(1, Math.floor(room / 2)));
    const each = Math.max(1, Math.floor(room / Math.max(1, open.length)));
    const lines = open.flatMap((task) => liveTask(task.view, spinner.fetch(), now(), each, how));
    const { play: name, taskCount } = play.start;
    return [
      ...lines,
      '',
      progressLine(cleanLine(name), play.done, taskCount, now() - started, how, options.expected?.run),
    ];
  };
  const screen = createScreen(output, draw);

  const stage: Stage = { end: (task) => screen.print(finishedTask(task, look())) };
  const start = (task: TaskView) => {
    const run = startTask(task, stage);
    tasks.add(run);
    return run;
  };
  const finish = async (task: TaskRun) => {
    tasks.delete(task);
    if (play) play.done += 1;
    await task.finish();
  };

  const taskOf = (event: Extract<RunEvent, { taskId: number; host: string }>) => {
    const known = [...tasks].find((task) => task.view.start.taskId === event.taskId);
    if (known) return known;
    return start(createTaskView(event, [event.host], now()));
  };

  // A host that begins another task has left those before it, whatever became of them there.
  const leaveOthers = async (event: Extract<RunEvent, { taskId: number; host: string }>) => {
    for (const task of tasks) {
      if (task.view.start.taskId >= event.taskId || !task.view.pending.delete(event.host)) continue;
      task.view.running.delete(event.host);
      if (task.view.pending.size === 0) await finish(task);
    }
  };

  const show = async (event: RunEvent): Promise<void> => {
    switch (event.type) {
      case 'runStart':
        if (event.check)
          screen.print(['', `  ${paint('bold', 'Check run: nothing is changed on any host.')}`]);
        return;
      case 'playStart':
        play = { start: event, done: 0 };
        return screen.print(playHeading(event, look()));
      case 'taskStart':
        start(createTaskView(event, event.hosts, now(), options.expected?.task(event.play, event.task)));
        return;
      case 'hostStart':
      case 'hostOutput':
      case 'hostRetry':
      case 'guardProgress':
      case 'hostResult': {
        await leaveOthers(event);
        const task = taskOf(event);
        if (event.type === 'guardProgress' && event.secondsLeft !== undefined)
          windows.set(event.host, now() + event.secondsLeft * 1000);
        else if (event.type === 'guardProgress' || (event.type === 'hostResult' && event.result.guard))
          windows.delete(event.host);
        updateTaskView(task.view, event, now(), windows.get(event.host));
        if (task.view.pending.size === 0) await finish(task);
        return;
      }
      case 'warning':
        return screen.print(warningLines(event, look()));
      case 'playEnd':
        for (const task of tasks) await finish(task);
        play = undefined;
        return;
      case 'runEnd':
        for (const task of tasks) await finish(task);
        play = undefined;
        return screen.print(recapTable(event, look()));
    }
  };

  // What anyone else writes meanwhile is held back until the end, so that it does not tear the picture.
  const others = output.ofProcess ? new ProcessOutput() : undefined;
  others?.hijack();
  spinner.start(() => screen.refresh(), FRAME);
  const close = () => {
    spinner.stop();
    screen.close();
    others?.release();
    process.removeListener('exit', close);
  };
  // A second Ctrl-C ends the process at once; the cursor must come back all the same.
  process.once('exit', close);
  return { screen, show, close };
}

function playHeading({ play, hosts, taskCount, check }: PlayStart, look: Look): string[] {
  const name = truncate(cleanLine(play), Math.max(20, look.columns - 34));
  const number = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const first = hosts[0];
  const where = hosts.length === 1 && first !== undefined ? cleanLine(first) : number(hosts.length, 'host');
  const facts = [where, number(taskCount, 'task'), ...(check ? ['check run'] : [])].join(' · ');
  return ['', `  ${look.paint('bold', name)}${look.paint('dim', `  ${truncate(facts, 30)}`)}`, ''];
}

function warningLines({ message, host, position }: Warning, look: Look): string[] {
  const place = [host ?? '', position ? formatPosition(position) : '']
    .filter((part) => part !== '')
    .join(' ');
  const text = cleanLine(place === '' ? message : `${place}: ${message}`);
  const lines = paragraph(text, 4, look).join('\n').trimStart().split('\n');
  return lines.map((line, index) =>
    look.paint('warning', index === 0 ? `  ${look.marks.warning} ${line}` : line),
  );
}
