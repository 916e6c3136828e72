/** The template, such as `/v1/documents/{id}`, that a path fits; literal segments go before parameters. */
export function templateOf(path: string, templates: readonly string[]): string | undefined {
  const [pathname = ''] = path.split('?');
  return templates
    .filter((template) => matches(template, pathname))
    .sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

/** Whether a router can read the path at all. */
export function isDecodable(path: string): boolean {
  try {
    return decodeURI(path) !== '';
  } catch {
    return false;
  }
}

function matches(template: string, pathname: string): boolean {
  const wanted = template.split('/');
  const given = pathname.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) =>
      part.startsWith('{') ? given[index] !== '' : part === given[index],
    )
  );
}
