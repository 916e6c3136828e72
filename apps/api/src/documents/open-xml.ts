import { text } from 'node:stream/consumers';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

const OPEN_XML = 'application/vnd.openxmlformats-officedocument.';

/** Word documents, workbooks and presentations of Office Open XML (ECMA-376); templates and files with macros are none. */
export const DOCX = `${OPEN_XML}wordprocessingml.document`;
export const XLSX = `${OPEN_XML}spreadsheetml.sheet`;
export const PPTX = `${OPEN_XML}presentationml.presentation`;

const KINDS = [DOCX, XLSX, PPTX];

/** Whether a media type is one of the three. */
export const isOpenXml = (type: string): boolean => KINDS.includes(type);

const CONTENT_TYPES = '[Content_Types].xml';

/** Far above what office programs write; an archive beyond them is not looked into. */
const MAX_ENTRIES = 5000;
const MAX_NAME_LENGTH = 255;
const MAX_CONTENT_TYPES_SIZE = 1024 * 1024;

/**
 * The type of an Office Open XML file, or undefined for any other archive. What an archive holds is read from its
 * central directory, since the headers in front of the entries lack their lengths when a program wrote it as a stream.
 *
 * @param path of a file that begins like a zip archive
 * @throws the system's errors
 */
export async function openXmlTypeOf(path: string): Promise<string | undefined> {
  try {
    const archive = await openPromise(path, { autoClose: false });
    return await typeOf(archive).finally(() => archive.close());
  } catch (error) {
    // Whatever is wrong with an archive makes it one of another kind; whatever is wrong with the disk does not.
    if (error instanceof Error && 'syscall' in error) throw error;
    return undefined;
  }
}

async function typeOf(archive: ZipFile): Promise<string | undefined> {
  if (archive.entryCount > MAX_ENTRIES) return undefined;
  const names = new Set<string>();
  let list: Entry | undefined;
  for await (const entry of archive.eachEntry()) {
    if (entry.fileNameLength <= MAX_NAME_LENGTH) names.add(entry.fileName);
    if (entry.fileName === CONTENT_TYPES) list = entry;
  }
  if (list === undefined || list.uncompressedSize > MAX_CONTENT_TYPES_SIZE) return undefined;
  const xml = await text(await archive.openReadStreamPromise(list));
  return KINDS.find((kind) => names.has(mainPartOf(xml, kind) ?? ''));
}

/** The archive's entry with the main part of a kind. Two attributes of one tag: no XML parser is needed for that. */
function mainPartOf(xml: string, kind: string): string | undefined {
  const tags = xml.match(/<(?:\w+:)?Override\s[^<>]*>/g) ?? [];
  const tag = tags.find((override) => attribute(override, 'ContentType') === `${kind}.main+xml`);
  return tag === undefined ? undefined : attribute(tag, 'PartName')?.slice(1);
}

function attribute(tag: string, name: string): string | undefined {
  const [, , value] = new RegExp(`\\s${name}\\s*=\\s*(["'])([^"']*)\\1`).exec(tag) ?? [];
  return value;
}
