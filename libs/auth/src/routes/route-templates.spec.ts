import 'reflect-metadata';
import {
  All,
  Controller,
  Get,
  Module,
  Post,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, RouterModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { RouteTemplates } from './route-templates.js';

@Controller('books')
class BookController {
  @Get()
  list(): void {}

  @Get(':id/pages/:page')
  page(): void {}

  @Post(['first', 'second'])
  add(): void {}

  @All('any')
  any(): void {}

  @Version('2')
  @Get('new')
  newest(): void {}

  helper(): void {}
}

@Module({ controllers: [BookController] })
class BookModule {}

let app: INestApplication;
afterEach(() => app.close());

async function templatesOf(
  configure: (app: INestApplication) => void = () => undefined,
  imports: unknown[] = [],
): Promise<(name: keyof BookController) => string> {
  const all = [BookModule, ...imports] as (typeof BookModule)[];
  app = (await Test.createTestingModule({ imports: all }).compile()).createNestApplication();
  configure(app);
  const { config } = app as unknown as { config: ApplicationConfig };
  const templates = new RouteTemplates(config, app.get(ModulesContainer));
  return (name) => templates.of(Reflect.get(BookController.prototype, name), BookController);
}

describe('a route is called', () => {
  it('by its method and its path, parameters in braces', async () => {
    const template = await templatesOf();
    expect(template('list')).toBe('GET /books');
    expect(template('page')).toBe('GET /books/{id}/pages/{page}');
    expect(template('any')).toBe('ALL /books/any');
  });

  it('by the first of several paths', async () => {
    expect((await templatesOf())('add')).toBe('POST /books/first');
  });

  it('by what stands before its path in the application: prefix, version, module', async () => {
    const template = await templatesOf(
      (application) => {
        application.setGlobalPrefix('api', { exclude: ['shop/books/any'] });
        application.enableVersioning({ type: VersioningType.URI });
      },
      [RouterModule.register([{ path: 'shop', module: BookModule }])],
    );
    expect(template('list')).toBe('GET /api/shop/books');
    expect(template('newest')).toBe('GET /api/v2/shop/books/new');
    expect(template('any')).toBe('ALL /shop/books/any');
  });

  it('by class and method where it is no HTTP route', async () => {
    expect((await templatesOf())('helper')).toBe('BookController.helper');
  });
});
