/** Thrown when the installation is configured wrongly. The message is one sentence for the operator, without secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
