/** An object as JSON has it, of somebody else's making. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A member of the object itself; names such as `__proto__` must not reach Object.prototype. */
export function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
