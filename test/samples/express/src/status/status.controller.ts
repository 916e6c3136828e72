import { Controller, Get } from '@nestjs/common';

/** Open: no guard stands before it. */
@Controller('status')
export class StatusController {
  @Get()
  read(): object {
    return { status: 'ok' };
  }
}
