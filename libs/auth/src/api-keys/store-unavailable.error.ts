/** Thrown when the store of keys cannot be asked. An outage is never a refusal: it says nothing about the credential. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';

  /** @param cause the driver's error */
  constructor(cause: unknown) {
    super('The store of API keys cannot be asked', { cause });
  }
}

/** Runs a look-up; whatever goes wrong in it is an outage. */
export async function orUnavailable<Result>(lookUp: Promise<Result>): Promise<Result> {
  try {
    return await lookUp;
  } catch (error) {
    throw new StoreUnavailableError(error);
  }
}
