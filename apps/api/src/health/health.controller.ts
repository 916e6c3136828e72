import { Public } from '@clary/nestjs-auth';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Health, Liveness } from './health.schema.js';
import { HealthService } from './health.service.js';

/** For load balancers and orchestrators. */
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** `GET /health/live`: the process answers. */
  @Get('live')
  live(): Liveness {
    return { status: 'ok' };
  }

  /** `GET /health/ready`: requests can be served. 503 when the database is away. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.health.check();
    if (health.status === 'unavailable') void reply.code(503).header('Retry-After', '1');
    return health;
  }
}
