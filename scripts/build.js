// Bundles the program with its libraries into dist/: few files, loaded when they are needed, so that a command starts fast.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Found at run time: compiled for the machine, or loaded with files of its own. */
const EXTERNAL = ['cpu-features', 'jiti'];

/** What a run needs anyway lies together: each file more costs half a millisecond. What is loaded only at times stays apart. */
const GROUPS = [
  { name: 'core', test: /\/src\/(core\/(?!diff)|shell\/sh\.|reporters\/(clean|paint))/ },
  {
    name: 'ssh',
    test: /\/node_modules\/(asn1|bcrypt-pbkdf|tweetnacl|safer-buffer)\/|\/ssh2\/lib\/(?!index|server|http|keygen)/,
  },
  { name: 'yaml', test: /\/node_modules\/yaml\// },
  { name: 'zod', test: /\/node_modules\/zod\// },
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

/** The sixth part of ssh2 that is its SFTP: a host needs none, so that nothing here asks for it. */
const withoutSftp = {
  name: 'without-sftp',
  load: (id) => (id.endsWith('/ssh2/lib/protocol/SFTP.js') ? 'module.exports = {};' : null),
};

const bundle = await rolldown({
  input: { index: 'src/index.ts', main: 'src/cli/main.ts' },
  platform: 'node',
  external: [/^node:/, ...EXTERNAL],
  plugins: [nativeParts, withoutSftp],
  preserveEntrySignatures: 'allow-extension',
  transform: { define: { __dirname: 'import.meta.dirname' } },
  logLevel: 'warn',
});
const { output } = await bundle.write({
  dir: 'dist',
  format: 'esm',
  cleanDir: true,
  chunkFileNames: 'chunks/[name]-[hash].js',
  codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
  // Names stay, for traces; what only people need goes.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licences(output.flatMap((chunk) => chunk.moduleIds ?? [])));

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
