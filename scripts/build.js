// Bundles the program with its libraries into dist/: few files, loaded when they are needed, so that a command starts fast.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Found at run time: compiled for the machine, or loaded with files of its own. */
const EXTERNAL = ['jiti'];

/** What a run needs anyway lies together: each file more costs half a millisecond. What is loaded only at times stays apart. */
const GROUPS = [
  { name: 'core', test: /\/src\/(core\/(?!diff)|shell\/sh\.|reporters\/(clean|paint))/ },
  {
    name: 'ssh',
    test: /\/node_modules\/(asn1|bcrypt-pbkdf|tweetnacl|safer-buffer)\/|\/ssh2\/lib\/(?!index|server|http|keygen)/,
  },
  { name: 'yaml', test: /\/node_modules\/yaml\// },
  { name: 'zod', test: /\/node_modules\/zod\/|^no-languages$/ },
  { name: 'modules', test: /\/src\/(facts|modules)\/(?!network-facts|port-|system-facts)[^/]+\.ts$/ },
];

/** Part of ssh2 that is compiled where it is installed; it does without where there is none. */
const nativeParts = {
  name: 'native-parts',
  resolveId: (id) =>
    id.endsWith('/sshcrypto.node')
      ? { id: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', external: true }
      : null,
};

/**
 * ssh2 compiles WebAssembly whenever it is loaded, for a cipher that hosts ask for that have no AES. Here that waits until the cipher is used.
 * What it would ask the processor about its AES is known: Node's own is faster than this in any case.
 */
const cipherWhenNeeded = {
  name: 'cipher-when-needed',
  transform: (code, id) => {
    if (id.endsWith('/ssh2/lib/protocol/constants.js')) {
      return replaceOnce(code, /cpuInfo = require\('cpu-features'\)\(\);/, '');
    }
    if (!id.endsWith('/ssh2/lib/protocol/crypto.js')) return null;
    const wasm = readFileSync(id.replace(/\.js$/, '/poly1305.js'), 'utf8');
    const [, binary] = /base64,([A-Za-z0-9+/=]{100,})"/.exec(wasm) ?? [];
    if (binary === undefined) throw new Error('ssh2 has its WebAssembly in another form now.');
    const first = `let poly1305_auth = (_, ...rest) => {
  POLY1305_WASM_MODULE = {
    instantiateWasm: (imports, receive) => {
      const compiled = new WebAssembly.Module(Buffer.from('${binary}', 'base64'));
      const instance = new WebAssembly.Instance(compiled, imports);
      receive(instance);
      return instance.exports;
    },
  };
  require('./crypto/poly1305.js')(POLY1305_WASM_MODULE);
  POLY1305_RESULT_MALLOC = POLY1305_WASM_MODULE._malloc(16);
  poly1305_auth = POLY1305_WASM_MODULE.cwrap(
    'poly1305_auth', null, ['number', 'array', 'number', 'array', 'number', 'array'],
  );
  return poly1305_auth(POLY1305_RESULT_MALLOC, ...rest);
};`;
    const lazy = replaceOnce(code, /let poly1305_auth;/, () => first);
    return replaceOnce(lazy, /init: \(\(\) => \{[\s\S]*?\}\)\(\),/, 'init: Promise.resolve(),');
  },
};

function replaceOnce(code, pattern, replacement) {
  if (!pattern.test(code)) throw new Error(`${pattern} is not where it was.`);
  return code.replace(pattern, replacement);
}

/** The sixth part of ssh2 that is its SFTP: a host needs none, so that nothing here asks for it. */
const withoutSftp = {
  name: 'without-sftp',
  load: (id) => (id.endsWith('/ssh2/lib/protocol/SFTP.js') ? 'module.exports = {};' : null),
};

/** Of zod's words for its problems only the English ones, which it takes by itself: the other languages are half of it. */
const withoutLanguages = {
  name: 'without-languages',
  resolveId: (id, importer) =>
    id.endsWith('/locales/index.js') && importer?.includes('/node_modules/zod/') ? 'no-languages' : null,
  load: (id) => (id === 'no-languages' ? 'export {};' : null),
};

/** In the sources, libraries that an expression needs are loaded by Node from their own files; here they come into the bundle as well. */
const bundledLibraries = {
  name: 'bundled-libraries',
  transform: (code, id) =>
    id.endsWith('/expressions/libraries.ts')
      ? code.replace(/^const load = createRequire.*$/m, '').replaceAll(/\bload\('/g, "require('")
      : null,
};

/** What stays outside is a script as well: of a script whose compiled code was kept, Node 20 allows no `import()`. */
const outsideAsScripts = {
  name: 'outside-as-scripts',
  transform: (code, id) =>
    id.endsWith('/source/load-module.ts') ? code.replace("await import('jiti')", "require('jiti')") : null,
  renderChunk: (code) =>
    code.replaceAll(
      /(?<![.\w])import\((["'`]node:[\w/]+["'`])\)/g,
      'Promise.resolve({...require($1),default:require($1)})',
    ),
};

const bundle = await rolldown({
  input: { index: 'src/index.ts', main: 'src/cli/main.ts' },
  platform: 'node',
  // Its paths are about types.
  tsconfig: false,
  external: [/^node:/, ...EXTERNAL],
  plugins: [nativeParts, cipherWhenNeeded, withoutSftp, withoutLanguages, bundledLibraries, outsideAsScripts],
  preserveEntrySignatures: 'allow-extension',
  logLevel: 'warn',
});
const { output } = await bundle.write({
  dir: 'dist',
  // CommonJS: its files load faster, and what was compiled of them can be kept, which Node 20 allows of scripts only.
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
  codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
  // Names stay, for traces; what only people need goes.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
for (const { fileName, code } of output) if (code !== undefined) writeAscii(join('dist', fileName), code);
const imports = output.find(({ code }) => /(?<![.\w])import\(/.test(code ?? ''));
if (imports) throw new Error(`${imports.fileName} has an import() that the bundler left as it was.`);
// What playbooks import: the names of the bundle as those of a module.
const { exports: names } = output.find(({ fileName }) => fileName === 'index.cjs');
writeFileSync(
  'dist/index.js',
  `import own from './index.cjs';\nexport const { ${names.join(', ')} } = own;\n`,
);
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences(output.flatMap((chunk) => chunk.moduleIds ?? [])));

/** A file with one letter beyond ASCII takes twice the memory, and twice the time to read. Scripts for hosts are taken as they are written. */
function writeAscii(file, code) {
  if (/(?<![\w$])(sh|raw)`[^`]*[\u0080-\uffff]/.test(code)) {
    throw new Error(`${file} has a script for hosts, or a raw text, with a letter beyond ASCII.`);
  }
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, code.replace(/[\u0080-\uffff]/g, escaped));
}

/** The licence texts of all libraries that have come into the bundle. */
function licences(files) {
  const packages = new Set(
    files.map((file) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean),
  );
  return [...packages]
    .sort()
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'License'].find(
        (candidate) => existsSync(join(directory, candidate)),
      );
      const text = file ? readFileSync(join(directory, file), 'utf8').trim() : `License: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
