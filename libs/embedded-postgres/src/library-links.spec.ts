import { describe, expect, it } from 'vitest';

import { parseLinks } from './library-links.js';

describe('the list of library links', () => {
  it('is read relative to the folder of the binaries', () => {
    const list = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    expect(parseLinks(JSON.stringify(list))).toEqual([
      { path: 'lib/libpq.so.5', target: 'libpq.so.5.18' },
    ]);
  });

  it.each([
    { source: 'native/lib/a', target: '/etc/a' },
    { source: 'native/lib/a', target: 'native/lib/../../a' },
    { source: 'native/lib/a', target: 'native/bin/a' },
    { source: 1, target: 'native/lib/a' },
    { target: 'native/lib/a' },
    null,
  ])('is not followed out of that folder: %j', (entry) => {
    expect(parseLinks(JSON.stringify([entry]))).toEqual([]);
  });
});
