import fc from 'fast-check';

/** One change to a text, at a place given as a share of its length. */
export type Mutation = (text: string) => string;

/** What a header may carry: no control character but the tab, nothing beyond Latin-1. */
const character = fc.oneof(
  fc.constantFrom(...Array.from('.=-_+/ \t,;:"\'%0aZ{}')),
  fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
);

const place = fc.double({ min: 0, max: 1, noNaN: true });

const cut = (text: string, share: number): [string, string] => {
  const at = Math.floor(share * text.length);
  return [text.slice(0, at), text.slice(at)];
};

/** Any change that a credential can suffer: something added, exchanged, cut, doubled, in other letters. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, character).map(
    ([share, added]): Mutation =>
      (text) =>
        cut(text, share).join(added),
  ),
  fc.tuple(place, character).map(([share, other]): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + other + tail.slice(1);
  }),
  fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([share, length]): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.slice(length);
  }),
  fc.tuple(place, place).map(([from, to]): Mutation => (text) => {
    const [head, tail] = cut(text, from);
    const [doubled] = cut(tail, to);
    return head + doubled + tail;
  }),
  place.map(
    (share): Mutation =>
      (text) =>
        cut(text, share).reverse().join(''),
  ),
  place.map((share): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  }),
  place.map((share): Mutation => (text) => {
    const [head, tail] = cut(text, share);
    return head + tail.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  }),
  fc
    .array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 4 })
    .map((order): Mutation => (text) => {
      const segments = text.split('.');
      return order.map((at) => segments[at] ?? '').join('.');
    }),
);
