/**
 * A decorator for classes and methods that adds to what is declared there already, by another decorator or by a base
 * class: whatever is stacked, no declaration loosens another.
 */
export function accumulate(
  key: string,
  values: readonly unknown[],
): ClassDecorator & MethodDecorator {
  return (target: object, _property?: PropertyKey, descriptor?: PropertyDescriptor): void => {
    const holder = (descriptor?.value ?? target) as object;
    const earlier = (Reflect.getMetadata(key, holder) ?? []) as readonly unknown[];
    Reflect.defineMetadata(key, [...earlier, ...values], holder);
  };
}
