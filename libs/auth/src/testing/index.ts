export { AuthTestingModule, type AuthTestingOptions } from './auth-testing.module.js';
export { signInAs, type CredentialHeaders, type TestCaller } from './sign-in-as.js';
export { testPrincipal } from './test-principal.js';
