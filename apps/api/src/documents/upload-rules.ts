import type { Tier } from '@clary/nestjs-auth';
import { textTypeOf } from './content-type.js';
import { PDF } from './file-format.js';
import { DOCX, PPTX, XLSX } from './open-xml.js';

/** Bytes. */
const MB = 1024 * 1024;

/** Kinds of documents: media type and name. */
type Kinds = Readonly<Record<string, string>>;

const LITE: Kinds = {
  [PDF]: 'PDF',
  [DOCX]: 'DOCX',
  'text/plain': 'plain text',
  'text/markdown': 'Markdown',
  'text/csv': 'CSV',
  'text/html': 'HTML',
};

const STANDARD: Kinds = {
  ...LITE,
  [XLSX]: 'XLSX',
  [PPTX]: 'PPTX',
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/tiff': 'TIFF',
};

/** What a caller may upload. */
export interface UploadRule {
  readonly tier: Tier;
  /** Bytes of one file. */
  readonly maxSize: number;
  /** Null: any. */
  readonly kinds: Kinds | null;
}

/** What callers may upload, by their effective tier. */
export const UPLOAD_RULES: Readonly<Record<Tier, UploadRule>> = {
  lite: { tier: 'lite', maxSize: 10 * MB, kinds: LITE },
  standard: { tier: 'standard', maxSize: 50 * MB, kinds: STANDARD },
  professional: { tier: 'professional', maxSize: 200 * MB, kinds: null },
};

/** Why a file is not taken. */
export interface FileRefusal {
  readonly status: 400 | 413 | 415;
  readonly message: string;
}

/** Of a file that has more bytes than the tier allows. */
export function tooLarge({ tier, maxSize }: UploadRule): FileRefusal {
  const message = `A file may have at most ${maxSize / MB} MB in the tier ${tier}`;
  return { status: 413, message };
}

/** Of a file of a kind that the tier does not take; null when it does. */
export function wrongKind(
  { tier, kinds }: UploadRule,
  type: string,
  filename: string,
): FileRefusal | null {
  if (kinds === null || Object.hasOwn(kinds, type)) return null;
  const wanted = `The tier ${tier} takes ${Object.values(kinds).join(', ')}`;
  // Without it the verdict "application/octet-stream" would puzzle whoever sent a text in another encoding.
  const hint = textTypeOf(filename) === undefined ? '' : '; a text must be UTF-8 without NUL';
  return { status: 415, message: `${wanted}; this is ${type}${hint}` };
}
