/** Where somebody was on their way to, if that is a path of ours: a link to us must lead nowhere else. Otherwise home. */
export function ownPath(wanted: string | null): string {
	if (wanted === null || !wanted.startsWith('/') || /[\\\p{Cc}]/u.test(wanted)) return '/';
	const url = URL.parse(wanted, 'http://own.invalid');
	return url?.origin === 'http://own.invalid' && !url.pathname.startsWith('//') && url.pathname !== '/sign-in' ? url.pathname + url.search + url.hash : '/';
}

/** The page to sign in at, from where one comes back to this path. */
export const signInPath = (from: string): string => (from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`);
