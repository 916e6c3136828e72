import {
  CurrentPrincipal,
  RequirePermission,
  RequireTier,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, Post } from '@nestjs/common';

@RequireTier('pro')
@RequirePermission('reports:read')
@Controller('reports')
export class ReportsController {
  @Get()
  list(@CurrentPrincipal() { accountId, subject }: Principal): object {
    return { accountId, subject };
  }

  // Both permissions: what a handler asks for comes on top of its class.
  @RequirePermission('reports:write')
  @Post()
  create(): object {
    return { status: 'draft' };
  }

  @RequireTier('team')
  @Get('forecast')
  forecast(): object {
    return { trend: 'up' };
  }

  // Still `pro`: a handler never loosens its class.
  @RequireTier('free')
  @Get('preview')
  preview(): object {
    return { pages: 1 };
  }
}
