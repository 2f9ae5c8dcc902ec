import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Difference } from '../../src/core/change.ts';
import { renderDiff } from '../../src/core/diff.ts';

const cases: readonly (readonly [string, readonly Difference[], string])[] = [
  [
    'text',
    [{ label: '/etc/motd', before: 'a\nb\nc\n', after: 'a\nB\nc\n' }],
    '--- before: /etc/motd\n+++ after: /etc/motd\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n',
  ],
  [
    'a file that is created',
    [{ label: '/etc/motd', before: null, after: 'a\n' }],
    '--- before: /etc/motd (does not exist)\n+++ after: /etc/motd (created)\n@@ -0,0 +1,1 @@\n+a\n',
  ],
  [
    'an empty file that is created',
    [{ label: '/etc/motd', before: null, after: '' }],
    '--- before: /etc/motd (does not exist)\n+++ after: /etc/motd (created)\n',
  ],
  [
    'a file that is removed',
    [{ label: '/etc/motd', before: 'a\n', after: null }],
    '--- before: /etc/motd\n+++ after: /etc/motd (removed)\n@@ -1,1 +0,0 @@\n-a\n',
  ],
  [
    'text without a newline at its end',
    [{ label: 'x', before: 'a', after: 'b\n' }],
    '--- before: x\n+++ after: x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n',
  ],
  [
    'attributes, sorted',
    [
      {
        label: 'service nginx',
        before: { enabled: false, active: true, ports: [80] },
        after: { active: true, enabled: true, ports: [80, 443] },
      },
    ],
    '--- before: service nginx\n+++ after: service nginx\n@@ -1,3 +1,3 @@\n active: true\n-enabled: false\n-ports: [80]\n+enabled: true\n+ports: [80,443]\n',
  ],
  [
    'an attribute of several lines',
    [{ label: 'cron', before: { text: 'a\nb' }, after: { text: 'a\nc' } }],
    '--- before: cron\n+++ after: cron\n@@ -1,3 +1,3 @@\n text: |\n   a\n-  b\n+  c\n',
  ],
  [
    'bytes',
    [{ label: 'x', before: 'a\0b', after: { size: 3, sha256: 'ff' } }],
    '--- before: x\n+++ after: x\n@@ -1,1 +1,2 @@\n-(binary, 3 bytes)\n+sha256: ff\n+size: 3\n',
  ],
  [
    'several, without those that are equal',
    [
      { label: 'a', before: 'x\n', after: 'x\n' },
      { label: 'b', before: { mode: '0600' }, after: { mode: '0644' } },
      { label: 'c', before: null, after: { name: 'new' } },
    ],
    '--- before: b\n+++ after: b\n@@ -1,1 +1,1 @@\n-mode: 0600\n+mode: 0644\n--- before: c (does not exist)\n+++ after: c (created)\n@@ -0,0 +1,1 @@\n+name: new\n',
  ],
  ['nothing', [], ''],
];

it.each(cases)('renders %s', (_name, differences, expected) => {
  expect(renderDiff(differences)).toBe(expected);
});

it('cuts what nobody would read, and says so', () => {
  const after = Array.from({ length: 3000 }, (_, line) => `line ${line}\n`).join('');
  const lines = renderDiff([{ label: 'x', before: null, after }]).split('\n');
  expect(lines).toHaveLength(2002);
  expect(lines.at(-2)).toBe('@@ 1003 more lines of this diff are not shown @@');
});

it('gives up on texts that have nothing in common, quickly', () => {
  const text = (word: string) => Array.from({ length: 50_000 }, (_, line) => `${word} ${line}\n`).join('');
  const begun = performance.now();
  const diff = renderDiff([{ label: 'x', before: text('old'), after: text('new') }]);
  expect(diff).toBe(
    '--- before: x\n+++ after: x\n@@ too different to compare: 50000 lines before, 50000 lines after @@\n',
  );
  expect(performance.now() - begun).toBeLessThan(30_000);
});

it('is empty exactly when nothing differs', () => {
  const side = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
  );
  fc.assert(
    fc.property(side, (value) => {
      expect(renderDiff([{ label: 'x', before: value, after: value }])).toBe('');
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      fc.pre(!before.includes('\0') && !after.includes('\0'));
      expect(renderDiff([{ label: 'x', before, after }]) === '').toBe(before === after);
    }),
  );
});
