import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { staticContent, type StaticContent } from './static-answer.js';

const { resolve } = createRequire(import.meta.url);

/** Addresses are relative, so that the page works behind a proxy that puts a prefix before it. */
const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Clary AI API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <noscript>This page needs JavaScript. What it shows is in <a href="openapi.json">openapi.json</a>.</noscript>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** Credentials are forgotten with the page, and no other server is asked anything. */
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  queryConfigEnabled: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

/** What a browser may do on the page: load from this server, and nothing else; no other page may hold it in a frame. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page. */
export const page: StaticContent = staticContent('text/html; charset=utf-8', HTML);

const SCRIPT = 'text/javascript; charset=utf-8';

/** What the page loads, by name. Swagger UI comes from its package, so that nothing is asked of the internet. */
export function readAssets(): ReadonlyMap<string, StaticContent> {
  return new Map([
    ['start.js', staticContent(SCRIPT, START)],
    ['swagger-ui-bundle.js', fromSwaggerUi('swagger-ui-bundle.js', SCRIPT)],
    ['swagger-ui.css', fromSwaggerUi('swagger-ui.css', 'text/css; charset=utf-8')],
    ['favicon-32x32.png', fromSwaggerUi('favicon-32x32.png', 'image/png')],
  ]);
}

function fromSwaggerUi(name: string, type: string): StaticContent {
  return staticContent(type, readFileSync(resolve(`swagger-ui-dist/${name}`)));
}
