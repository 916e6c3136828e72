import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ERROR_CODES } from '../../apps/api/src/http/error.schema.js';
import { isDecodable, templateOf } from './path-template.js';

/** What is used of an OpenAPI document whose references are resolved by their pointers. */
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, Reference & AnswerObject>>;
}

interface AnswerObject {
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Reference {
  readonly $ref?: string;
}

/** A header of which others are a reference. */
interface HeaderDescription {
  readonly required?: boolean;
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The document that a running API serves. */
export async function readDocument(url: string): Promise<object> {
  const answer = await fetch(`${url}/openapi.json`);
  return (await answer.json()) as object;
}

/** One exchange of a test. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The JSON body, if one was sent. */
  readonly json?: unknown;
  readonly answer: Response;
}

/** Where something stands in the document (RFC 6901). */
type Pointer = readonly string[];

const JSON_TYPE = 'application/json';

/** Compares what an API does with its own description of itself. */
export class DocumentedApi {
  private readonly ajv = new Ajv2020({ allErrors: true, strict: true });

  private readonly document: { readonly paths: Paths };

  /** @param document OpenAPI 3.1 */
  constructor(document: object) {
    this.document = document as { readonly paths: Paths };
    addFormats.default(this.ajv);
    // The document as a whole is no schema; those within are found by their place.
    this.ajv.addVocabulary(Object.keys(document));
    this.ajv.addSchema(document, 'openapi', false, false);
  }

  /** What is not as the document says, as sentences; empty where all is. The answer can still be read. */
  async differences(exchange: Exchange): Promise<string[]> {
    const { method, path, answer } = exchange;
    const found = this.find(path, method);
    const problems = await (found === undefined
      ? this.judgeUnrouted(exchange)
      : this.judgeRouted(exchange, found));
    return problems.map((problem) => `${method} ${path} → ${answer.status}: ${problem}`);
  }

  /** The operation that a request reaches. */
  private find(path: string, method: string): Pointer | undefined {
    const template = templateOf(path, Object.keys(this.document.paths));
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    if (template === undefined || this.document.paths[template]?.[name] === undefined)
      return undefined;
    return ['paths', template, name];
  }

  /** Other paths and methods: the rules that all of them share. */
  private async judgeUnrouted({ method, answer }: Exchange): Promise<string[]> {
    if (method === 'OPTIONS' && answer.status === 204) return [];
    if (![400, 404, 405].includes(answer.status)) return ['nothing of it is documented'];
    const allow = answer.status === 405 && !answer.headers.has('Allow') ? ['Allow is missing'] : [];
    return [...allow, ...(await this.judgeError(method, answer))];
  }

  private async judgeRouted(exchange: Exchange, found: Pointer): Promise<string[]> {
    const { method, path, answer } = exchange;
    // What the router cannot decode reaches no operation.
    if (answer.status === 400 && !isDecodable(path)) return this.judgeError(method, answer);
    const operation = this.resolve(found) as Operation;
    const said = operation.responses[String(answer.status)];
    if (said === undefined) return ['this status is not documented'];
    const at =
      said.$ref === undefined
        ? [...found, 'responses', String(answer.status)]
        : toPointer(said.$ref);
    return [
      ...this.judgeHeaders(answer.headers, at),
      ...(await this.judgeBody(method, answer, at)),
      ...(answer.ok ? this.judgeRequest(exchange, found, operation) : []),
    ];
  }

  private judgeHeaders(headers: Headers, at: Pointer): string[] {
    const documented = Object.entries((this.resolve(at) as AnswerObject).headers ?? {});
    return documented.flatMap(([name, { $ref = '' }]) => {
      const value = headers.get(name);
      const { required } = this.resolve(toPointer($ref)) as HeaderDescription;
      if (value === null) return required === true ? [`the header ${name} is missing`] : [];
      return this.judge(value, [...toPointer($ref), 'schema'], `the header ${name}`);
    });
  }

  private async judgeBody(method: string, answer: Response, at: Pointer): Promise<string[]> {
    const { content } = this.resolve(at) as AnswerObject;
    if (method === 'HEAD') return [];
    if (content === undefined) return answer.body === null ? [] : this.judgeEmpty(answer);
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    const name = [type, '*/*'].find((key) => key in content);
    if (name === undefined) return [`the type ${type} is not documented`];
    if (name !== JSON_TYPE) return [];
    const body: unknown = await answer.clone().json();
    return [
      ...this.judge(body, [...at, 'content', name, 'schema'], 'the body'),
      ...judgeCode(body, answer.status),
    ];
  }

  private async judgeEmpty(answer: Response): Promise<string[]> {
    return (await answer.clone().text()) === '' ? [] : ['no body is documented'];
  }

  private async judgeError(method: string, answer: Response): Promise<string[]> {
    if (method === 'HEAD') return [];
    const body: unknown = await answer.clone().json();
    return [
      ...this.judge(body, ['components', 'schemas', 'Error'], 'the body'),
      ...judgeCode(body, answer.status),
    ];
  }

  /** What was accepted is documented as well. */
  private judgeRequest({ path, json }: Exchange, found: Pointer, operation: Operation): string[] {
    const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const query = [...new URL(path, 'http://api').searchParams.keys()];
    const surplus = query.filter((name) => !known.some((parameter) => parameter.name === name));
    const at = [...found, 'requestBody', 'content', JSON_TYPE, 'schema'];
    const body = operation.requestBody?.content[JSON_TYPE];
    return [
      ...(known.length > 0 ? surplus.map((name) => `the parameter ${name} is not documented`) : []),
      ...(json === undefined || body === undefined ? [] : this.judge(json, at, 'the request')),
    ];
  }

  private judge(value: unknown, at: Pointer, what: string): string[] {
    const validate = this.ajv.getSchema(toReference(at)) as ValidateFunction;
    if (validate(value)) return [];
    return [`${what} does not match: ${this.ajv.errorsText(validate.errors)}`];
  }

  private resolve(at: Pointer): unknown {
    return at.reduce<unknown>(
      (value, name) => (value as Record<string, unknown>)[name],
      this.document,
    );
  }
}

/** Each status has its code; a body that is no error has none. */
function judgeCode(body: unknown, status: number): string[] {
  const { error } = body as { error?: { code?: unknown } | null };
  if (status < 400 || error === undefined || error === null) return [];
  const expected = (ERROR_CODES as Record<number, string>)[status];
  return error.code === expected ? [] : [`the code is ${String(error.code)}, not ${expected}`];
}

const toPointer = (reference: string): Pointer => reference.slice('#/'.length).split('/');

const toReference = (at: Pointer): string =>
  `openapi#/${at.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
