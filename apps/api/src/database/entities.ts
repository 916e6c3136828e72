/** The entities of the API's own tables. */
export const apiEntities = [];
