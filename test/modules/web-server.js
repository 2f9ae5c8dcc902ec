// A web server for test/modules/http.test.ts, in a process of its own because the tests wait for their scripts. Prints its port.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const MODIFIED = new Date('2024-01-01T00:00:00Z');
const FILE = 'file content\n';

const answers = {
  '/json': (request, response, body) => {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Set-Cookie', 'a=b; Path=/');
    response.setHeader('X-Two-Words', 'v');
    response.end(
      JSON.stringify({
        method: request.method,
        type: request.headers['content-type'],
        x: request.headers['x-a'],
        body,
      }),
    );
  },
  '/redirect': (_, response) => response.writeHead(302, { Location: '/json' }).end(),
  '/file': (request, response) => {
    response.setHeader('Last-Modified', MODIFIED.toUTCString());
    const since = request.headers['if-modified-since'];
    if (since && new Date(since) >= MODIFIED) response.writeHead(304).end();
    else response.end(FILE);
  },
  '/sums': (_, response) => {
    const digest = createHash('sha256').update(FILE).digest('hex');
    response.end(`${'0'.repeat(64)}  other\n${digest}  ./file\n`);
  },
  '/auth': (request, response) => {
    const wanted = `Basic ${Buffer.from('anna:p"w\\').toString('base64')}`;
    response.writeHead(request.headers.authorization === wanted ? 200 : 401).end();
  },
  '/hostile': (_, response) => response.writeHead(404, { Failed: 'false', Changed: 'true' }).end('gone'),
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const answer = answers[request.url.split('?')[0]];
    if (answer) answer(request, response, body);
    else response.writeHead(404, 'Not Found').end('not here');
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
