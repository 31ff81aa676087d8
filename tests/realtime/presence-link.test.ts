import { presenceLink } from '#realtime/client/presence-link.ts';
import { presenceFrame, readFrame, type PresenceEntry } from '#realtime/protocol/frames.ts';
import { expect, test } from 'vitest';
import { Awareness, applyAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';

const person = { id: 'p', name: { en: 'Manager' }, office: null, province: null, role: 'member' };

test('PRESENCE-4 a page remembers who somebody is, also over a lost line, and shows nobody of whom it was not told', () => {
	const awareness = new Awareness(new Y.Doc());
	const provider = {};
	const link = presenceLink(awareness, () => {});
	const told = (entry: PresenceEntry) => {
		const frame = readFrame(presenceFrame([entry]));
		if (frame.kind !== 'presence') throw new Error('no presence');
		link.hear(frame.bytes);
		applyAwarenessUpdate(awareness, frame.bytes, provider);
	};
	const shown = () => link.others().map(({ client, card, person }) => [client, card, person.id]);

	// as it is told of whoever has not moved yet, which awareness does not take in
	told({ client: 5, clock: 0, state: { person } });
	told({ client: 5, clock: 2, state: { card: 'b' } });
	told({ client: 6, clock: 1, state: { card: 'c' } });
	expect(shown()).toEqual([[5, 'b', 'p']]);
	// a provider whose line is lost takes everybody for gone, and takes no entry twice
	removeAwarenessStates(awareness, [5], provider);
	told({ client: 5, clock: 2, state: { card: 'b', person } });
	expect(shown()).toEqual([]);
	told({ client: 5, clock: 3, state: { card: 'd' } });
	expect(shown()).toEqual([[5, 'd', 'p']]);
	told({ client: 5, clock: 4, state: { card: 'd', person: { ...person, id: 'renamed' } } });
	expect(shown()).toEqual([[5, 'd', 'renamed']]);
	told({ client: 5, clock: 5, state: null });
	expect(shown()).toEqual([]);
	link.close();
	awareness.destroy();
});
