import { describe, expect, it } from 'vitest';

import { chooseUser, parseAccounts } from './cluster-user.js';

const DEBIAN = `root:x:0:0:root:/root:/bin/bash
# a remark
ada:x:1000:1001:Ada:/home/ada:/bin/sh
wheel:x:1002:0::/:/bin/sh
nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
broken:x:one:two
`;
const accounts = parseAccounts(DEBIAN);
const NOBODY = { uid: 65_534, gid: 65_533 };

describe('the accounts of a system', () => {
  it('are read line by line', () => {
    expect(accounts.map(({ name }) => name)).toEqual(['root', 'ada', 'wheel', 'nobody']);
  });

  it('have the ids the system calls want', () => {
    expect(parseAccounts('nobody:*:-2:-2:Unprivileged:/var/empty:/usr/bin/false')).toEqual([
      { name: 'nobody', uid: 4_294_967_294, gid: 4_294_967_294 },
    ]);
  });
});

describe('the user of a cluster', () => {
  it('is nobody for a folder that is missing or belongs to root', () => {
    expect(chooseUser(accounts, undefined, false)).toEqual(NOBODY);
    expect(chooseUser(accounts, { uid: 0, gid: 0 }, true)).toEqual(NOBODY);
  });

  it("is the folder's owner otherwise, with the owner's own group", () => {
    expect(chooseUser(accounts, { uid: 1000, gid: 0 }, false)).toEqual({ uid: 1000, gid: 1001 });
  });

  it('is an owner without an account only once there is a cluster', () => {
    const stranger = { uid: 4242, gid: 4243 };
    expect(chooseUser(accounts, stranger, false)).toEqual(NOBODY);
    expect(chooseUser(accounts, stranger, true)).toEqual(stranger);
  });

  it("never keeps root's group", () => {
    expect(chooseUser(accounts, { uid: 1002, gid: 0 }, true)).toEqual({ uid: 1002, gid: 65_533 });
  });

  it('is none on a system without nobody', () => {
    expect(chooseUser([], undefined, false)).toBeUndefined();
    expect(chooseUser([{ name: 'nobody', uid: 0, gid: 0 }], undefined, false)).toBeUndefined();
  });
});
