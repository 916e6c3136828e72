import type { IssuedApiKey } from '@clary/nestjs-auth';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { claims, mint } from '../support/tokens.js';
import { file, form, office, SAMPLES, zip } from '../support/uploads.js';

const TIERS = ['lite', 'standard', 'professional'] as const;
type Tier = (typeof TIERS)[number];

const MB = 1024 * 1024;
const OPEN_XML = 'application/vnd.openxmlformats-officedocument.';
const DOCX = `${OPEN_XML}wordprocessingml.document`;

let api: TestApi;
let issued: Record<Tier, IssuedApiKey>;
beforeAll(async () => {
  api = await startTestApi();
  const issue = (tier: Tier): Promise<IssuedApiKey> =>
    api.issueKey({ permissions: ['documents:*'], tier });
  issued = {
    lite: await issue('lite'),
    standard: await issue('standard'),
    professional: await issue('professional'),
  };
});
afterAll(() => api.stop());

const send = (
  content: string | Buffer,
  { as, called = 'x', name }: { as: Tier; called?: string; name?: string },
): Promise<Response> =>
  api.request('POST', '/v1/documents', {
    credential: issued[as].key,
    body: form({ file: file(content), ...(name !== undefined && { name }) }, called),
  });

const typeOf = async (answer: Response): Promise<string> => {
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { content_type: string }).content_type;
};

const leftovers = async (): Promise<number> =>
  (await readdir(join(api.dataDir, 'documents')).catch(() => [])).length;

describe('the kinds that a tier takes', () => {
  const bitmap = Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)]);
  it.each<[string, Buffer | string, string, Tier]>([
    ['a PDF', SAMPLES.pdf, 'application/pdf', 'lite'],
    ['a document of Word', office('docx'), DOCX, 'lite'],
    ['a plain text', 'Grüße', 'text/plain', 'lite'],
    ['a workbook of Excel', office('xlsx'), `${OPEN_XML}spreadsheetml.sheet`, 'standard'],
    [
      'a presentation of PowerPoint',
      office('pptx'),
      `${OPEN_XML}presentationml.presentation`,
      'standard',
    ],
    ['a PNG', SAMPLES.png, 'image/png', 'standard'],
    ['a JPEG', SAMPLES.jpeg, 'image/jpeg', 'standard'],
    ['a TIFF', SAMPLES.tiff, 'image/tiff', 'standard'],
    ['a GIF', SAMPLES.gif, 'image/gif', 'professional'],
    ['a bitmap', bitmap, 'image/bmp', 'professional'],
    ['a zip archive', SAMPLES.zip, 'application/zip', 'professional'],
    ['a template of Word', office('dotx'), `${OPEN_XML}wordprocessingml.template`, 'professional'],
    [
      'a document with macros',
      office('docm'),
      'application/vnd.ms-word.document.macroenabled.12',
      'professional',
    ],
    ['noise', randomBytes(64).fill(0, 0, 8), 'application/octet-stream', 'professional'],
  ])('%s, from its own upwards', async (_, content, type, lowest) => {
    for (const tier of TIERS) {
      const answer = await send(content, { as: tier });
      if (TIERS.indexOf(tier) >= TIERS.indexOf(lowest)) {
        expect(await typeOf(answer)).toBe(type);
      } else {
        const files = await leftovers();
        expect(answer.status).toBe(415);
        const body = (await answer.json()) as { error: { code: string; message: string } };
        expect(body.error).toEqual({
          code: 'unsupported_media_type',
          message: expect.stringContaining(`this is ${type}`) as string,
        });
        expect(await leftovers()).toBe(files);
      }
    }
  });

  it('are told to whoever sends another', async () => {
    const { error } = (await (await send(SAMPLES.png, { as: 'lite' })).json()) as {
      error: { message: string };
    };
    expect(error.message).toBe(
      'The tier lite takes PDF, DOCX, plain text, Markdown, CSV, HTML; this is image/png',
    );
  });

  it('are those of the call, which a token may lower', async () => {
    const { key, record } = issued.standard;
    const token = (tier?: string): string =>
      mint(key, claims('user', { ...(tier !== undefined && { tier }) }), { kid: record.id });
    const as = async (credential: string): Promise<number> => {
      const body = form({ file: file(SAMPLES.png) });
      return (await api.request('POST', '/v1/documents', { credential, body })).status;
    };
    expect([await as(token()), await as(token('lite'))]).toEqual([201, 415]);
  });
});

