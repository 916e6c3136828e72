// Compiles every TypeScript example of the READMEs, so that none of them tells a reader what is not so. What an example
// does not import itself comes from the packages it is about, and from the few words of its context below.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

const DOCUMENTS = ['README.md', 'libs/auth/README.md'];

const PACKAGES = [
  '@clary/nestjs-auth',
  '@clary/nestjs-auth/migrations',
  '@clary/nestjs-auth/testing',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/testing',
  '@nestjs/typeorm',
];

const CONTEXT = `
  import jsonwebtoken from 'jsonwebtoken';
  import { expect } from 'vitest';
  import { AuthGuard as PassportGuard } from '@nestjs/passport';
  import type { INestApplication } from '@nestjs/common';
  import type { AuthModuleOptions } from '@clary/nestjs-auth';
  export { jsonwebtoken, expect, PassportGuard };
  export declare const app: INestApplication;
  export declare const options: AuthModuleOptions;
  export declare const key: string;
  export declare const record: { id: string; accountId: string };
  export declare const url: string;
  export declare class HealthController {}
  export declare class ReportsController {}
`;
const CONTEXT_FILE = resolve('test/example-context.ts');

const { config } = ts.readConfigFile('test/tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(
  { ...config, include: [] },
  ts.sys,
  resolve('test'),
);

let checked = 0;
const faults = DOCUMENTS.flatMap(checkDocument);
for (const fault of faults) console.error(fault);
console.log(`${checked} examples, ${faults.length} faults`);
if (checked === 0 || faults.length > 0) process.exit(1);

function checkDocument(document) {
  const examples = [...readFileSync(document, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)];
  checked += examples.length;
  const files = new Map(
    examples.map(([, text], index) => [resolve(`test/example-${index + 1}.ts`), text]),
  );
  const names = exportedNames();
  for (const [file, text] of files) files.set(file, withImports(text, names));
  return diagnose(files).map((text) => `${document}: ${text}`);
}

/** Which package, or the context, offers a name; the first that does. */
function exportedNames() {
  const entry = resolve('test/example-names.ts');
  const from = [...PACKAGES, './example-context.js'];
  const text = from.map((name, index) => `export * as _${index} from '${name}';`).join('\n');
  const program = createProgram(new Map([[entry, text]]));
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  const names = new Map();
  for (const namespace of checker.getExportsOfModule(module)) {
    const name = from[Number(namespace.name.slice(1))];
    const exported = checker.getExportsOfModule(checker.getAliasedSymbol(namespace));
    for (const symbol of exported) {
      if (!names.has(symbol.name)) names.set(symbol.name, { from: name, kind: kindOf(symbol) });
    }
  }
  return names;

  function kindOf(symbol) {
    const { flags } =
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return flags & ts.SymbolFlags.Value ? '' : 'type ';
  }
}

function withImports(text, names) {
  const words = new Set(text.match(/\b[A-Za-z]\w*\b/g));
  const own = (word) =>
    new RegExp(`(?:class|const|interface|let|function) ${word}\\b|[{,] ${word}[,} ].*= `).test(
      text,
    ) || new RegExp(`import .*\\b${word}\\b`).test(text);
  const imports = [...names].filter(([word]) => words.has(word) && !own(word));
  const lines = imports.map(
    ([word, { from, kind }]) => `import ${kind}{ ${word} } from '${from}';`,
  );
  return `${lines.join(' ')} export {};\n${text}`;
}

function diagnose(files) {
  return ts
    .getPreEmitDiagnostics(createProgram(files))
    .filter(({ file }) => files.has(file?.fileName ?? ''))
    .map(({ file, start = 0, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      const message = ts.flattenDiagnosticMessageText(messageText, '\n');
      return `${file.fileName.match(/\w+-\d+/)?.[0]}, line ${line}: ${message}`;
    });
}

/** A program over files that exist in memory alone. */
function createProgram(files) {
  const all = new Map([...files, [CONTEXT_FILE, CONTEXT]]);
  const loose = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(loose);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => all.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => all.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, target) =>
    all.has(name)
      ? ts.createSourceFile(name, all.get(name), target)
      : getSourceFile.call(host, name, target);
  host.directoryExists = (name) => dirname(CONTEXT_FILE) === name || ts.sys.directoryExists(name);
  return ts.createProgram([...files.keys()], loose, host);
}
