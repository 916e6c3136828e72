import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * Reads a Compose file: what of each service this test needs, in one form where the file allows several.
 *
 * @param {string} path
 */
export function readCompose(path) {
  const { services, volumes } = parse(readFileSync(path, 'utf8'), { merge: true });
  const read = Object.entries(services).map(([name, service]) => [
    name,
    readService(name, service),
  ]);
  return { services: new Map(read), volumes: Object.keys(volumes) };
}

function readService(name, service) {
  return {
    name,
    image: service.image,
    isOurs: service.build !== undefined,
    command: [...(service.entrypoint ?? []), ...(service.command ?? [])],
    environment: mapValues(service.environment ?? {}, interpolate),
    volumes: (service.volumes ?? []).map(readVolume),
    published: (service.ports ?? []).map((port) => Number(port.split(':').at(-1))),
    dependsOn: mapValues(service.depends_on ?? {}, ({ condition }) => condition),
    healthCheck: readHealthCheck(service.healthcheck),
  };
}

/** @returns the command; null for none; undefined for the image's own */
function readHealthCheck(healthCheck) {
  if (healthCheck === undefined) return undefined;
  return healthCheck.disable ? null : healthCheck.test.slice(1);
}

function readVolume(text) {
  const [source, target, mode = 'rw'] = text.split(':');
  return { source, target, isFile: source.startsWith('.'), readOnly: mode === 'ro' };
}

/** `${NAME:-default}`, from the environment of this process as Compose does. */
function interpolate(value) {
  return String(value).replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_text, name, fallback) => process.env[name] || fallback,
  );
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
