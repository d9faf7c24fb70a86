/** What says in a log which step begins; what follows is that step's. The line before it may have no end. */
export const stepMarker = '>>> step ';
