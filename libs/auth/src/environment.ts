/** Where a key is accepted. A key of one environment is refused in the others. */
export type Environment = 'development' | 'staging' | 'production';

/** How an environment is written inside an API key. */
export const ENVIRONMENT_TAGS = {
  development: 'dev',
  staging: 'stg',
  production: 'prod',
} as const satisfies Record<Environment, string>;

/** Every environment, in order of promotion. */
export const ENVIRONMENTS = Object.keys(ENVIRONMENT_TAGS) as readonly Environment[];
