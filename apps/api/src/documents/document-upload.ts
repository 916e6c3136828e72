import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../http/api.error.js';
import { toDetails } from '../http/validation.js';
import { jsonObject, nameText } from '../validation/json-object.js';
import type { DocumentFiles } from './document-files.js';
import { readForm, type Arrival, type FormContent, type UploadForm } from './upload-form.js';
import type { FileRefusal, UploadRule } from './upload-rules.js';

/** Files of one batch. */
const MAX_BATCH = 20;

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
export interface Upload extends Arrival, z.infer<typeof fields> {}

/**
 * Reads a multipart upload of one `file`, with `name` and `metadata` before or after it.
 *
 * @throws ApiError 400, 413 or 415; nothing of the upload is left then
 */
export function readUpload(
  request: FastifyRequest,
  files: DocumentFiles,
  rule: UploadRule,
): Promise<Upload> {
  const form: UploadForm = {
    rule,
    maxFiles: 1,
    fields: Object.keys(fields.shape),
    refuse: refuseFile,
  };
  return readForm(request, files, form, completeUpload);
}

/**
 * Reads a multipart upload of 1 to 20 parts called `file`, each named by its file name.
 *
 * @throws ApiError 400, 413 or 415, which names the file in its details; nothing of the upload is left then
 */
export function readBatch(
  request: FastifyRequest,
  files: DocumentFiles,
  rule: UploadRule,
): Promise<Upload[]> {
  const form: UploadForm = { rule, maxFiles: MAX_BATCH, fields: [], refuse: refuseOneOfMany };
  return readForm(request, files, form, completeBatch);
}

function refuseFile({ status, message }: FileRefusal): ApiError {
  return new ApiError(
    status,
    status === 400 ? { details: [{ field: 'file', message }] } : { message },
  );
}

/** Names the file by its position, as in every list, and by its name for whoever reads it. */
function refuseOneOfMany(
  { status, message }: FileRefusal,
  position: number,
  filename: string,
): ApiError {
  const details = [{ field: `file.${position}`, message: `${filename}: ${message}` }];
  return new ApiError(status, { ...(status !== 400 && { message }), details });
}

function completeUpload({ arrivals: [arrival], said }: FormContent): Upload {
  const { data, error } = fields.safeParse({ name: arrival?.filename, ...said });
  if (data === undefined) throw new ApiError(400, { details: toDetails(error.issues) });
  return { ...(arrival as Arrival), ...data };
}

function completeBatch({ arrivals }: FormContent): Upload[] {
  return arrivals.map((arrival, position) => {
    const name = nameText.safeParse(arrival.filename);
    if (name.success) return { ...arrival, name: name.data, metadata: {} };
    const [message = ''] = name.error.issues.map((issue) => issue.message);
    throw refuseOneOfMany(
      { status: 400, message: `The file name ${message}` },
      position,
      arrival.filename,
    );
  });
}
