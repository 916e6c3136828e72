import type { CredentialSource } from '../load/credentials.js';
import type { Fixtures } from './fixtures.js';

/** One way of calling, compared with the same requests to the open route. */
export interface Scenario {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** The route that is compared with `/open`. */
  readonly path: '/guarded' | '/stock';
  /** Of the guarded route. The open one answers 200 to everything. */
  readonly expectedStatus: 200 | 401;
  /** What is sent to both routes; called when the scenario begins. */
  credentials(fixtures: Fixtures): CredentialSource;
}
