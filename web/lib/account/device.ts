import { m } from '#lib/paraglide/messages.js';

/** Which browser on which system a session is, as far as the browser says. More particular ones come first: they name the others too. */
const browsers: [pattern: RegExp, name: () => string][] = [
	[/\bEdg(?:e|A|iOS)?\//, m.account_browser_edge],
	[/\bOPR\/|\bOpera\b/, m.account_browser_opera],
	[/\bSamsungBrowser\//, m.account_browser_samsung],
	[/\bFirefox\/|\bFxiOS\//, m.account_browser_firefox],
	[/Chrom(?:e|ium)\/|\bCriOS\//, m.account_browser_chrome],
	[/\bSafari\//, m.account_browser_safari]
];
const systems: [pattern: RegExp, name: () => string][] = [
	[/\biPhone\b|\biPod\b/, m.account_system_iphone],
	[/\biPad\b/, m.account_system_ipad],
	[/\bAndroid\b/, m.account_system_android],
	[/\bWindows\b/, m.account_system_windows],
	[/\bMac OS X\b|\bMacintosh\b/, m.account_system_mac],
	[/\bLinux\b|\bX11\b/, m.account_system_linux]
];

const named = (list: typeof browsers, agent: string) => list.find(([pattern]) => pattern.test(agent))?.[1]();

/** «کروم روی اندروید», “Chrome on Android”. */
export function deviceName(agent: string | null): string {
	const browser = named(browsers, agent ?? '');
	const system = named(systems, agent ?? '');
	if (browser && system) return m.account_device({ browser, system });
	return browser ?? system ?? m.account_device_unknown();
}
