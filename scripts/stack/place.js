import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** The port that the image of Redis listens on. */
const REDIS_PORT = 6379;

/** Another user than root, as in the containers; who is not root already is one. */
export const USER = process.getuid() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * Where on this machine things are that a container finds under a name of its own: volumes become folders, and
 * `service:port` becomes a port of 127.0.0.1.
 */
export class Place {
  constructor(folder, addresses) {
    this.folder = folder;
    this.addresses = addresses;
  }

  /**
   * @param imagePorts what our own image listens on
   * @param databaseHost host and port of the PostgreSQL that stands for the image's
   */
  static async make(folder, { services, volumes }, imagePorts, databaseHost) {
    for (const volume of volumes) makeFolder(join(folder, 'volumes', volume));
    const addresses = new Map();
    for (const { name, image, isOurs, published } of services.values()) {
      if (image.startsWith('postgres:')) addresses.set(`${name}:5432`, databaseHost);
      else {
        const [port] = isOurs ? imagePorts : [...published, REDIS_PORT];
        addresses.set(`${name}:${port}`, `127.0.0.1:${await freePort()}`);
      }
    }
    return new Place(folder, addresses);
  }

  /** The port of this machine that stands for the one port of a service. */
  portOf(service) {
    const [, address] = [...this.addresses].find(([name]) => name.startsWith(`${service}:`));
    return Number(address.split(':')[1]);
  }

  volume(name) {
    return join(this.folder, 'volumes', name);
  }

  /** A text that speaks of the container, such as a variable or an argument, speaking of this machine. */
  translate(text, { name, volumes }) {
    let translated = text.replaceAll(
      'http://127.0.0.1:8000',
      `http://127.0.0.1:${this.portOf(name)}`,
    );
    for (const [from, to] of this.addresses) translated = translated.replaceAll(from, to);
    for (const { source, target, isFile } of volumes) {
      const path = isFile ? join(this.folder, name, source) : this.volume(source);
      translated = translated.replaceAll(target, path);
    }
    return translated;
  }

  /** What a service mounts read-only it cannot write to, and the rest it can. */
  mount({ name, volumes }) {
    for (const { source, isFile, readOnly } of volumes) {
      if (isFile) this.#translateFile(source, name);
      else chmodSync(this.volume(source), readOnly ? 0o555 : 0o755);
    }
  }

  /** nginx's file; `resolve` is not known to Debian's version, and there is no name to resolve. */
  #translateFile(source, service) {
    const home = join(this.folder, service);
    makeFolder(join(home, 'tmp'));
    let text = readFileSync(source, 'utf8').replaceAll('/tmp/', `${home}/tmp/`);
    for (const [from, to] of this.addresses)
      text = text.replace(new RegExp(`${from}( resolve)?`), to);
    text = text.replace('listen 8000', `listen 127.0.0.1:${this.portOf(service)}`);
    mkdirSync(dirname(join(home, source)), { recursive: true });
    writeFileSync(join(home, source), text);
  }
}

function makeFolder(path) {
  mkdirSync(path, { recursive: true });
  if (USER.uid !== undefined) chownSync(path, USER.uid, USER.gid);
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
