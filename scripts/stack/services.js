import { spawn } from 'node:child_process';
import { closeSync, fchownSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { USER } from './place.js';

/** Milliseconds until a service must be healthy. */
const PATIENCE = 60_000;

/** The services of a Compose file as processes of this machine, in the order that the file asks for. */
export class Services {
  #running = new Map();
  #starts = new Map();

  /** @param server the PostgreSQL that stands for the one of the `postgres` image */
  constructor({ services }, image, place, server) {
    this.services = services;
    this.image = image;
    this.place = place;
    this.server = server;
    mkdirSync(join(place.folder, 'logs'));
  }

  /** Starts everything; what does not wait for each other starts at once, such as the two replicas. */
  async up() {
    await Promise.all([...this.services.keys()].map((name) => this.start(name)));
  }

  /** Starts a service after those it depends on; done when it is what they wait for: healthy, or completed. */
  start(name) {
    if (!this.#starts.has(name)) this.#starts.set(name, this.#startAfterOthers(name));
    return this.#starts.get(name);
  }

  async #startAfterOthers(name) {
    const service = this.services.get(name);
    const others = Object.entries(service.dependsOn);
    await Promise.all(others.map(([other, condition]) => this.#await(other, condition)));
    this.place.mount(service);
    console.log(`starting ${name}`);
    const running = service.image.startsWith('postgres:')
      ? await this.#preparePostgres(service)
      : this.#spawn(service);
    this.#running.set(name, running);
    await this.#untilReady(service, running);
  }

  async #await(name, condition) {
    await this.start(name);
    const running = this.#running.get(name);
    if (condition !== 'service_completed_successfully') return;
    const code = await running.ended;
    if (code !== 0) throw new Error(`${name} ended with ${code}\n${this.log(name)}`);
  }

  /** The role and the database that the image would make; the role is not even a superuser. */
  async #preparePostgres(service) {
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE } = service.environment;
    const password = readFileSync(this.place.translate(POSTGRES_PASSWORD_FILE, service), 'utf8');
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    const literal = client.escapeLiteral(password.trim());
    await client.query(`CREATE ROLE ${POSTGRES_USER} LOGIN PASSWORD ${literal}`);
    await client.query(`CREATE DATABASE ${POSTGRES_DB} OWNER ${POSTGRES_USER}`);
    await client.end();
    return { stop: () => this.server.stop().then(() => 0) };
  }

  #spawn(service) {
    const command = service.command.length > 0 ? service.command : this.image.command;
    const log = openSync(this.#logPath(service.name), 'a');
    // nginx opens its standard output by name.
    if (USER.uid !== undefined) fchownSync(log, USER.uid, USER.gid);
    const [program, ...args] = this.#arguments(service, command);
    const child = spawn(program, args, {
      ...USER,
      cwd: this.image.folder,
      env: this.#variables(service),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = new Promise((done, fail) => {
      child.on('error', fail);
      child.on('exit', (code, signal) => done(code ?? signal));
    });
    return { ended, stop: () => (child.kill('SIGTERM'), ended) };
  }

  #arguments(service, command) {
    const args = command.map((argument) => this.place.translate(argument, service));
    if (args[0] !== 'redis-server') return args;
    return [...args, '--bind', '127.0.0.1', '--port', String(this.place.portOf(service.name))];
  }

  /** Nothing of this process's own environment, which a container would not have. */
  #variables(service) {
    const own = { ...(service.isOurs && this.image.environment), ...service.environment };
    const translated = Object.entries(own).map(([name, value]) => [
      name,
      this.place.translate(value, service),
    ]);
    const listen = { HOST: '127.0.0.1', PORT: String(this.place.portOf(service.name)) };
    // Here the balancer is a neighbour on this machine, not in a network of Docker's.
    const trust = own.CLARY_TRUSTED_PROXIES && { CLARY_TRUSTED_PROXIES: '127.0.0.1' };
    return {
      PATH: process.env.PATH,
      ...Object.fromEntries(translated),
      ...(service.isOurs && { ...listen, ...trust }),
    };
  }

  async #untilReady(service, { ended }) {
    const check = service.healthCheck === undefined ? this.image.healthCheck : service.healthCheck;
    if (check === null) return;
    const [program, ...args] = check.map((argument) => this.place.translate(argument, service));
    let code;
    void ended?.then((result) => (code = result));
    const deadline = Date.now() + PATIENCE;
    while (!(await succeeds(program, args, this.#variables(service)))) {
      await new Promise((done) => setTimeout(done, 200));
      if (code === undefined && Date.now() < deadline) continue;
      throw new Error(
        `${service.name}: not healthy (${code ?? 'late'})\n${this.log(service.name)}`,
      );
    }
  }

  /** Runs a service that has ended or was stopped once more. */
  async restart(name) {
    this.#starts.delete(name);
    await this.start(name);
    return this.#running.get(name);
  }

  /** Tells a service to stop. @returns its exit code */
  stop(name) {
    return this.#running.get(name).stop();
  }

  /** Stops whatever runs, the last started first. @returns exit codes by name */
  async down() {
    const codes = {};
    for (const [name, { stop }] of [...this.#running].reverse()) codes[name] = await stop();
    return codes;
  }

  /** Everything that a service has said so far. */
  log(name) {
    return readFileSync(this.#logPath(name), 'utf8');
  }

  #logPath(name) {
    return join(this.place.folder, 'logs', `${name}.log`);
  }
}

function succeeds(program, args, env) {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...USER, env, stdio: 'ignore' });
    child.on('error', fail);
    child.on('exit', (code) => done(code === 0));
  });
}
