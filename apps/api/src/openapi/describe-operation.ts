import type {
  ContentObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
} from '@nestjs/swagger';
import { errorsOf } from './errors.js';
import { headersOf } from './headers.js';
import type { SchemaComponents } from './json-schema.js';
import type { Answer, MultipartBody, OperationOptions } from './operation.decorator.js';
import { requirementMembers, requirementText } from './requirement.js';
import type { DescribedRoute } from './route.js';

/** Completes what Nest's module found of an operation by what its handler says and by what follows from its route. */
export function describeOperation(
  found: OperationObject,
  route: DescribedRoute,
  schemas: SchemaComponents,
): OperationObject {
  const { options } = route;
  const body = options.multipart ? multipartBody(options.multipart, schemas) : found.requestBody;
  return {
    ...found,
    description: `${options.description}\n\n${requirementText(route)}`,
    ...requirementMembers(route),
    parameters: parametersOf(found, options, schemas),
    ...(body && { requestBody: body }),
    responses: { ...answersOf(route, schemas), ...errorsOf(route) },
  };
}

/** Those of the path are known to Nest by name alone, and headers not at all. */
function parametersOf(
  { parameters = [] }: OperationObject,
  { pathParameters = {}, requestHeaders = {} }: OperationOptions,
  schemas: SchemaComponents,
): ParameterObject[] {
  const path = Object.entries(pathParameters).map(([name, schema]) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: schemas.schemaOf(schema, 'input'),
  }));
  const query = (parameters as ParameterObject[]).filter((parameter) => parameter.in === 'query');
  const headers = Object.entries(requestHeaders).map(([name, description]) => ({
    name,
    in: 'header' as const,
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...[...path, ...query].map(promote), ...headers];
}

/**
 * What is said of a parameter stands beside its schema, where every reader looks for it. What may be left out has no
 * example: pages that send requests would send it.
 */
function promote(parameter: ParameterObject): ParameterObject {
  const { description, example, examples, ...schema } = parameter.schema as Record<string, unknown>;
  const [first = example] = (examples ?? []) as unknown[];
  return {
    ...parameter,
    description: (description ?? parameter.description) as string,
    schema,
    ...(parameter.required === true && { example: first }),
  };
}

function multipartBody(
  { schema, description, partTypes }: MultipartBody,
  schemas: SchemaComponents,
): RequestBodyObject {
  const parts = Object.entries(partTypes).map(([name, contentType]) => [name, { contentType }]);
  const content = {
    schema: schemas.schemaOf(schema, 'input'),
    encoding: Object.fromEntries(parts) as Record<string, { contentType: string }>,
  };
  return { description, required: true, content: { 'multipart/form-data': content } };
}

function answersOf(
  { options, rule }: DescribedRoute,
  schemas: SchemaComponents,
): Record<string, ResponseObject> {
  const entries = Object.entries(options.answers).map(([status, answer]) => {
    const { description, headers = [] } = answer;
    // What a credential gives is private (RFC 9111, section 5.2.2.7).
    const all = rule.public ? headers : ['Cache-Control' as const, ...headers];
    const content = contentOf(answer, schemas);
    return [status, { description, headers: headersOf(all), ...(content && { content }) }];
  });
  return Object.fromEntries(entries) as Record<string, ResponseObject>;
}

function contentOf(
  { schema, content }: Answer,
  schemas: SchemaComponents,
): ContentObject | undefined {
  if (schema !== undefined)
    return { 'application/json': { schema: schemas.schemaOf(schema, 'output') } };
  // Bytes have no schema (OpenAPI 3.1, section 4.8.14.2).
  return content && Object.fromEntries(content.map((type) => [type, {}]));
}
