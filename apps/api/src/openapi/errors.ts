import type {
  PathsObject,
  ReferenceObject,
  ResponseObject,
  ResponsesObject,
} from '@nestjs/swagger';
import { errorBody } from '../http/api.error.js';
import { ERROR_CODES, type ErrorDetail, type ErrorStatus } from '../http/error.schema.js';
import { headersOf, type HeaderName } from './headers.js';
import { rightsOf } from './requirement.js';
import { hasId, readsBody, type DescribedRoute } from './route.js';

/** When a route answers with an error. */
interface ErrorRule {
  readonly when: (route: DescribedRoute) => boolean;
  /** In general; a route may say it more exactly. */
  readonly text: string;
  readonly headers?: readonly HeaderName[];
  readonly details?: readonly ErrorDetail[];
}

const guarded = ({ rule }: DescribedRoute): boolean => !rule.public;
const always = (): boolean => true;
/** Only where the handler says so. */
const ifSaid = (): boolean => false;

/** The errors of operations: which follow from what a route is, and what they say. */
const ERRORS: Partial<Record<ErrorStatus, ErrorRule>> = {
  400: {
    when: (route) => route.validates || readsBody(route),
    text: 'The request is not well-formed. `details` names everything that is wrong, each with its place.',
    details: [{ field: 'limit', message: 'must be a whole number from 1 to 100' }],
  },
  401: {
    when: guarded,
    text: 'There is no credential, or it is not valid. `error_description` says why only if its secret or signature is right.',
    headers: ['WWW-Authenticate'],
  },
  403: {
    when: ({ rule }) => rightsOf(rule) !== '',
    text: 'The caller lacks a permission or the tier.',
    headers: ['WWW-Authenticate'],
  },
  404: {
    when: hasId,
    text: "The account has nothing of this id. So it is also for a malformed id and for another account's.",
  },
  409: { when: ifSaid, text: 'The request conflicts with the current state.' },
  413: { when: readsBody, text: 'The body is larger than 256 KB.' },
  415: { when: readsBody, text: 'There is a body that is not JSON.' },
  416: { when: ifSaid, text: 'The range cannot be satisfied.', headers: ['Content-Range'] },
  422: {
    when: ifSaid,
    text: 'The request is well-formed and cannot be carried out.',
    details: [{ field: 'definition.tasks.0.depends_on', message: 'is part of a cycle: a → b → a' }],
  },
  500: { when: always, text: 'A fault of ours. It is in the log under the request id.' },
  503: {
    when: guarded,
    text: 'The service cannot answer for now. It says nothing of the credential.',
    headers: ['Retry-After'],
  },
};

/** The answers that these operations share, for the components of the document. */
export function errorComponents(paths: PathsObject): Record<string, ResponseObject> {
  const text = JSON.stringify(paths);
  const shared = statuses().filter((status) => text.includes(`"${refTo(status)}"`));
  return Object.fromEntries(
    shared.map((status) => [nameOf(status), errorAnswer(status, ERRORS[status]?.text ?? '')]),
  );
}

/** Every error that a route can answer with. */
export function errorsOf(route: DescribedRoute): ResponsesObject {
  const { errors = {} } = route.options;
  const concerned = statuses().filter(
    (status) => errors[status] !== undefined || ERRORS[status]?.when(route) === true,
  );
  return Object.fromEntries(concerned.map((status) => [status, answerOf(status, route)]));
}

function answerOf(status: ErrorStatus, route: DescribedRoute): ResponseObject | ReferenceObject {
  const text = route.options.errors?.[status] ?? missingRights(status, route);
  if (text === undefined) return { $ref: refTo(status) };
  return errorAnswer(status, text);
}

function missingRights(status: ErrorStatus, { rule }: DescribedRoute): string | undefined {
  return status === 403 ? `The caller lacks ${rightsOf(rule)}.` : undefined;
}

function errorAnswer(status: ErrorStatus, description: string): ResponseObject {
  const { headers, details } = ERRORS[status] ?? {};
  return {
    description,
    headers: headersOf(headers),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        example: errorBody(status, details && { details }),
      },
    },
  };
}

const statuses = (): ErrorStatus[] =>
  Object.keys(ERRORS).map((status) => Number(status) as ErrorStatus);

const refTo = (status: ErrorStatus): string => `#/components/responses/${nameOf(status)}`;

/** `not_found` → `NotFound` */
const nameOf = (status: ErrorStatus): string =>
  ERROR_CODES[status].replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
