import {
  AuthGuard,
  CurrentPrincipal,
  RequirePermission,
  RequireTier,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';

/** The package's guard: who calls, and whether the decorators let them. */
@UseGuards(AuthGuard)
@RequireTier('business')
@RequirePermission('invoices:read')
@Controller('invoices')
export class InvoicesController {
  @Get()
  list(@CurrentPrincipal() { accountId, subject }: Principal): object {
    return { accountId, subject };
  }

  // Both permissions: what a handler asks for comes on top of its class.
  @RequirePermission('invoices:write')
  @Post()
  create(): object {
    return { status: 'draft' };
  }

  // Still `business`: a handler never loosens its class.
  @RequireTier('starter')
  @Get('preview')
  preview(): object {
    return { pages: 1 };
  }
}
