import { crc32, deflateRawSync } from 'node:zlib';

/** A multipart form: texts as fields, bytes as files of the given name. */
export function form(parts: Record<string, string | Blob>, filename = 'report.txt'): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, value, filename);
  }
  return data;
}

/** The bytes of a file part. */
export const file = (content: string | Buffer = 'Hello, world'): Blob =>
  new Blob([Buffer.from(content as string)]);

/** A zip archive, as a program writes it that knows the lengths in advance, or one that streams. */
export function zip(entries: Record<string, string | Buffer>, { streamed = false } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content as string);
    const packed = deflateRawSync(data);
    const sums = Buffer.alloc(12);
    sums.writeUInt32LE(crc32(data), 0);
    sums.writeUInt32LE(packed.length, 4);
    sums.writeUInt32LE(data.length, 8);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(streamed ? 8 : 0, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(name.length, 22);
    sums.copy(common, 10);
    const local = Buffer.from(common);
    if (streamed) local.fill(0, 10, 22);
    const central = Buffer.alloc(16);
    central.writeUInt32LE(offset, 12);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, central.subarray(2));
    directory.push(Buffer.from(name));
    const record = [Buffer.from('PK\x03\x04', 'latin1'), local, Buffer.from(name), packed];
    if (streamed) record.push(Buffer.from('PK\x07\x08', 'latin1'), sums);
    parts.push(...record);
    offset += Buffer.concat(record).length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(entries).length, 4);
  end.writeUInt16LE(Object.keys(entries).length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const MAIN = 'application/vnd.openxmlformats-officedocument.';

/** Where each office program keeps its main part, and the type of that. */
const OFFICE = {
  docx: ['word/document.xml', `${MAIN}wordprocessingml.document.main+xml`],
  xlsx: ['xl/workbook.xml', `${MAIN}spreadsheetml.sheet.main+xml`],
  pptx: ['ppt/presentation.xml', `${MAIN}presentationml.presentation.main+xml`],
  dotx: ['word/document.xml', `${MAIN}wordprocessingml.template.main+xml`],
  docm: ['word/document.xml', 'application/vnd.ms-word.document.macroEnabled.main+xml'],
} as const;

/** An Office Open XML file with little in it. */
export function office(kind: keyof typeof OFFICE, { last = false, more = {} } = {}): Buffer {
  const [part, type] = OFFICE[kind];
  const types = `<?xml version="1.0"?><Types><Override PartName="/${part}" ContentType="${type}"/></Types>`;
  const parts = { [part]: '<document/>', ...more };
  const list = { '[Content_Types].xml': types };
  return zip(last ? { ...parts, ...list } : { ...list, ...parts }, { streamed: last });
}

/** The smallest files of their kinds, or their beginnings. */
export const SAMPLES = {
  pdf: Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n', 'latin1'),
  png: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  jpeg: Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'),
  tiff: Buffer.from('49492a000800000001000001030001000000010000000000000000', 'hex'),
  gif: Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'),
  zip: zip({ 'readme.txt': 'Hello' }),
} as const;
