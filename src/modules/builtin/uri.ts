import { z } from 'zod';
import { defineModule, type Reads } from '../../core/module.ts';
import type { LocalSource } from '../../core/read.ts';
import { localSource } from '../../facts/controller.ts';
import { type GuardState, guardReads, skipReason } from '../command-guards.ts';
import { guardParams } from '../command-run.ts';
import { httpParams } from '../http-params.ts';
import { count, flag, hostPath, integer, listOf, ownership, text, withAliases } from '../params.ts';
import { uriBody } from '../uri-body.ts';
import { type UriFields, uriResult } from '../uri-result.ts';
import { uriScript } from '../uri-script.ts';

const object = z
  .strictObject({
    ...httpParams,
    timeout: count.default(30).describe('Seconds for the connection, and for any silence after it.'),
    method: z
      .string()
      .regex(/^[A-Za-z]+$/, { error: 'must be one word such as GET' })
      .transform((word) => word.toUpperCase())
      .default('GET')
      .describe('Method: GET, POST, PUT, DELETE, PATCH, HEAD, …'),
    body: z.unknown().optional().describe('What is sent: text, or with body_format a map or list.'),
    body_format: z
      .enum(['raw', 'json', 'form-urlencoded', 'form-multipart'])
      .default('raw')
      .describe('How a map or list becomes text; the Content-Type goes with it.'),
    src: text
      .optional()
      .describe('File that is sent instead of body, beside the playbook or with remote_src on the host.'),
    remote_src: flag.default(false).describe('src is a file of the host.'),
    status_code: listOf(integer)
      .or(integer.transform((one) => [one]))
      .default([200])
      .describe('Status numbers that mean success.'),
    return_content: flag
      .default(false)
      .describe('Give the body of the answer as content, also where all went well.'),
    follow_redirects: z
      .union([z.enum(['all', 'none', 'safe', 'urllib2', 'yes', 'no']), z.boolean()])
      .default('safe')
      .describe('all, none, or safe: only where nothing is changed by the request (GET, HEAD).'),
    dest: hostPath
      .optional()
      .describe('File or directory of the host that the body of the answer is written to.'),
    ...ownership,
    unix_socket: hostPath.optional().describe('Socket to connect through.'),
    creates: guardParams.creates,
    removes: guardParams.removes,
  })
  .superRefine((values, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (values.body !== undefined && values.src !== undefined)
      issue('src', 'cannot be given together with body');
    if (values.remote_src && values.src !== undefined && !hostPath.safeParse(values.src).success)
      issue('src', 'must be an absolute path on the host where remote_src is true');
    if (values.src === undefined) {
      const problem = uriBody(values).problem;
      if (problem !== undefined) issue('body', problem);
    }
  });

const params = withAliases(object, { url_username: ['user'], url_password: ['password'] });

export const uri = defineModule({
  name: 'uri',
  summary: 'Talk to a web service from the host.',
  params,
  examples: [
    {
      title: 'Wait until a service is well',
      params: { url: 'http://127.0.0.1:8080/health', status_code: [200, 204] },
    },
    {
      title: 'Send JSON, and use what comes back (result.json)',
      params: {
        url: 'https://api.example.net/hosts',
        method: 'POST',
        body_format: 'json',
        body: { name: 'north' },
        status_code: 201,
      },
    },
  ],
  reads: (values): Reads => ({
    ...guardReads(values),
    ...(values.src !== undefined && !values.remote_src ? { source: localSource(values.src) } : {}),
  }),
  check: (values, reads) => {
    if (skipReason(values, reads.guards as GuardState | undefined) !== undefined) return null;
    return { differences: [], data: (reads.source as LocalSource | undefined)?.file ?? null };
  },
  apply: ({ data }, values) => uriScript(values, data),
  noUndo: 'what a request changes is for the service to know',
  converges: false,
  checkMode: 'skip',
  result: (values, { values: reads, output }): UriFields => {
    if (output) return uriResult(values, output);
    const reason = skipReason(values, reads.guards as GuardState | undefined);
    if (reason === undefined) return { url: values.url };
    return { url: values.url, msg: `skipped, since ${reason}`, stdout: `skipped, since ${reason}` };
  },
});
