import { AuthSettings } from '@clary/nestjs-auth';
import type { CredentialSource } from '../load/credentials.js';

/** API keys of the right form and checksum, each another one, that no database knows. */
export class UnknownKeys implements CredentialSource {
  private readonly format = new AuthSettings({ masterKeys: [] }).format;

  prepare(): void {
    // A million of them would take a hundred megabytes.
  }

  next(): string {
    return `Bearer ${this.format.generate('development').key}`;
  }
}
