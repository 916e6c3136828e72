import type { StandardSchemaConverter } from '@nestjs/swagger';
import { z } from 'zod';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Record<string, unknown>;

/** Whether a schema says what is sent to the API or what it answers. */
type Direction = 'input' | 'output';

/**
 * Turns Zod schemas into those of an OpenAPI 3.1 document, which are JSON Schema 2020-12. Schemas with an id become
 * components, once each, wherever they stand.
 */
export class SchemaComponents {
  private readonly found = new Map<string, JsonSchema>();

  /** For `@nestjs/swagger`, which asks for the schema of every parameter, body and answer. */
  readonly convert: StandardSchemaConverter = (schema, { schemaType }) =>
    schema instanceof z.ZodType ? { schema: this.schemaOf(schema, schemaType) } : undefined;

  /**
   * A schema, or a reference to it when it has an id.
   *
   * @throws Error when two schemas have one id
   */
  schemaOf(schema: z.ZodType, direction: Direction): JsonSchema {
    const options = { target: 'draft-2020-12', io: direction, override: refine } as const;
    const converted = referringToComponents(z.toJSONSchema(schema, options));
    // The dialect of a whole document is said once, by its version.
    delete converted['$schema'];
    const { $defs = {}, ...root } = converted;
    for (const [id, component] of Object.entries($defs as Record<string, JsonSchema>))
      this.add(id, component);
    return root;
  }

  /** Every component so far, by id. */
  get all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private add(id: string, component: JsonSchema): void {
    const known = this.found.get(id);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component))
      throw new Error(`Two schemas are called ${id}, or one differs in requests and answers`);
    this.found.set(id, component);
  }
}

function referringToComponents(schema: unknown): JsonSchema {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as JsonSchema;
}

/** Says what Zod knows and leaves out, and leaves out what says nothing. */
function refine({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const said = (z.globalRegistry.get(zodSchema) ?? {}) as z.core.JSONSchema.BaseSchema;
  // Zod leaves them out of the input of a schema that transforms, since it takes them for results.
  if (said.default !== undefined) jsonSchema.default = said.default;
  if (said.examples !== undefined) jsonSchema.examples = said.examples;
  // A number that is written in a query: the pattern is that of its digits.
  if (jsonSchema.type === 'integer') delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.propertyNames !== undefined) openObject(jsonSchema);
  if (jsonSchema.allOf !== undefined) flatten(jsonSchema);
}

/** A record of anything: that its names are texts goes without saying. */
function openObject(schema: z.core.JSONSchema.BaseSchema): void {
  delete schema.propertyNames;
  schema.additionalProperties = true;
}

/** An intersection with checks that JSON Schema cannot say is the schema that is left. */
function flatten(schema: z.core.JSONSchema.BaseSchema): void {
  const members = (schema.allOf ?? []).filter((member) => Object.keys(member).length > 0);
  const [only, ...others] = members;
  if (only === undefined || others.length > 0) return;
  delete schema.allOf;
  Object.assign(schema, { ...only, ...schema });
}
