import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** A place in the sources where an error of Rushes is made from an object with its message. */
export interface ErrorSite {
  /** Name of the class. */
  error: string;
  /** Source text of the code; undefined where the class has a default. */
  code: string | undefined;
  /** Source text of the message, on one line. */
  message: string;
  /** Source text of the advice, on one line; undefined for none. */
  advice: string | undefined;
}

const FOLDERS = ['protocol', 'renderer', 'adapters', 'artist', 'party', 'worker', 'verifier', 'coordinator', 'cli'];

/** Every TypeScript source of the product, by path from the repository's root. */
export async function readSources(root: string): Promise<Map<string, ts.SourceFile>> {
  const sources = new Map<string, ts.SourceFile>();
  for (const folder of FOLDERS) {
    const names = await readdir(join(root, folder), { recursive: true }).catch(() => [] as string[]);
    for (const name of names.filter((file) => file.endsWith('.ts') && !file.includes('generated')).sort()) {
      const path = `${folder}/${name}`;
      const text = await readFile(join(root, path), 'utf8');
      sources.set(path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
    }
  }
  return sources;
}

/** Names of the classes that are errors of Rushes. */
export function errorClassesIn(sources: ReadonlyMap<string, ts.SourceFile>): string[] {
  const parents = new Map<string, string>();
  for (const source of sources.values())
    visit(source, (node) => {
      if (!ts.isClassDeclaration(node) || node.name === undefined) return;
      const parent = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
      if (parent !== undefined) parents.set(node.name.text, parent.expression.getText());
    });
  const isError = (name: string | undefined): boolean =>
    name === 'RushesError' || (name !== undefined && isError(parents.get(name)));
  return [...parents.keys()].filter(isError).sort();
}

/** Every place that makes an error from its message, and every text in the sources that is a string literal. */
export function errorSitesIn(sources: ReadonlyMap<string, ts.SourceFile>): {
  sites: ErrorSite[];
  literals: Set<string>;
} {
  const sites: ErrorSite[] = [];
  const literals = new Set<string>();
  for (const [path, source] of sources)
    visit(source, (node) => {
      if (ts.isStringLiteral(node) && !path.endsWith('errorCodes.ts')) literals.add(node.text);
      if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) literals.add(node.name.text);
      const argument = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.arguments?.[0];
      if (!argument || !ts.isObjectLiteralExpression(argument)) return;
      const called = (node as ts.NewExpression | ts.CallExpression).expression.getText();
      const error = called === 'super' ? classOf(node) : called;
      const message = textOf(argument, 'message');
      if (error === undefined || !error.endsWith('Error') || message === undefined) return;
      sites.push({ error, code: textOf(argument, 'code'), message, advice: textOf(argument, 'advice') });
    });
  return { sites, literals };
}

/** Source texts of what errors say, by where they stand: messages, what is wrong with a file, and advice. */
export function sayingsIn(sources: ReadonlyMap<string, ts.SourceFile>): { path: string; text: string }[] {
  const sayings: { path: string; text: string }[] = [];
  for (const [path, source] of sources)
    visit(source, (node) => {
      if (ts.isPropertyAssignment(node) && ['message', 'what', 'advice', 'reason'].includes(node.name.getText()))
        sayings.push({ path, text: node.initializer.getText() });
    });
  return sayings;
}

/** Rows of the table of what the command advises in the place of an error's own advice, by their source text. */
export function commandAdviceIn(source: ts.SourceFile): { code: string; advice: string }[] {
  const rows: { code: string; advice: string }[] = [];
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== 'ADVICE') return;
    if (node.initializer === undefined || !ts.isObjectLiteralExpression(node.initializer)) return;
    for (const row of node.initializer.properties)
      if (ts.isPropertyAssignment(row))
        rows.push({
          code: row.name.getText().replaceAll("'", ''),
          advice: row.initializer.getText().replace(/\s+/g, ' '),
        });
  });
  return rows;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function classOf(node: ts.Node): string | undefined {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent)
    if (ts.isClassDeclaration(at)) return at.name?.text;
  return undefined;
}

/** The source text of a property, without line breaks; undefined where the object has none. */
function textOf(object: ts.ObjectLiteralExpression, name: string): string | undefined {
  const property = object.properties.find((one) => one.name?.getText() === name);
  if (property === undefined) return undefined;
  const value = ts.isPropertyAssignment(property) ? property.initializer : property;
  return value.getText().replace(/\s+/g, ' ');
}
