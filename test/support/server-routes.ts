import type { FastifyInstance } from 'fastify';

/** Depth in the tree, then the part of a path that a node adds to its parent's. */
const NODE = /^([│ ]*)[├└]── (\S+)/;

/** Every path that the router knows, with parameters as `:name`: as Fastify prints them, the only list it gives. */
export function pathsOf(fastify: FastifyInstance): string[] {
  const ancestors: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = ''] = NODE.exec(line) ?? [];
      if (part === '') return [];
      const depth = indent.length / 4;
      ancestors[depth] = (depth === 0 ? '' : (ancestors[depth - 1] ?? '')) + part;
      return [ancestors[depth]];
    });
}
