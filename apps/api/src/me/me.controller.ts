import { CurrentPrincipal, RequireAuthentication, type Principal } from '@clary/nestjs-auth';
import { Controller, Get } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import { me, presentMe, type Me } from './me.schema.js';

/** Tells a caller who it is here and what it may do. */
@Resource('Caller', 'Who you are here.')
@Controller('v1/me')
export class MeController {
  /** `GET /v1/me` */
  @Get()
  @Operation({
    id: 'getMe',
    summary: 'Who am I, and what may I do',
    description: 'The rights are those of this moment: a change of key or account shows at once.',
    answers: { 200: { description: 'The caller.', schema: me } },
  })
  @RequireAuthentication()
  read(@CurrentPrincipal() principal: Principal): Me {
    return presentMe(principal);
  }
}
