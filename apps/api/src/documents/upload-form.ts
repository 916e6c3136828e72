import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { basename } from 'node:path';
import { ApiError } from '../http/api.error.js';
import { TooManyBytesError } from './byte-inspector.js';
import { contentTypeOf } from './content-type.js';
import type { DocumentFiles, ReceivedFile } from './document-files.js';
import { tooLarge, wrongKind, type FileRefusal, type UploadRule } from './upload-rules.js';

/** Bytes of one field. */
const MAX_FIELD_SIZE = 16 * 1024;

/** Bytes of a request beside its files, generously. */
const ENVELOPE = 1024 * 1024;

/** More parts than any request of ours has. */
const SPARE_PARTS = 10;

const MALFORMED = 'The multipart body is malformed or incomplete';

/** A file part that has arrived and may stay. */
export interface Arrival {
  readonly file: ReceivedFile;
  /** Without folders; empty when the client gave none. */
  readonly filename: string;
}

/** A request of several parts: files, and what is said of them. */
export interface UploadForm {
  readonly rule: UploadRule;
  readonly maxFiles: number;
  /** Names of the parts that are no files. */
  readonly fields: readonly string[];
  /** The answer to a file that is not taken. */
  readonly refuse: (refusal: FileRefusal, position: number, filename: string) => ApiError;
}

/** What a form's parts have brought. */
export interface FormContent {
  readonly arrivals: Arrival[];
  readonly said: Record<string, unknown>;
}

/**
 * Reads a multipart body (RFC 7578), its parts in any order. Files go to the disk as they come in. When anything is
 * refused or breaks off, here or in `complete`, nothing of it is left.
 *
 * @param complete makes the result of what has come; throws when something is missing or wrong
 * @throws ApiError 400, 413 or 415
 */
export async function readForm<Result>(
  request: FastifyRequest,
  files: DocumentFiles,
  form: UploadForm,
  complete: (content: FormContent) => Result,
): Promise<Result> {
  checkEnvelope(request, form);
  const content: FormContent = { arrivals: [], said: {} };
  try {
    for await (const part of request.parts(parserOptions(form))) {
      if (part.type === 'field') addField(content.said, part, form);
      else await addFile(content.arrivals, part, form, files);
    }
    if (content.arrivals.length === 0) throw refuseField('file', 'is missing');
    return complete(content);
  } catch (error) {
    await Promise.all(content.arrivals.map(({ file }) => files.discard(file)));
    throw isMalformed(error) ? new ApiError(400, { message: MALFORMED }) : error;
  }
}

/** @param field undefined for a part without a name */
export function refuseField(field: string | undefined, message: string): ApiError {
  return new ApiError(400, { details: [{ field: field ?? '', message }] });
}

/** What can be said before anything is read. */
function checkEnvelope(request: FastifyRequest, { rule, maxFiles }: UploadForm): void {
  if (!request.isMultipart())
    throw new ApiError(415, { message: 'The body must be multipart/form-data' });
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxFiles * rule.maxSize + ENVELOPE)
    throw new ApiError(413, { message: tooLarge(rule).message });
}

/** The plugin tells of a file that is too large only once all of it has come: that is watched while it is written. */
function parserOptions({ maxFiles, fields }: UploadForm): Parameters<FastifyRequest['parts']>[0] {
  return {
    limits: { fileSize: Infinity, fieldSize: MAX_FIELD_SIZE, parts: maxFiles + SPARE_PARTS },
    // Browsers give a file name to every Blob, to one of JSON as well.
    isPartAFile: (field, type, filename) =>
      !fields.includes(field ?? '') &&
      (filename !== undefined || type === 'application/octet-stream'),
  };
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

function addField(
  said: Record<string, unknown>,
  { fieldname, value, ...part }: MultipartValue,
  { fields }: UploadForm,
): void {
  // Now and not at the end, so that no file is read in vain.
  if (fieldname === 'file') throw refuseField('file', 'must be a file, with a file name');
  if (!fields.includes(fieldname)) throw refuseField(fieldname, 'is not a field of this request');
  if (Object.hasOwn(said, fieldname)) throw refuseField(fieldname, 'must be given once');
  if (part.valueTruncated || part.fieldnameTruncated)
    throw refuseField(fieldname, 'must not be larger than 16 KB');
  said[fieldname] = value;
}

async function addFile(
  arrivals: Arrival[],
  part: MultipartFile,
  { rule, maxFiles, refuse }: UploadForm,
  files: DocumentFiles,
): Promise<void> {
  if (part.fieldname !== 'file')
    throw refuseField(part.fieldname, 'is not a field of this request');
  const filename = filenameOf(part);
  const position = arrivals.length;
  if (position === maxFiles) throw refuse(tooMany(maxFiles), position, filename);
  try {
    const file = await files.receive(part.file, rule.maxSize);
    // Before it is judged: whatever has arrived is discarded with the rest.
    arrivals.push({ file, filename });
    const refusal = judge(file, filename, rule);
    if (refusal !== null) throw refuse(refusal, position, filename);
  } catch (error) {
    throw error instanceof TooManyBytesError ? refuse(tooLarge(rule), position, filename) : error;
  }
}

/** A part of type application/octet-stream is a file even if it has no file name, which the plugin's types leave out. */
function filenameOf({ filename }: { readonly filename?: string }): string {
  return basename(filename ?? '');
}

function tooMany(maxFiles: number): FileRefusal {
  return maxFiles === 1
    ? { status: 400, message: 'must be given once' }
    : { status: 413, message: `A request may have at most ${maxFiles} files` };
}

function judge(file: ReceivedFile, filename: string, rule: UploadRule): FileRefusal | null {
  if (file.size === 0) return { status: 400, message: 'must not be empty' };
  return wrongKind(rule, contentTypeOf(file, filename), filename);
}
