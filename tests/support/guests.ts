import type { Id } from '#realtime/meeting/ids.ts';
import type { Product, Somebody } from './product.ts';

/** A guest link of the founding meeting, made by its facilitator. */
export async function makeGuestLink(product: Product, { approval = false } = {}): Promise<{ id: Id; token: string }> {
	const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/guest-links`, {
		method: 'POST',
		headers: { cookie: product.people[0]!.cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ label: 'دفتر یزد', approval, hours: 24 })
	});
	if (!answer.ok) throw new Error(`no guest link: ${answer.status}`);
	return (await answer.json()) as { id: Id; token: string };
}

/** Somebody who came by a guest link. */
export async function comeByLink(product: Product, token: string, name: string): Promise<Somebody> {
	const answer = await fetch(`${product.url}/api/guest/${token}/enter`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ who: { name, province: 'IR-21', office: 'شرکت تعاونی' } })
	});
	if (!answer.ok) throw new Error(`nobody came: ${answer.status}`);
	const { me } = (await answer.json()) as { me: { id: Id } };
	return { id: me.id, name: { fa: name }, role: 'member', province: 'IR-21', cookie: answer.headers.get('set-cookie')!.split(';')[0]! };
}
