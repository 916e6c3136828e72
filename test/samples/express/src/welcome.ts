import type { Tier } from '@clary/nestjs-auth';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { CustomersService } from './customers/customers.service';

/** `npm run welcome -- Initech business` */
async function main(name = 'Initech', tier = 'business'): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const { key } = await app.get(CustomersService).welcome(name, tier as Tier);
  console.log(`The API key of ${name}, shown this once: ${key}`);
  await app.close();
}

void main(...process.argv.slice(2));
