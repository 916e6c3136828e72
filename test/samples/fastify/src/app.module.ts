import { AuthModule } from '@clary/nestjs-auth';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { authOptions } from './auth-options.js';
import { CustomersService } from './customers/customers.service.js';
import { database } from './database.js';
import { HealthController } from './health/health.controller.js';
import { ReportsController } from './reports/reports.controller.js';
import { SessionStrategy } from './sessions/session.strategy.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsService } from './sessions/sessions.service.js';

@Module({
  imports: [database, AuthModule.forRootAsync({ useFactory: authOptions }), TerminusModule],
  controllers: [ReportsController, SessionsController, HealthController],
  providers: [CustomersService, SessionsService, SessionStrategy],
})
export class AppModule {}
