/** Mistakes that people make in YAML, each with the whole message that they get. */
export const mistakes: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    'a tab as indentation',
    'a:\n\tb: 1\n',
    `f.yaml:2:1: The line is indented with a tab, which YAML does not allow.
  Indent with spaces, two per level.`,
  ],
  [
    'a tab inside a list item',
    '- a: 1\n\tb: 2\n',
    `f.yaml:2:1: The line is indented with a tab, which YAML does not allow.
  Indent with spaces, two per level.`,
  ],
  [
    'a tab after spaces, in a text block',
    'a: |\n  \tok\n \tbad\n',
    `f.yaml:3:2: The line is indented with a tab, which YAML does not allow.
  Indent with spaces, two per level.`,
  ],
  [
    'a key twice',
    'a: 1\nb: 2\na: 3\n',
    `f.yaml:3:1: The key "a" stands twice in the same map.
  The first is in line 1; keep one of them.`,
  ],
  [
    'a key twice in braces',
    'a: {b: 1, b: 2}\n',
    `f.yaml:1:11: The key "b" stands twice in the same map.
  The first is in line 1; keep one of them.`,
  ],
  [
    'a line indented too deep',
    'a: 1\n  b: 2\n',
    `f.yaml:2:3: This line is indented deeper than the line above, which has a value already.
  Begin it in the same column as the keys it belongs to.`,
  ],
  [
    'a line that belongs to no item',
    '- a: 1\n b: 2\n',
    `f.yaml:2:1: This line belongs to no item of the list above it.
  Begin it with "- " for a new item, or in the column of the keys of the item it belongs to.`,
  ],
  [
    'indentation that matches nothing',
    '- name: x\n  copy:\n    a: 1\n   b: 2\n',
    `f.yaml:4:4: The indentation of this line (3 spaces) matches nothing above it.
  Keys of one map, and items of one list, begin in the same column.`,
  ],
  [
    'a key after a list',
    '- a\nb: c\n',
    `f.yaml:2:1: This line belongs to no item of the list above it.
  Begin it with "- " for a new item, or in the column of the keys of the item it belongs to.`,
  ],
  [
    'an item after a key',
    'b: c\n- a\n',
    `f.yaml:2:1: A list item (-) stands among the keys of a map.
  Put the list under a key of its own, or take out the "- ".`,
  ],
  [
    'an item among keys',
    'a:\n  b: 1\n  - c\n',
    `f.yaml:3:1: A list item (-) stands among the keys of a map.
  Put the list under a key of its own, or take out the "- ".`,
  ],
  [
    'a colon in a value',
    'name: restart: network\n',
    `f.yaml:1:7: The value holds a colon and a space, which YAML reads as another key.
  Write: name: "restart: network"`,
  ],
  [
    'no space after the colon',
    'x: 1\na:b\n',
    `f.yaml:2:2: A space is missing after the colon.
  Write: a: b`,
  ],
  [
    'no space after the colon of the first key',
    '- name:b\n  copy: d\n',
    `f.yaml:1:7: A space is missing after the colon.
  Write: - name: b`,
  ],
  [
    'text that is no key',
    'x:\n  a b\n  c: d\n',
    `f.yaml:2:3: The line "a b" is not of the form "key: value".
  Write a colon and a space after the key; put a text of several lines under "key: |".`,
  ],
  [
    'an unquoted template',
    'x: {{ foo }}\n',
    `f.yaml:1:4: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: x: "{{ foo }}"`,
  ],
  [
    'an unquoted template with text and a comment behind it',
    '- path: {{ foo }}/bar # here\n',
    `f.yaml:1:9: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: - path: "{{ foo }}/bar"`,
  ],
  [
    'an unquoted template with double quotes in it',
    'x: {{ lookup "k" b }} and more\n',
    `f.yaml:1:4: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: x: '{{ lookup "k" b }} and more'`,
  ],
  [
    'an unquoted template with brackets',
    "- {{ a['b'] }}\n",
    `f.yaml:1:3: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: - "{{ a['b'] }}"`,
  ],
  [
    'an unquoted Jinja statement',
    'x: {% if a %}b{% endif %}\n',
    `f.yaml:1:4: A value that begins with {% needs quotes, or YAML reads it as a map.
  Write: x: "{% if a %}b{% endif %}"`,
  ],
  [
    'two unquoted templates at once',
    'x: {{ foo }}\ny: {{ bar }}\n',
    `f.yaml:1:4: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: x: "{{ foo }}"
f.yaml:2:4: A value that begins with {{ needs quotes, or YAML reads it as a map.
  Write: y: "{{ bar }}"`,
  ],
  [
    'a quote that is not closed',
    "x: 'abc\ny: 1\n",
    `f.yaml:1:4: The quote that opens here is never closed.
  Close it; inside single quotes write a single quote twice.`,
  ],
  [
    'a single quote inside single quotes',
    "x: 'it's'\n",
    `f.yaml:1:8: The value goes on after its closing quote.
  Inside single quotes a single quote is written twice: 'it''s'`,
  ],
  [
    'double quotes inside double quotes',
    'x: {msg: "{{ default a "it\'s" }}"}\n',
    `f.yaml:1:25: The value goes on after its closing quote.
  Double quotes inside the value need single ones around it: '{{ default a "it''s" }}'`,
  ],
  [
    'text behind a closing quote',
    'x: "{{ a }}" b\n',
    `f.yaml:1:14: The value goes on after its closing quote.
  Write: x: '"{{ a }}" b'`,
  ],
  [
    'a bracket that is not closed',
    'x: [1, 2\ny: 3\n',
    `f.yaml:1:4: The bracket that opens here is never closed.
  Close it with ] or }, before the next key.`,
  ],
  [
    'a brace that is not closed',
    'x: {a: 1\n',
    `f.yaml:1:4: The bracket that opens here is never closed.
  Close it with ] or }, before the next key.`,
  ],
  [
    'a bracket too many',
    'x: [a]]\n',
    `f.yaml:1:7: The ] closes nothing.
  Take it out, or put the whole value in quotes.`,
  ],
  [
    'a missing comma',
    'x: {a: "b"\n  c: d}\n',
    `f.yaml:2:3: A comma is missing between the entries in brackets.
  Separate entries with a comma, or put a value with brackets in quotes.`,
  ],
  [
    'an at sign in front',
    'x: @foo\n',
    `f.yaml:1:4: A value cannot begin with @ unless it is in quotes.
  Write: x: "@foo"`,
  ],
  [
    'a percent sign in front',
    '- mode: %foo # why\n',
    `f.yaml:1:9: A value cannot begin with % unless it is in quotes.
  Write: - mode: "%foo"`,
  ],
  [
    'an ampersand in front',
    'x: & b\n',
    `f.yaml:1:4: A value cannot begin with & unless it is in quotes.
  Write: x: "& b"`,
  ],
  [
    'an asterisk in front',
    'x: *.txt\n',
    `f.yaml:1:4: The alias "*.txt" refers to no anchor above it.
  If it is a text that begins with *, put it in quotes: "*.txt"`,
  ],
  [
    'an alias inside its own value',
    'a: &x [*x]\n',
    `f.yaml:1:8: This alias stands inside the very value that it refers to.
  A value cannot contain itself; take the alias out.`,
  ],
  [
    'an unknown escape',
    'x: "C:\\dir"\n',
    `f.yaml:1:7: "\\d" means nothing inside double quotes.
  Write \\\\ for a backslash, or use single quotes, in which nothing is an escape.`,
  ],
  [
    'text behind the bar',
    'x: |foo\n  b\n',
    `f.yaml:1:5: After | or > the text begins on the next line.
  Move the text to the next line, indented; or put a value that begins with | or > in quotes.`,
  ],
  [
    'a second document',
    'a: 1\n---\nb: 2\n',
    `f.yaml:2:1: A second document begins here (---), but a file holds one.
  Take the line --- out, or move what follows to a file of its own.`,
  ],
  [
    'a value that should be encrypted',
    'x: !vault |\n  clear\n',
    `f.yaml:1:11: The value after !vault is no encrypted text.
  Write it with: hostwright vault encrypt --name NAME`,
  ],
  [
    'an unknown tag',
    'x: !foo bar\n',
    `f.yaml:1:9: The tag "!foo" is not supported.
  Only !unsafe (text that is not a template) is; leave the tag out or put the value in quotes.`,
  ],
  [
    'a tag that makes objects',
    'x: !!python/object/apply:os.system [ls]\n',
    `f.yaml:1:36: The tag "!!python/object/apply:os.system" is not supported.
  Only !unsafe (text that is not a template) is; leave the tag out or put the value in quotes.`,
  ],
  [
    'a list as a key',
    '? [a, b]\n: c\n',
    `f.yaml:1:3: A key must be a text, not a list or a map.
  Put the key in quotes if it is meant as text.`,
  ],
  [
    'an empty key',
    ': a\n',
    `f.yaml:1:1: A key of this map is empty.
  Write a name before the colon.`,
  ],
  [
    'a merge of something that is no map',
    'a: {<<: 1}\n',
    `f.yaml:1:9: The key << takes a map or a list of maps.
  Write <<: *name with the name of a map that has an anchor.`,
  ],
  [
    'a number that would lose digits',
    'id: 12345678901234567890\n',
    `f.yaml:1:5: The number 12345678901234567890 is too large to be kept exactly.
  Put it in quotes if it is a name or an identifier: "12345678901234567890"`,
  ],
  [
    'a control character',
    'a: x\u001b[31m\n',
    `f.yaml:1:5: The control character U+001B is not allowed in YAML.
  Delete it, or write it as an escape in a double-quoted text.`,
  ],
  [
    'line ends of an old Mac',
    'a: 1\rb: 2\r',
    `f.yaml:1:5: A carriage return stands here without a line feed.
  Save the file with line ends LF or CR LF.`,
  ],
  [
    'aliases of aliases of aliases',
    'a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n',
    `f.yaml:5:20: Aliases make more than 50000 values out of this file.
  Write fewer aliases of aliases.`,
  ],
  [
    'nesting that is absurd',
    '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n',
    `f.yaml:1:62: The values are nested too deep (more than 60 levels).
  Take inner parts out into variables.`,
  ],
];
