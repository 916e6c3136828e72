import { Public } from '@clary/nestjs-auth';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import { health, liveness, type Health, type Liveness } from './health.schema.js';
import { HealthService } from './health.service.js';

/** For load balancers and orchestrators. */
@Resource('Health', 'For load balancers and orchestrators.')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** `GET /health/live`: the process answers. */
  @Get('live')
  @Operation({
    id: 'getLiveness',
    summary: 'Does the process answer',
    description: 'Asks nothing and nobody. When it fails, restart the process.',
    answers: { 200: { description: 'It does.', schema: liveness } },
  })
  live(): Liveness {
    return { status: 'ok' };
  }

  /** `GET /health/ready`: requests can be served. 503 when the database is away. */
  @Get('ready')
  @Operation({
    id: 'getReadiness',
    summary: 'Can requests be served',
    description: 'Asks the parts. When it fails, send requests elsewhere, and do not restart.',
    answers: {
      200: { description: 'They can, though perhaps a part is missing.', schema: health },
      503: { description: 'The database is away.', schema: health, headers: ['Retry-After'] },
    },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.health.check();
    if (health.status === 'unavailable') void reply.code(503).header('Retry-After', '1');
    return health;
  }
}
