import type { Socket } from 'node:net';
import { errorBody } from './api.error.js';
import type { ErrorStatus } from './error.schema.js';
import { requestIdOf } from './request-id.js';

const REASONS: Partial<Record<ErrorStatus, string>> = {
  400: 'Bad Request',
  431: 'Request Header Fields Too Large',
};

/** Answers what Node's parser refused before there was a request, in the same shape as every other error. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status: ErrorStatus = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const body = JSON.stringify(errorBody(status));
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestIdOf({ headers: {} })}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
