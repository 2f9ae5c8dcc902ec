import { xml } from '../../../src/modules/builtin/xml.ts';
import type { ModuleCases } from './module-case.ts';

const path = '/etc/app.xml';
const STAT = '100:81a4:0:0:1:1:1:8:512:0:0:0:0:0:root:root';
const at = (content: string) => ({
  at: {
    stdout: `path=${path}\0umask=0022\0real=${path}\0parent=directory\0nearest=/etc\0stat=${STAT}\0readable=1\0sha256=${'0'.repeat(64)}\0content=${content}`,
  },
});
const HEAD = '<?xml version="1.0"?>\n<!-- kept -->\n';
const A = `${HEAD}<a>\n  <b c="1">x</b>\n</a>\n`;
const change = (title: string, params: Record<string, unknown>, before: string, after: string) => ({
  title,
  params: { path, ...params },
  reads: at(before),
  expected: { differences: [{ label: path, before, after }], proof: { reads: at(after), left: [] } },
});

export const cases: ModuleCases = {
  module: xml,
  cases: [
    {
      title: 'leaves what is so, as it is written',
      params: { path, xpath: '/a/b', value: 'x' },
      reads: at("<a><b  c='1'>x</b></a>"),
      expected: 'ok',
    },
    change('sets a text', { xpath: '/a/b[@c="1"]', value: 'a < b' }, A, A.replace('>x<', '>a &lt; b<')),
    change('sets an attribute', { xpath: '//b', attribute: 'c', value: 2 }, A, A.replace('"1"', '"2"')),
    change('sets an attribute by its path', { xpath: '/a/b/@c', value: '2' }, A, A.replace('"1"', '"2"')),
    change(
      'makes what is missing',
      { xpath: "/a/d[@e='f']/g/@h", value: 'i' },
      A,
      A.replace('</a>', '<d e="f"><g h="i"/></d></a>'),
    ),
    change('removes elements', { xpath: '//b', state: 'absent' }, A, A.replace('<b c="1">x</b>', '')),
    change(
      'removes an attribute',
      { xpath: '//b', attribute: 'c', state: 'absent' },
      A,
      A.replace(' c="1"', ''),
    ),
    change(
      'adds children once',
      { xpath: '/a/b', add_children: ['d', { e: 'f' }, { g: { h: 1, _: [{ i: 'j' }] } }] },
      A,
      A.replace('x</b>', 'x<d/><e>f</e><g h="1"><i>j</i></g></b>'),
    ),
    change(
      'adds children beside',
      { xpath: '/a/b', add_children: ['<d e="f"/>'], input_type: 'xml', insertbefore: true },
      A,
      A.replace('<b ', '<d e="f"/><b '),
    ),
    change(
      'sets the children',
      { xpath: '/a', set_children: [{ d: '1' }] },
      '<a><b/><c/></a>\n',
      '<a><d>1</d></a>\n',
    ),
    change(
      'knows namespaces',
      { xpath: '/n:a/n:b', namespaces: { n: 'urn:x' }, value: 'y' },
      '<a xmlns="urn:x"/>',
      '<a xmlns="urn:x"><b>y</b></a>',
    ),
    change(
      'indents',
      { pretty_print: true },
      '<a><b>x</b><c><d/></c></a>\n',
      '<a>\n  <b>x</b>\n  <c>\n    <d/>\n  </c>\n</a>\n',
    ),
    {
      title: 'looks',
      params: { xmlstring: '<a><b c="1">x</b><b>y</b></a>', xpath: '/a/b', content: 'text', count: true },
      expected: 'ok',
      result: {
        actions: { xpath: '/a/b', namespaces: {}, state: 'present' },
        xmlstring: '<a><b c="1">x</b><b>y</b></a>',
        changed: false,
        count: 2,
        matches: [{ b: 'x' }, { b: 'y' }],
      },
    },
    {
      title: 'cannot make what is no plain path',
      params: { path, xpath: '//none', value: 'x' },
      reads: at(A),
      expected: {
        error: 'The file /etc/app.xml has nothing at "//none", and a path like that cannot be made.',
      },
    },
    {
      title: 'names a wrong XPath',
      params: { path, xpath: '//b[', value: 'x' },
      reads: at(A),
      expected: { error: 'The XPath "//b[" cannot be used: XPath parse error.' },
    },
    {
      title: 'names what is no XML',
      params: { path, xpath: '//b', value: 'x' },
      reads: at('<a>'),
      expected: { error: 'The file /etc/app.xml is no XML at line 1, column 1: unclosed xml tag(s): a.' },
    },
  ],
};
