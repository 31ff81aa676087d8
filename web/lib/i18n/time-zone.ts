/** The sector's own clock: meetings take place in the country's time, wherever a reader's device or the server thinks it is. */
export const timeZone = 'Asia/Tehran';
