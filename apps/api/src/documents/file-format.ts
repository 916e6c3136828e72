import { fileTypeFromFile } from 'file-type';
import { readStart } from './file-start.js';
import { isOpenXml, openXmlTypeOf } from './open-xml.js';

export const PDF = 'application/pdf';
const ZIP = 'application/zip';

/** The header of a PDF may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13). */
const SEARCHED = 1024;
const PDF_HEADER = /%PDF-\d\.\d/;
const STARTS_AS_PDF = /^(?:\xef\xbb\xbf)?%PDF-\d\.\d/;

/** The byte order mark of UTF-16, which a decoder of MPEG audio may take for the start of a frame. */
const UTF16_MARKS = ['\xff\xfe', '\xfe\xff'];

/**
 * The media type of a file as its bytes tell it, without parameters; undefined when they tell none.
 *
 * @param isText whether the file is a text from end to end: then it can be a PDF, and nothing else that has a header
 * @throws the system's errors
 */
export async function formatOf(path: string, isText: boolean): Promise<string | undefined> {
  // One character a byte.
  const start = (await readStart(path, SEARCHED)).toString('latin1');
  if (STARTS_AS_PDF.test(start)) return PDF;
  if (isText) return undefined;
  if (start.startsWith('PK\x03\x04')) return archiveFormatOf(path);
  const detected = await detect(path);
  const isMisread = detected === PDF || (detected?.startsWith('audio/') && startsAsUtf16(start));
  if (detected !== undefined && isMisread !== true) return detected;
  return PDF_HEADER.test(start) ? PDF : undefined;
}

const startsAsUtf16 = (start: string): boolean =>
  UTF16_MARKS.some((mark) => start.startsWith(mark));

/** Of an archive, Office Open XML is known for certain; what file-type guesses of it is not. */
async function archiveFormatOf(path: string): Promise<string> {
  const openXml = await openXmlTypeOf(path);
  if (openXml !== undefined) return openXml;
  const detected = await detect(path);
  return detected === undefined || isOpenXml(detected) ? ZIP : detected;
}

/** What file-type makes of it; a file that it chokes on is of no kind that it knows. */
async function detect(path: string): Promise<string | undefined> {
  try {
    // Some types come with parameters (`audio/ogg; codecs=opus`).
    const type = (await fileTypeFromFile(path))?.mime.split(';')[0];
    // An animated PNG is a PNG to every reader that does not know animations.
    return type === 'image/apng' ? 'image/png' : type;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    return undefined;
  }
}
