import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiTags, type TagObject } from '@nestjs/swagger';

/** Metadata key of what a controller says of itself. */
const RESOURCE = 'clary:resource';

/**
 * Describes a controller in the OpenAPI document: its operations stand together under this name.
 *
 * @param name a noun
 * @param description Markdown
 */
export function Resource(name: string, description: string): ClassDecorator {
  return applyDecorators(
    SetMetadata(RESOURCE, { name, description } satisfies TagObject),
    ApiTags(name),
  );
}

/** What a controller says of itself; undefined where it says nothing. */
export function resourceOf(controller: object): TagObject | undefined {
  return Reflect.getMetadata(RESOURCE, controller) as TagObject | undefined;
}
