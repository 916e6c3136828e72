/**
 * Whether `If-None-Match` names the content, so that the client has it already (RFC 9110, section 13.1.2): any of its
 * tags, compared weakly, or `*`.
 */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  // No comma can stand in our tag, so that splitting a foreign one does no harm.
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
