import type { CreateReporter, ReporterOptions } from '../../src/reporters/reporter.ts';
import type { Scene } from './scenes.ts';

/** Plays a whole scene to a reporter at once, with a clock that follows the events, and gives everything it wrote. */
export async function record(
  create: CreateReporter,
  scene: Scene,
  options: Partial<ReporterOptions> & { columns?: number; rows?: number; terminal?: boolean } = {},
): Promise<string> {
  const { columns = 80, rows = 24, terminal = false, ...others } = options;
  let text = '';
  let clock = 0;
  const reporter = create({
    output: {
      write: (part) => {
        text += part;
      },
      size: () => ({ columns, rows }),
      onResize: () => () => {},
      isTerminal: terminal,
      ofProcess: false,
    },
    color: false,
    verbosity: 0,
    now: () => clock,
    ...others,
  });
  for (const event of scene.events) {
    clock = Date.parse(event.time);
    reporter.handle(event);
  }
  await reporter.close?.();
  return text;
}
