import { expect, test } from 'vitest';
import { playText } from './play.ts';

test('a person who stops the run lets what runs end, and always sections and the recap follow; handlers are owed', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 400);
  const played = await playText(
    `
- hosts: all
  tasks:
    - block:
        - {name: changed, command: "true", notify: h}
        - {name: running, command: sleep 1}
        - {name: never, debug: {msg: x}}
      rescue: [{name: no rescue, debug: {msg: x}}]
      always: [{name: always, debug: {msg: x}}]
    - {name: never either, debug: {msg: x}}
  handlers: [{name: h, debug: {msg: x}}]
- hosts: all
  tasks: [{name: no later play, debug: {msg: x}}]
`,
    { options: { signal: stop.signal } },
  );
  expect(played.tasks).toEqual(['changed', 'running', 'always']);
  expect(played.owed.alpha?.map(({ name }) => name)).toEqual(['h']);
  expect(played.events.at(-1)?.type).toBe('runEnd');
});
