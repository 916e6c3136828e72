import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { SessionsService } from './sessions.service.js';

/** Our own strategy may be called `jwt`: those of the package have other names. */
@Injectable()
export class SessionStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(sessions: SessionsService) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: sessions.secret,
      algorithms: ['HS256'],
    });
  }

  validate({ sub }: { sub: string }): { name: string } {
    return { name: sub };
  }
}
