import { z } from 'zod';

/** The closed list of codes, by status. */
export const ERROR_CODES = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  416: 'range_not_satisfiable',
  422: 'unprocessable',
  429: 'rate_limited',
  431: 'headers_too_large',
  500: 'internal',
  503: 'unavailable',
} as const;

/** A status that the API answers errors with. */
export type ErrorStatus = keyof typeof ERROR_CODES;

const detail = z
  .strictObject({
    field: z.string().meta({
      description:
        'Path to the member, such as `definition.tasks.0.id`; empty for the body as a whole.',
      examples: ['limit'],
    }),
    message: z.string().meta({
      description: 'What is wrong with it, for people.',
      examples: ['must be a whole number from 1 to 100'],
    }),
  })
  .meta({ id: 'ErrorDetail', description: 'One thing that is wrong with a request.' });

/** The one shape of every error body. */
export const errorBodySchema = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(Object.values(ERROR_CODES)).meta({
        description: 'Which error it is, for programs: one code for each status.',
        examples: ['not_found'],
      }),
      message: z.string().meta({
        description: 'What happened, for people. The wording may change.',
        examples: ['Not found'],
      }),
      details: z.array(detail).optional().meta({
        description:
          'Everything that is wrong, each with its place: with 400 and 422, and where one of several files is refused.',
      }),
    }),
  })
  .meta({ id: 'Error', description: 'The body of every error.' });

/** The body of every error. */
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** One thing that is wrong with a request. */
export type ErrorDetail = z.infer<typeof detail>;
