import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { required } from '../environment.js';

/** Tokens for the people who use our own web page. They have nothing to do with the keys of customers. */
@Injectable()
export class SessionsService {
  readonly secret = required('SESSION_SECRET');

  open(userName: string): string {
    return jwt.sign({}, this.secret, { algorithm: 'HS256', subject: userName, expiresIn: '15m' });
  }
}
