import { AuthSettings, generateMasterKey, RouteRules, type Handler } from '@clary/nestjs-auth';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from '../app.module.js';
import { PERMISSIONS, TIERS } from '../auth-types.js';
import { readConfig } from '../config/environment.js';
import { createAdapter } from '../configure-app.js';
import { ErrorFilter } from '../http/error.filter.js';
import { buildDocument } from './document.js';

/** The OpenAPI document without a running API, as one with the default configuration serves it: nothing is started. */
export async function previewDocument(): Promise<OpenAPIObject> {
  const config = readConfig({});
  const nowhere = { databaseUrl: 'postgres://localhost', masterKeys: [] };
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, nowhere),
    createAdapter(new ErrorFilter()),
    { preview: true, logger: false, abortOnError: false },
  );
  // Nothing is instantiated in a preview, the rules of the routes included.
  const settings = new AuthSettings({
    masterKeys: generateMasterKey(),
    tiers: TIERS,
    permissions: PERMISSIONS,
  });
  // By what a route is counted is not described.
  const templates = { of: ({ name }: Handler): string => name };
  return buildDocument(app, new RouteRules(settings, templates), config);
}
