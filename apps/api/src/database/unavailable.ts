import { QueryFailedError } from 'typeorm';

/** Node's and PostgreSQL's codes (appendix A, classes 08, 53, 57P) for a server that is away or takes nobody in. */
const CODES =
  /^(?:08...|53...|57P0[1-5]|ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** The driver gives these no code, nor does TypeORM where a connection broke in the middle of a transaction. */
const MESSAGES =
  /^(?:Query runner already released|Database connection provided by a query runner was already released|Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** Whether an error says that the database cannot be asked, rather than that it was asked something wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (cause instanceof AggregateError) return cause.errors.some(isDatabaseUnavailable);
  if (!(cause instanceof Error)) return false;
  const { code } = cause as NodeJS.ErrnoException;
  return (typeof code === 'string' && CODES.test(code)) || MESSAGES.test(cause.message);
}
