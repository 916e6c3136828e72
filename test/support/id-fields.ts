/** What is used of an OpenAPI document. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: object }>>;
  };
}

/** Fields by which a request can name something that exists: what is in the path, what ends in `_id`. */
const NAMES_SOMETHING = /^path |_id$|^header Idempotency-Key$/;

/** Every route of the document, and every field of it that can name something: `POST /v1/api-keys: body account_id`. */
export function fieldsOf(document: OpenApi): string[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const route = `${method.toUpperCase()} ${path}`;
      const fields = namesIn(operation, document).filter((field) => NAMES_SOMETHING.test(field));
      return [route, ...fields.map((field) => `${route}: ${field}`)];
    }),
  );
}

function namesIn({ parameters = [], requestBody }: Operation, document: OpenApi): string[] {
  const bodies = Object.values(requestBody?.content ?? {});
  return [
    ...parameters.map(({ name, in: place }) => `${place} ${name}`),
    ...bodies.flatMap(({ schema }) => membersOf(schema, document)).map((name) => `body ${name}`),
  ];
}

/** Names of all members that a schema knows, however deep. No schema of a request contains itself. */
function membersOf(schema: unknown, document: OpenApi): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { $ref, properties } = schema as { $ref?: string; properties?: object };
  if ($ref !== undefined) return membersOf(resolve($ref, document), document);
  return [
    ...Object.keys(properties ?? {}),
    ...Object.values(schema).flatMap((part) => membersOf(part, document)),
  ];
}

function resolve(reference: string, document: OpenApi): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
}
