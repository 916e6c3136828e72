import type { Tier } from '@clary/nestjs-auth';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { CustomersService } from './customers/customers.service.js';

// npm run welcome -- Initech pro
const [name = 'Initech', tier = 'pro'] = process.argv.slice(2);
const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const { key } = await app.get(CustomersService).welcome(name, tier as Tier);
console.log(`The API key of ${name}, shown this once: ${key}`);
await app.close();
