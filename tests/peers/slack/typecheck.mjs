// Holds each payload on standard input against Slack's own types, with the TypeScript compiler, and lists what it says of each.
import { text } from 'node:stream/consumers';
import ts from 'typescript';
import { parse } from 'yaml';

// Not AnyBlock, which lets anything pass that has a type.
const blocks = `{ blocks: import('@slack/types').KnownBlock[] }`;
const types = {
  message: `${blocks} & { text: string }`,
  modal: `${blocks} & Omit<import('@slack/types').ModalView, 'blocks'>`,
  home: `${blocks} & Omit<import('@slack/types').HomeView, 'blocks'>`,
  manifest: `import('@slack/web-api').AppsManifestValidateArguments['manifest']`,
};

const payloads = JSON.parse(await text(process.stdin));
const sources = new Map(payloads.map(({ kind, json, yaml }, index) => [
  `${import.meta.dirname}/payload-${index}.mts`,
  `export const payload: ${types[kind]} = ${JSON.stringify(yaml === undefined ? json : parse(yaml))};\n`,
]));

const options = { noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] };
const host = ts.createCompilerHost(options);
const { readFile, fileExists, getSourceFile } = host;
host.readFile = name => sources.get(name) ?? readFile(name);
host.fileExists = name => sources.has(name) || fileExists(name);
host.getSourceFile = (name, ...rest) => sources.has(name)
  ? ts.createSourceFile(name, sources.get(name), ...rest)
  : getSourceFile(name, ...rest);

const program = ts.createProgram([...sources.keys()], options, host);
console.log(JSON.stringify([...sources.keys()].map(name => ts.getPreEmitDiagnostics(program, program.getSourceFile(name))
  .map(diagnostic => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')))));
