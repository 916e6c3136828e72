/** Members without those that were not said: for the services, absent and undefined are not the same. */
export type Given<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> };

/** Takes out the members that were not said. */
export function given<Members extends object>(members: Members): Given<Members> {
  const said = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Given<Members>;
}
