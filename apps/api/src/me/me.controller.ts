import { CurrentPrincipal, RequireAuthentication, type Principal } from '@clary/nestjs-auth';
import { Controller, Get } from '@nestjs/common';
import { presentMe, type Me } from './me.schema.js';

/** Tells a caller who it is here and what it may do. */
@Controller('v1/me')
export class MeController {
  /** `GET /v1/me` */
  @Get()
  @RequireAuthentication()
  read(@CurrentPrincipal() principal: Principal): Me {
    return presentMe(principal);
  }
}
