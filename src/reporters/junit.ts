import type { HostResult, RunEvent } from '../core/event.ts';
import { cleanText } from './clean.ts';
import { explainFailure } from './explain.ts';
import type { CreateReporter } from './reporter.ts';

interface Suite {
  readonly name: string;
  readonly time: string;
  readonly cases: HostResult[];
}

/** JUnit XML for CI, written at the end: one suite per play, one case per host and task (items of a loop are in their task's case). */
export const createJunitReporter: CreateReporter = ({ output }) => {
  const suites: Suite[] = [];
  const handle = (event: RunEvent) => {
    if (event.type === 'playStart') suites.push({ name: event.play, time: event.time, cases: [] });
    if (event.type === 'hostResult' && event.item === undefined) suites.at(-1)?.cases.push(event);
    if (event.type === 'runEnd') output.write(renderSuites(suites, event.durationMs));
  };
  return { handle };
};

function renderSuites(suites: readonly Suite[], durationMs: number): string {
  const all = suites.flatMap((suite) => suite.cases);
  const head = `<testsuites name="hostwright" ${counts(all)} time="${seconds(durationMs)}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.map(renderSuite).join('')}</testsuites>\n`;
}

function renderSuite({ name, time, cases }: Suite): string {
  const took = cases.reduce((sum, result) => sum + result.durationMs, 0);
  const head = `  <testsuite name="${escapeXml(name)}" timestamp="${time}" ${counts(cases)} time="${seconds(took)}">`;
  return `${head}\n${cases.map(renderCase).join('')}  </testsuite>\n`;
}

function renderCase(event: HostResult): string {
  const name = `[${event.host}] ${event.task}`;
  const head = `    <testcase classname="${escapeXml(event.play)}" name="${escapeXml(name)}" time="${seconds(event.durationMs)}"`;
  const body = renderOutcome(event);
  return body === '' ? `${head}/>\n` : `${head}>\n${body}    </testcase>\n`;
}

function renderOutcome(event: HostResult): string {
  if (event.status === 'skipped') return '      <skipped/>\n';
  if (event.status !== 'failed' && event.status !== 'unreachable') return '';
  const { message, outputs } = event.noLog
    ? { message: 'The result is not shown, because of no_log.', outputs: [] }
    : explainFailure(event.result, event.status);
  const items = event.noLog ? [] : (event.result.results ?? []).filter((item) => item.failed === true);
  const lines = [
    message,
    ...items.map((item) => explainFailure(item, 'failed').message),
    ...outputs.map(({ name, text }) => `${name}: ${text}`),
  ];
  const tag = event.status === 'unreachable' ? 'error' : 'failure';
  const first = message.split('\n')[0] ?? '';
  return `      <${tag} message="${escapeXml(first)}" type="${event.module}">${escapeXml(lines.join('\n'))}</${tag}>\n`;
}

function counts(cases: readonly HostResult[]): string {
  const of = (status: HostResult['status']) => cases.filter((event) => event.status === status).length;
  return `tests="${cases.length}" failures="${of('failed')}" errors="${of('unreachable')}" skipped="${of('skipped')}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/** Text for XML: cleaned of control characters, which XML 1.0 cannot hold, and of lone surrogates and non-characters. */
function escapeXml(text: string): string {
  return cleanText(text)
    .replaceAll(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
