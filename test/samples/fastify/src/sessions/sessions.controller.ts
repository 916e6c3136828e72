import { Public } from '@clary/nestjs-auth';
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { AuthGuard as StockGuard } from '@nestjs/passport';

/** `@Public()` lets the package's guard pass; the stock guard of Nest then wants a session of ours. */
@Public()
@UseGuards(StockGuard('jwt'))
@Controller('session')
export class SessionsController {
  @Get()
  whoAmI(@Req() { user }: { user: { name: string } }): object {
    return user;
  }
}
