import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import {
  METHOD_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/internal';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
// As Nest's own OpenAPI module has it: what is counted and what is described are called the same.
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import type { Handler } from './route-rule.js';

const PARAMETER = /:(\w+)(?:\([^)]*\))?/g;

/** What routes are called, whatever is asked for by them. */
@Injectable()
export class RouteTemplates {
  constructor(
    private readonly application: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {}

  /**
   * Method and path with parameters in braces, such as `GET /v1/documents/{id}`, with global prefix and version; the
   * first one of a handler that has several. `Class.method` for a handler that is no HTTP route.
   */
  of(handler: Handler, controller: Type<unknown>): string {
    const method = read(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return `${controller.name}.${handler.name}`;
    const [path = '/'] = this.pathsOf(handler, controller, method);
    return `${RequestMethod[method]} ${path.replace(PARAMETER, '{$1}')}`;
  }

  private pathsOf(handler: Handler, controller: Type<unknown>, method: RequestMethod): string[] {
    const metadata = {
      globalPrefix: this.application.getGlobalPrefix(),
      modulePath: this.modulePathOf(controller),
      ctrlPath: read(PATH_METADATA, controller),
      methodPath: read(PATH_METADATA, handler),
      controllerVersion: read(VERSION_METADATA, controller),
      methodVersion: read(VERSION_METADATA, handler),
      versioningOptions: this.application.getVersioning(),
    };
    const given = Object.entries(metadata).filter(([, value]) => value !== undefined);
    return new RoutePathFactory(this.application).create(Object.fromEntries(given), method);
  }

  /** Where `RouterModule` puts the module of a controller. */
  private modulePathOf(controller: Type<unknown>): unknown {
    const module = [...this.modules.values()].find(({ controllers }) =>
      controllers.has(controller),
    );
    return module && read(MODULE_PATH + this.modules.applicationId, module.metatype);
  }
}

function read(key: string, target: object): unknown {
  return Reflect.getMetadata(key, target);
}
