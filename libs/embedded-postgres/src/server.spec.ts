import { describe, expect, it } from 'vitest';

import { initdbArguments } from './cluster.js';
import { databaseUrl, newPassword } from './password.js';
import { launchFailure, serverArguments } from './server.js';

describe('the command lines', () => {
  it('keep the server on the loopback and its data on the disk', () => {
    expect(serverArguments('/data', 25_432).join(' ')).toBe(
      '-D /data -c listen_addresses=127.0.0.1 -c port=25432 -c unix_socket_directories= ' +
        '-c fsync=on -c full_page_writes=on -c logging_collector=off -c log_destination=stderr',
    );
  });

  it('make the same cluster on every system', () => {
    expect(initdbArguments('/c', '/p')).toEqual(
      expect.arrayContaining([
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--auth-host=scram-sha-256',
        '--auth-local=scram-sha-256',
        '--pwfile=/p',
      ]),
    );
  });
});

describe('a password', () => {
  it('is new each time and fits into a url as it is', () => {
    const passwords = Array.from({ length: 50 }, newPassword);
    expect(new Set(passwords).size).toBe(50);
    expect(passwords.every((password) => /^[\w-]{32}$/.test(password))).toBe(true);
  });

  it('stands in the url, beside a name of any form', () => {
    const url = new URL(databaseUrl(25_432, 'secret', 'a/b?c#d'));
    expect(url.password).toBe('secret');
    expect(decodeURIComponent(url.pathname)).toBe('/a/b?c#d');
  });
});

describe('a server that did not come up', () => {
  it.each([
    [
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
      'port_taken',
    ],
    ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'old_processes'],
    ['FATAL:  lock file "postmaster.pid" already exists', 'other'],
    ['', 'other'],
  ])('says why in its log: %s', (lines, expected) => {
    expect(launchFailure(lines)).toBe(expected);
  });
});
