import {
  API_KEY_STRATEGY,
  CurrentPrincipal,
  JWT_STRATEGY,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard as StockGuard } from '@nestjs/passport';

/**
 * Nest's stock guard over the package's strategies. It finds out who calls and nothing more: `@RequireTier` and
 * `@RequirePermission` are read by the package's own guard alone.
 */
@UseGuards(StockGuard([API_KEY_STRATEGY, JWT_STRATEGY]))
@Controller('caller')
export class CallersController {
  @Get()
  whoAmI(@CurrentPrincipal() { accountId, method }: Principal): object {
    return { accountId, method };
  }
}
