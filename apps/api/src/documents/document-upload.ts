import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { basename } from 'node:path';
import { z } from 'zod';
import { ApiError } from '../http/api.error.js';
import { jsonObject, nameText } from '../validation/json-object.js';
import { toDetails } from '../http/validation.js';
import type { DocumentFiles, ReceivedFile } from './document-files.js';

/** Bytes. */
const MAX_FILE_SIZE = 200 * 1024 * 1024;
const MAX_METADATA_SIZE = 16 * 1024;

/** The plugin tells of a file that is too large only once all of it has come: that is watched while it is written. */
const LIMITS = { fileSize: Infinity, fieldSize: MAX_METADATA_SIZE, parts: 10 };

/** Bytes of a request beside its file, generously. */
const ENVELOPE = 1024 * 1024;

const MALFORMED = 'The multipart body is malformed or incomplete';
const NO_FIELD = 'is not a field of this request';

/** A part that says it is JSON comes parsed; clients may say so or not. */
const parsedJson = z.unknown().transform((value, context): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON object' });
    return z.NEVER;
  }
});

const fields = z.strictObject({
  name: nameText,
  metadata: parsedJson.pipe(jsonObject).default({}),
});

/** An upload that arrived whole: the file, and what was said of it. */
export interface Upload extends z.infer<typeof fields> {
  readonly file: ReceivedFile;
  readonly filename: string;
}

/** A file part, once it has arrived. */
type Arrived = Pick<Upload, 'file' | 'filename'>;

/**
 * Reads a multipart upload (RFC 7578) of one `file`, with `name` and `metadata` before or after it. The file goes to
 * the disk as it comes in. When the upload is refused or breaks off, nothing of it is left.
 *
 * @throws ApiError 400, 413 or 415
 */
export async function readUpload(request: FastifyRequest, files: DocumentFiles): Promise<Upload> {
  if (!request.isMultipart())
    throw new ApiError(415, { message: 'The body must be multipart/form-data' });
  if (Number(request.headers['content-length'] ?? 0) > MAX_FILE_SIZE + ENVELOPE)
    throw new ApiError(413);
  const said: Record<string, unknown> = {};
  let arrived: Arrived | undefined;
  try {
    for await (const part of request.parts({ limits: LIMITS })) {
      if (part.type === 'field') addField(said, part);
      else arrived = await receiveFile(part, arrived, files);
    }
    return complete(said, arrived);
  } catch (error) {
    if (arrived !== undefined) await files.discard(arrived.file);
    throw isMalformed(error) ? new ApiError(400, { message: MALFORMED }) : error;
  }
}

/**
 * Whether the parser gave up, whose plugin's errors have a code and its own nothing but a text, or the client did:
 * Node's ECONNRESET of a request looks like one of the database, which is not asked here.
 */
function isMalformed(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ApiError) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined
    ? /multipart/i.test(error.message)
    : /^(?:FST_|ERR_STREAM_PREMATURE_CLOSE$|ECONNRESET$)/.test(code);
}

/** @param field undefined for a part without a name */
function refuse(field: string | undefined, message: string): ApiError {
  return new ApiError(400, { details: [{ field: field ?? '', message }] });
}

function addField(
  said: Record<string, unknown>,
  { fieldname, value, ...part }: MultipartValue,
): void {
  // Now and not at the end, so that no file is read in vain.
  if (!Object.hasOwn(fields.shape, fieldname)) throw refuse(fieldname, NO_FIELD);
  if (Object.hasOwn(said, fieldname)) throw refuse(fieldname, 'must be given once');
  if (part.valueTruncated || part.fieldnameTruncated)
    throw refuse(fieldname, 'must not be larger than 16 KB');
  said[fieldname] = value;
}

async function receiveFile(
  part: MultipartFile,
  earlier: Arrived | undefined,
  files: DocumentFiles,
): Promise<Arrived> {
  if (part.fieldname !== 'file') throw refuse(part.fieldname, NO_FIELD);
  if (earlier !== undefined) throw refuse('file', 'must be given once');
  // A part of type application/octet-stream is a file even if it has no file name, which the plugin's types leave out.
  const filename = (part.filename as string | undefined) ?? '';
  return { file: await files.receive(part.file, MAX_FILE_SIZE), filename: basename(filename) };
}

function complete(said: Record<string, unknown>, arrived: Arrived | undefined): Upload {
  if (arrived === undefined) throw refuse('file', 'is missing');
  if (arrived.file.size === 0) throw refuse('file', 'must not be empty');
  const { data, error } = fields.safeParse({ name: arrived.filename, ...said });
  if (data === undefined) throw new ApiError(400, { details: toDetails(error.issues) });
  return { ...arrived, ...data };
}
