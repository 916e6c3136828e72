import {
  API_KEY_STRATEGY,
  JWT_STRATEGY,
  Public,
  RequirePermission,
  RequireTier,
} from '@clary/nestjs-auth';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard as StockAuthGuard } from '@nestjs/passport';

const ANSWER = { status: 'ok' };

/** Routes that differ in who stands before them, and in nothing else. */
@Controller()
export class BenchController {
  @Get('open')
  @Public()
  open(): object {
    return ANSWER;
  }

  @Get('guarded')
  @RequireTier('standard')
  @RequirePermission('documents:read')
  guarded(): object {
    return ANSWER;
  }

  /** Behind Nest's own guard over our two strategies; `@Public()` keeps ours away. */
  @Get('stock')
  @Public()
  @UseGuards(StockAuthGuard([API_KEY_STRATEGY, JWT_STRATEGY]))
  stock(): object {
    return ANSWER;
  }
}
