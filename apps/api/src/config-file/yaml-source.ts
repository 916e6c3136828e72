import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLError,
} from 'yaml';

/** Names of members and positions in lists, from the outside in. */
export type Path = readonly PropertyKey[];

/** Something to say of a place in a file. */
export interface Remark {
  /** From 1 on. */
  readonly line: number;
  /** From 1 on. */
  readonly column: number;
  /** Empty where nothing in particular is meant. */
  readonly path: Path;
  readonly message: string;
}

const TWICE = 'a member stands twice';

const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'there must be one document alone',
};

/** A YAML text that knows where everything in it stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  constructor(text: string) {
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      stringKeys: true,
      // Its own check takes quadratic time.
      uniqueKeys: false,
    });
  }

  /** What is wrong with it as YAML, tags that nobody reads included. */
  get faults(): Remark[] {
    const { errors, warnings } = this.document;
    return [
      ...[...errors, ...warnings].map((error) => this.fault(error)),
      ...this.versionFault(),
      ...this.repeatedMembers(),
    ];
  }

  get isEmpty(): boolean {
    const { contents } = this.document;
    return contents === null || (isScalar(contents) && contents.value === null);
  }

  /** @throws ReferenceError where aliases would grow beyond measure */
  toJs(): unknown {
    return this.document.toJS() as unknown;
  }

  /** Whether there is anything at a path. */
  has(path: Path): boolean {
    return this.walk(path).isWhole;
  }

  /** Says something of a path; where it does not exist, of the innermost part that does. */
  remark(path: Path, message: string): Remark {
    return { ...this.place(this.walk(path).offset), path, message };
  }

  /** YAML 1.1 reads times, sets and bytes where 1.2 reads texts. */
  private versionFault(): Remark[] {
    const { version } = this.document.directives.yaml;
    return version === '1.2' ? [] : [{ ...this.place(0), path: [], message: 'must be YAML 1.2' }];
  }

  private repeatedMembers(): Remark[] {
    const found: Remark[] = [];
    visit(this.document, {
      Map: (_, { items }) => {
        const names = new Set<unknown>();
        for (const { key } of items) {
          const name = isScalar(key) ? key.value : key;
          if (names.has(name))
            found.push({ ...this.place(startOf(key)), path: [], message: TWICE });
          names.add(name);
        }
      },
    });
    return found;
  }

  private fault({ code, message, pos: [offset] }: YAMLError): Remark {
    return { ...this.place(offset), path: [], message: MESSAGES[code] ?? message };
  }

  private place(offset: number): Pick<Remark, 'line' | 'column'> {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** A member stands where its name stands, an item where it begins. */
  private walk(path: Path): { readonly offset: number; readonly isWhole: boolean } {
    let node: unknown = this.document.contents;
    let offset = startOf(node);
    for (const part of path) {
      const holder = isAlias(node) ? node.resolve(this.document) : node;
      const pair = isMap(holder) ? holder.items.find((item) => nameOf(item) === part) : undefined;
      const item = isSeq(holder) ? holder.items[Number(part)] : undefined;
      if (pair === undefined && item === undefined) return { offset, isWhole: false };
      offset = startOf(pair?.key ?? item);
      node = pair === undefined ? item : pair.value;
    }
    return { offset, isWhole: true };
  }
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

const nameOf = ({ key }: Pair): unknown => (isScalar(key) ? key.value : undefined);