describe('the kind of a file is that of its bytes', () => {
  it.each<[string, Buffer | string, string]>([
    ['a PNG called .txt', SAMPLES.png, 'x.txt'],
    ['a zip archive called .docx', SAMPLES.zip, 'x.docx'],
    ['a zip archive with a folder of Word', zip({ 'word/document.xml': '<x/>' }), 'x.docx'],
    [
      'a zip archive with a list of types alone',
      zip({
        '[Content_Types].xml': `<Types><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`,
      }),
      'x.docx',
    ],
    ['half a document of Word', office('docx').subarray(0, -30), 'x.docx'],
    ['a program called .pdf', Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), 'x.pdf'],
    ['text in Latin-1', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'x.txt'],
    ['text with NUL', 'a\0b', 'x.txt'],
    ['text in UTF-16', Buffer.from('\ufeffHello', 'utf16le'), 'x.txt'],
    ['text that ends within a character', Buffer.from('Grü').subarray(0, -1), 'x.txt'],
  ])('%s is refused to the tier lite', async (_, content, called) => {
    expect((await send(content, { as: 'lite', called })).status).toBe(415);
  });

  it('says of a text in another encoding which it must be in', async () => {
    const answer = await send(Buffer.from('\ufeffHello', 'utf16le'), {
      as: 'lite',
      called: 'x.txt',
    });
    expect(await answer.text()).toContain('a text must be UTF-8 without NUL');
  });

  it.each<[string, Buffer | string, string, string]>([
    ['Markdown by its name', '# Title', 'x.md', 'text/markdown'],
    ['CSV by its name', 'a,b', 'X.CSV', 'text/csv'],
    ['HTML by its name', '<p>', 'x.html', 'text/html'],
    ['text called .png', 'Hello', 'x.png', 'text/plain'],
    ['text that begins like a bitmap', 'BMW', 'x.txt', 'text/plain'],
    ['text that begins like a tape archive', `${'a'.repeat(257)}ustar`, 'x.txt', 'text/plain'],
    ['text about PDF', 'See %PDF-1.4', 'x.txt', 'text/plain'],
    ['text with a byte order mark', '\ufeffHello', 'x.txt', 'text/plain'],
    ['a PDF of ASCII alone', '%PDF-1.4\n%%EOF', 'x.txt', 'application/pdf'],
    [
      'a PDF after a few bytes',
      Buffer.concat([Buffer.from('\r\n\xff\xff', 'latin1'), SAMPLES.pdf]),
      'x',
      'application/pdf',
    ],
    ['a document written as a stream, its list last', office('docx', { last: true }), 'x', DOCX],
    [
      'a document with 3 MB of pictures in front of its list',
      office('docx', { last: true, more: { 'word/media/a.bin': randomBytes(3 * MB) } }),
      'x',
      DOCX,
    ],
  ])('%s is taken', async (_, content, called, type) => {
    expect(await typeOf(await send(content, { as: 'lite', called }))).toBe(type);
  });

  it('is told by the name of the document when that of the file says nothing', async () => {
    expect(await typeOf(await send('# A', { as: 'lite', called: 'blob', name: 'a.md' }))).toBe(
      'text/markdown',
    );
    expect(await typeOf(await send('# A', { as: 'lite', called: 'a.txt', name: 'a.md' }))).toBe(
      'text/plain',
    );
  });

  it('of a text in UTF-16 is no music', async () => {
    expect(
      await typeOf(await send(Buffer.from('\ufeffHello', 'utf16le'), { as: 'professional' })),
    ).toBe('application/octet-stream');
  });
});

describe('the largest file of a tier', () => {
  it.each<[Tier, number]>([
    ['lite', 10],
    ['standard', 50],
  ])('%s is %d MB, and not a byte more', async (tier, megabytes) => {
    const most = Buffer.alloc(megabytes * MB, 'a');
    expect((await send(most, { as: tier })).status).toBe(201);
    const files = await leftovers();
    const answer = await send(Buffer.concat([most, Buffer.from('a')]), { as: tier });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      error: {
        code: 'payload_too_large',
        message: `A file may have at most ${megabytes} MB in the tier ${tier}`,
      },
    });
    expect(await leftovers()).toBe(files);
  });
});
