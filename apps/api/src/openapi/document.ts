import type { RouteRules } from '@clary/nestjs-auth';
import type { INestApplication } from '@nestjs/common';
import {
  SwaggerModule,
  type OpenAPIObject,
  type OperationObject,
  type PathItemObject,
} from '@nestjs/swagger';
import { errorBodySchema } from '../http/error.schema.js';
import { describeOperation } from './describe-operation.js';
import { errorComponents } from './errors.js';
import { headerComponents } from './headers.js';
import { INFO, SERVERS } from './info.js';
import { SchemaComponents } from './json-schema.js';
import { describedHandlers, resourcesOf, type DescribedHandler } from './route.js';
import { bearerScheme, type DocumentedConfig } from './security-scheme.js';

/**
 * The OpenAPI document of an application: the same for the same application and configuration. Nothing is asked and
 * nothing is started for it.
 *
 * @throws Error for a route whose handler is not described by `@Operation`
 */
export function buildDocument(
  app: INestApplication,
  rules: Pick<RouteRules, 'of'>,
  config: DocumentedConfig,
): OpenAPIObject {
  const schemas = new SchemaComponents();
  schemas.schemaOf(errorBodySchema, 'output');
  const about = { openapi: '3.1.1', info: INFO, servers: SERVERS };
  const options = { standardSchemaConverter: schemas.convert };
  const { paths } = SwaggerModule.createDocument(app, about, options);
  const handlers = describedHandlers(app, rules);
  const described = Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      describePath(path, item, handlers, schemas),
    ]),
  );
  return {
    ...about,
    tags: resourcesOf(app),
    paths: described,
    components: {
      schemas: schemas.all,
      responses: errorComponents(described),
      headers: headerComponents(),
      securitySchemes: { bearer: bearerScheme(config) },
    },
  };
}

function describePath(
  path: string,
  item: PathItemObject,
  handlers: ReadonlyMap<string, DescribedHandler>,
  schemas: SchemaComponents,
): PathItemObject {
  const operations = Object.entries(item as Record<string, OperationObject>);
  return Object.fromEntries(
    operations.map(([method, operation]) => {
      const handler = handlers.get(operation.operationId ?? '');
      if (handler === undefined)
        throw new Error(`${method.toUpperCase()} ${path} is not described: give it an @Operation`);
      const route = { ...handler, method, path, validates: isChecked(operation) };
      return [method, describeOperation(operation, route, schemas)];
    }),
  );
}

/** Nest knows a query and a body only where a schema checks them. */
function isChecked({ parameters = [], requestBody }: OperationObject): boolean {
  return requestBody !== undefined || parameters.some((one) => 'in' in one && one.in === 'query');
}
