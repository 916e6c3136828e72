import { AuthModule } from '@clary/nestjs-auth';
import { Module } from '@nestjs/common';
import { authOptions } from './auth-options';
import { CallersController } from './callers/callers.controller';
import { CustomersService } from './customers/customers.service';
import { database } from './database';
import { required } from './environment';
import { InvoicesController } from './invoices/invoices.controller';
import { StatusController } from './status/status.controller';

@Module({
  imports: [
    database,
    AuthModule.forRoot({
      ...authOptions,
      masterKeys: required('MASTER_KEYS'),
      // Each controller says by itself which guard stands before it. One without a guard is open.
      globalGuard: false,
    }),
  ],
  controllers: [InvoicesController, CallersController, StatusController],
  providers: [CustomersService],
})
export class AppModule {}
