import { accumulate } from './accumulate.js';

/** Metadata key of the declaration. */
export const PUBLIC = 'clary:public';

/** Opens a route, or a controller's routes, to everybody. The one way out of the guard. */
export function Public(): ClassDecorator & MethodDecorator {
  return accumulate(PUBLIC, [true]);
}
