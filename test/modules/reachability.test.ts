import { describe, expect, test } from 'vitest';
import type { JobOutput } from '../../src/core/script.ts';
import { reachability } from '../../src/modules/network/reachability.ts';

function result(input: Record<string, unknown>, printed: string) {
  const captured = (text: string) => ({ bytes: new TextEncoder().encode(text), omitted: 0, gapAt: 0 });
  const output: JobOutput = {
    rc: 0,
    stdout: captured(printed),
    stderr: captured(''),
    durationMs: 1,
    timedOut: false,
  };
  const params = reachability.params.parse(input);
  return reachability.result?.(params, { values: {}, change: { differences: [], data: null }, output });
}

describe('what reachability says of what was seen', () => {
  test('all answer', () => {
    expect(result({ to: 'a,b' }, 'reach a yes\nreach b yes\n')).toEqual({
      from: 'host',
      reached: [
        { to: 'a', reachable: true },
        { to: 'b', reachable: true },
      ],
      addresses: [],
    });
  });

  test('one does not, one was not even asked', () => {
    expect(result({ to: 'a,b,c', port: 22 }, 'reach a yes\nreach b no\n')).toMatchObject({
      failed: true,
      msg: 'b does not answer on port 22, asked from the host.\nc does not answer on port 22, asked from the host.',
    });
  });

  test('one answers that should not; only reported', () => {
    const said = result({ from: 'controller', to: 'a', reachable: false, fail: false }, 'reach a yes\n');
    expect(said).toMatchObject({
      failed: false,
      msg: 'a answers, and should not, asked from the controller.',
    });
  });

  test('a guest, over a console that echoes, colours, and ends lines in its own way', () => {
    const printed = 'via=console\nrc=0\n\u001b[1mreach 192.0.2.1 yes\r\nhop 192.0.2.9\n\u001b[0m\n';
    const asked = { from: 'guest', guest: 'web', to: '192.0.2.1', first_hop: '192.0.2.9' };
    expect(result(asked, printed)).toEqual({
      from: 'web',
      via: 'console',
      reached: [{ to: '192.0.2.1', reachable: true }],
      addresses: [],
      first_hop: '192.0.2.9',
    });
    expect(result({ ...asked, first_hop: '192.0.2.254' }, printed)).toMatchObject({
      failed: true,
      msg: 'The first hop from the guest web to 192.0.2.1 is 192.0.2.9, not 192.0.2.254.',
    });
  });

  test('no way into the guest', () => {
    expect(
      result({ from: 'guest', guest: 'web', to: 'x' }, 'reason=its console is in use by process 7\n'),
    ).toMatchObject({ failed: true, msg: 'There is no way into web: its console is in use by process 7.' });
  });

  test('guests by their cards', () => {
    const printed =
      'card vnet0 52:54:00:00:00:01 br0 192.0.2.5 web\ncard vnet1 52:54:00:00:00:02 br0 - my db\nnone old\n';
    const said = result({ guests: ['web', 'my db', 'old'], bridge: 'br0' }, printed);
    expect(said).toMatchObject({ addresses: ['192.0.2.5'], failed: true });
    expect(said?.msg).toBe(
      'The guest my db (52:54:00:00:00:02 on br0) does not answer, asked from the host.\nThe guest old does not run, or has no card on br0.',
    );
  });
});
