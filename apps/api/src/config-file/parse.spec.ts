import { AuthSettings, generateDesiredKey, generateMasterKey } from '@clary/nestjs-auth';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../auth-types.js';
import { ConfigError } from '../config/config.error.js';
import { configFileJsonSchema } from './config-file.schema.js';
import { fileEntryOf } from './file-entry.js';
import { parseConfigFile } from './parse.js';

const settings = new AuthSettings({ masterKeys: generateMasterKey(), permissions: PERMISSIONS });
const ACCOUNT = 'acct_0000000000000001';
const TOO_MUCH =
  'f.yaml:1:1: nests too deep, or has aliases that stand for nothing, for themselves or for too much';
const SIMPLE = { accountId: ACCOUNT, name: 'Importer', permissions: ['documents:read'] };

/** Each line of what is said of a text. */
function errorsIn(text: string): string[] {
  try {
    parseConfigFile('f.yaml', text);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.split('\n');
  }
}

const stateOf = (text: string) => parseConfigFile('f.yaml', text).desired;

describe('a configuration file', () => {
  it.each(['revision: 0', '\uFEFFrevision: 0\naccounts: []'])(
    'needs nothing but a revision: %j',
    (text) => {
      expect(stateOf(text)).toEqual({ revision: 0, accounts: [], keys: [] });
    },
  );

  it('may share what stands in several places', () => {
    const { entry } = generateDesiredKey(SIMPLE, settings);
    const text = fileEntryOf(entry)
      .replace(/permissions:\n.*\n/, 'permissions: &read [documents:read]\n')
      .replace(/^ {2}-/, 'keys:\n  -');
    expect(text).toContain('&read');
    expect(stateOf(`revision: 1\n${text}`).keys[0]?.permissions).toEqual(['documents:read']);
  });

  it.each([
    ['', ['f.yaml:1:1: is empty: it needs a revision']],
    ['# nothing\n', ['f.yaml:1:1: is empty: it needs a revision']],
    ['[]', ['f.yaml:1:1: Invalid input: expected object, received array']],
    ['accounts: []', ['f.yaml:1:1: revision: is missing']],
    ['revision: 1\n---\nrevision: 2', ['f.yaml:2:1: there must be one document alone']],
    ['revision: 1\nrevision: 2', ['f.yaml:2:1: a member stands twice']],
    ['revision: "1"', ['f.yaml:1:1: revision: Invalid input: expected number, received string']],
    ['revision: 1\nkeys:', ['f.yaml:2:1: keys: Invalid input: expected array, received null']],
    ['revision: 1\nkey: []', ['f.yaml:2:1: key: is not known here']],
    [
      'revision: 1\nkeys:\n  - name: x\n    teir: lite',
      [
        'f.yaml:3:5: keys[0].id: is missing',
        'f.yaml:3:5: keys[0].account: is missing',
        'f.yaml:3:5: keys[0].permissions: is missing',
        'f.yaml:3:5: keys[0].environment: is missing',
        'f.yaml:3:5: keys[0].verifier: is missing',
        'f.yaml:3:5: keys[0].sealed_digest: is missing',
        'f.yaml:4:5: keys[0].teir: is not known here',
      ],
    ],
    [
      'revision: 1\naccounts:\n- {id: acct_x, name: "", tier: gold}',
      [
        'f.yaml:3:4: accounts[0].id: must be acct_ and 16 letters or digits',
        'f.yaml:3:16: accounts[0].name: must have 1 to 100 characters and no control characters',
        'f.yaml:3:26: accounts[0].tier: Invalid option: expected one of "lite"|"standard"|"professional"',
      ],
    ],
  ])('is told everything that is wrong, with its place: %j', (text, expected) => {
    expect(errorsIn(text)).toEqual(expected);
  });

  it.each([
    ['no YAML', 'revision: [1'],
    ['names that are no texts', 'revision: 1\n1: x'],
    ['tags that nobody reads', 'revision: !one 1'],
    ['aliases of nothing', 'revision: *one'],
  ])('with %s is refused with its place', (_, text) => {
    expect(errorsIn(text)[0]).toMatch(/^f\.yaml:\d+:\d+: ./);
  });

  // In quadratic time this takes longer than a test may.
  it('is read in time, however much stands in it that does not belong there', () => {
    const members = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(errorsIn(`revision: 1\n${members}`)).toHaveLength(21);
    expect(errorsIn(`revision: 1\nkeys:\n${'- {}\n'.repeat(20_000)}`)).toHaveLength(21);
  });

  it('is YAML 1.2, which has no times and sets', () => {
    expect(errorsIn('%YAML 1.1\n---\nrevision: 1')).toContain('f.yaml:1:1: must be YAML 1.2');
  });

  it.each(['revision: &r [*r]', 'revision: 1\nkeys: [*none]', 'revision: 1\nkeys: &k [*k]'])(
    'is refused with an alias that stands for nothing or for itself: %j',
    (text) => {
      expect(errorsIn(text)[0]).toMatch(/^f\.yaml:/);
    },
  );

  it('does not grow by its aliases', () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? '- &a0 [x]' : `- &a${index} [*a${index - 1}, *a${index - 1}, *a${index - 1}]`,
    );
    expect(errorsIn(`revision: 1\naccounts:\n${lines.join('\n')}`)).toEqual([TOO_MUCH]);
  });

  // Past this check the parser would take the whole process down.
  it.each(['[', '{a: ', '- ', '? ', '- - {a: ['])(
    'that nests deeper than the stack is refused: %s',
    (unit) => {
      expect(errorsIn(`revision: 1\naccounts:\n  ${unit.repeat(50_000)}`)).toEqual([TOO_MUCH]);
    },
  );

  it('with very much that is wrong names twenty things, and how many more there are', () => {
    const text = `revision: 1\naccounts:\n${'- x\n'.repeat(25)}`;
    const lines = errorsIn(text);
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe('and 5 more');
  });
});

describe('the entry of a key', () => {
  it.each([
    SIMPLE,
    {
      ...SIMPLE,
      name: '- "odd": name # 1',
      permissions: ['*', 'admin'],
      environment: 'production',
      tier: 'lite',
      methods: ['jwt'],
      rateLimit: 60,
      expiresAt: new Date('2099-01-31T09:30:00.123Z'),
      allowedIps: ['192.0.2.0/24', '2001:db8::/32'],
      metadata: { team: 'billing', nested: [{ a: null }], text: `${'long '.repeat(40)}\nend` },
    } as const,
  ])('is read as it was written, below `keys:`', (request) => {
    const { key, entry } = generateDesiredKey(request, settings);
    const text = `revision: 1\nkeys:\n${fileEntryOf(entry)}`;
    expect(text).not.toContain(key.slice(27));
    expect(stateOf(text).keys).toEqual([entry]);
  });
});

it('the schema for editors names every member and says what it is', () => {
  const { properties } = configFileJsonSchema() as {
    properties: Record<'accounts' | 'keys', { items: { properties: object } }>;
  };
  const members = properties.keys.items.properties;
  expect(Object.keys(members)).toContain('sealed_digest');
  for (const [name, schema] of Object.entries(members))
    expect(schema, name).toHaveProperty('description');
});
