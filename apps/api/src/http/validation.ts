import type { ErrorDetail } from './error.schema.js';

/** An issue as Standard Schema reports it. */
interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What is wrong with a request, each with the place where it stands. */
export function toDetails(issues: readonly SchemaIssue[]): ErrorDetail[] {
  return issues.map(({ message, path = [] }) => ({
    field: path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    message,
  }));
}
