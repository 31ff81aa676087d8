/** Changes with every change of the wire; a page of another version is told to load anew. */
export const protocolVersion = 12;
