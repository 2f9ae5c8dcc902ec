import { z } from 'zod';
import type { Change } from '../../core/change.ts';
import { defineModule, type Reads } from '../../core/module.ts';
import type { PathState } from '../../facts/path-state.ts';
import { editXml, findInXml, type XmlChild } from '../../xml/edit.ts';
import { editableText, editedState, editFields, planEdit } from '../edit-file.ts';
import { applyFileSet, type FileSet, undoFileSet } from '../file-set.ts';
import { decodeText, encodeText } from '../file-text.ts';
import { flag, hostPath, ownership, text, withAliases } from '../params.ts';
import { missingFile } from '../problems.ts';

const child = z.union([z.string(), z.record(z.string(), z.unknown())], {
  error: 'must be tags, or maps of a tag and what is in it',
});

const params = withAliases(
  z
    .strictObject({
      path: hostPath.optional().describe('The file.'),
      xmlstring: text
        .optional()
        .describe('XML itself instead of a file; the result has the new text as xmlstring.'),
      xpath: text.optional().describe('XPath 1.0 of the elements or attributes that it is about.'),
      namespaces: z
        .record(z.string(), z.string())
        .default({})
        .describe('Addresses of the prefixes that xpath uses.'),
      state: z.enum(['present', 'absent']).default('present').describe('absent: what xpath finds goes.'),
      attribute: text
        .optional()
        .describe('Name of the attribute that value is for, or that goes with absent.'),
      value: text.optional().describe('Text of the elements, or of the attribute.'),
      add_children: z
        .array(child)
        .optional()
        .describe(
          'Children that shall be there: tag, {tag: text}, {tag: {attribute: value, _: [children]}}.',
        ),
      set_children: z.array(child).optional().describe('The children that shall be there, and no others.'),
      insertbefore: flag.default(false).describe('With add_children: before the element that xpath finds.'),
      insertafter: flag.default(false).describe('With add_children: after the element that xpath finds.'),
      input_type: z
        .enum(['yaml', 'xml'])
        .default('yaml')
        .describe('Whether children that are texts are tags or XML.'),
      count: flag.default(false).describe('Give the number of matches as count.'),
      print_match: flag.default(false).describe('Give the paths of what xpath finds in msg.'),
      content: z
        .enum(['attribute', 'text'])
        .optional()
        .describe('Give what xpath finds as matches: attributes or texts.'),
      pretty_print: flag.default(false).describe('Indent the whole document.'),
      strip_cdata_tags: flag.default(false).describe('Accepted; texts are compared without such tags.'),
      backup: flag
        .default(false)
        .describe('Keep the old version in the backup area; its path is backup_file.'),
      ...ownership,
    })
    .superRefine((values, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if ((values.path === undefined) === (values.xmlstring === undefined))
        issue('path', 'or xmlstring must be given, and not both');
      if (values.xpath === undefined && !values.pretty_print) issue('xpath', 'is required');
      if (values.attribute !== undefined && values.value === undefined && values.state === 'present')
        issue('value', 'is required with attribute');
      const contents = [values.value, values.add_children, values.set_children].filter(
        (given) => given !== undefined,
      );
      if (contents.length > 1) issue('value', ', add_children and set_children: give one of them');
      if (values.insertbefore && values.insertafter)
        issue('insertafter', 'cannot be given together with insertbefore');
    }),
  { path: ['dest', 'file'] },
);

type Params = z.output<typeof params>;

export const xml = defineModule({
  name: 'xml',
  summary: 'Edit and search XML files by XPath.',
  params,
  examples: [
    {
      title: 'An attribute',
      params: {
        path: '/etc/app/server.xml',
        xpath: '/Server/Service/Connector',
        attribute: 'port',
        value: '8081',
      },
    },
    {
      title: 'Look only',
      params: { path: '/etc/app/server.xml', xpath: '//Connector', content: 'attribute' },
    },
  ],
  reads: (values): Reads =>
    values.path === undefined ? {} : { at: editedState(editOf(values, values.path)) },
  check: (values, reads, view): Change<FileSet> | null => {
    const at = reads.at as PathState | undefined;
    if (!at || !changes(values)) {
      if (at && !at.exists)
        throw missingFile(at.realPath, 'Correct the path, or create the file in an earlier task.');
      return null;
    }
    return planEdit(
      editOf(values, at.path),
      at,
      (before) => encodeText(edited(values, decodeText(before))),
      view,
    );
  },
  apply: ({ data }) => applyFileSet(data),
  undo: ({ data }) => undoFileSet(data),
  noUndo: 'The file that was changed is too large to be kept.',
  result: (values, { values: reads, change, output }) => {
    const at = (reads as { at?: PathState }).at;
    const before = at ? decodeText(editableText(at) ?? '') : (values.xmlstring ?? '');
    const after = changes(values) && before !== '' ? edited(values, before) : before;
    const searched = (text: string) =>
      values.xpath === undefined || text === ''
        ? []
        : findInXml(text, whatOf(values), values.xpath, values.namespaces);
    const matches = searched(values.state === 'absent' ? before : after);
    const shown = matches.map(({ tag, attributes, text: inner }) => ({
      [tag]: values.content === 'text' ? inner : attributes,
    }));
    return {
      actions: { xpath: values.xpath, namespaces: values.namespaces, state: values.state },
      ...(at ? editFields(at, change, output) : { xmlstring: after, changed: after !== before }),
      ...(values.count || values.content !== undefined || values.print_match
        ? { count: matches.length }
        : {}),
      ...(values.content === undefined ? {} : { matches: shown }),
      ...(values.print_match
        ? { msg: `${matches.length} match(es): ${matches.map(({ path }) => path).join(' ')}` }
        : {}),
    };
  },
});

/** Whether the task shall change anything, or only looks. */
function changes({
  state,
  value,
  add_children: adds,
  set_children: sets,
  count,
  print_match: prints,
  content,
  pretty_print: pretty,
}: Params): boolean {
  if (state === 'absent' || pretty || value !== undefined || adds !== undefined || sets !== undefined)
    return true;
  return !count && !prints && content === undefined;
}

function edited(values: Params, before: string): string {
  const { xpath, namespaces, state, attribute, value, insertafter, insertbefore } = values;
  return editXml(before, whatOf(values), {
    xpath,
    namespaces,
    state,
    attribute,
    value,
    addChildren: values.add_children as readonly XmlChild[] | undefined,
    setChildren: values.set_children as readonly XmlChild[] | undefined,
    place: insertafter ? 'after' : insertbefore ? 'before' : 'inside',
    childrenAreXml: values.input_type === 'xml',
    pretty: values.pretty_print,
  });
}

function whatOf({ path }: Params): string {
  return path === undefined ? 'the value of xmlstring' : `the file ${path}`;
}

function editOf({ mode, owner, group, backup }: Params, path: string) {
  return { path, mode, owner, group, backup, unsafe_writes: false };
}
