import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { leaseClientId, saved, socketWith, untilStatus } from '../../support/page.ts';
import { administratorNumber, memberNumber } from './fill.ts';
import type { Installation } from './installation.ts';

/** What is asked of an installation, as pages and people ask it; answers after how many milliseconds there was an answer. */
export interface Asked {
	what: string;
	/** what of it is to stay within reach of an empty installation */
	held: boolean;
	ask: (of: Installation) => Promise<number>;
}

/** A request of the member's, or the administrator's. */
const request =
	(path: (of: Installation) => string, who: 'member' | 'facilitator' = 'member') =>
	async (of: Installation): Promise<number> => {
		const began = performance.now();
		const answer = await fetch(`${of.url}${path(of)}`, { headers: { cookie: of.cookies.get(of.filled[who])! }, redirect: 'manual' });
		await answer.arrayBuffer();
		if (answer.status !== 200) throw new Error(`${path(of)}: ${answer.status}`);
		return performance.now() - began;
	};

const thinkTank = (rest: string) => (of: Installation) => `/api/think-tanks/${of.filled.thinkTank}/${rest}`;
const meeting = (of: Installation) => `/meetings/${of.filled.meeting}`;
const name = ({ filled }: Installation) => encodeURIComponent(filled.memberName);

export const asked: readonly Asked[] = [
	{ what: 'home, as the API has it', held: true, ask: request(() => '/api/home') },
	{ what: 'home, the page', held: true, ask: request(() => '/') },
	{ what: 'a live meeting, as the API has it', held: true, ask: request((of) => `/api${meeting(of)}`) },
	{ what: 'its page', held: true, ask: request((of) => `${meeting(of)}?about`) },
	{ what: 'whose names may appear on a board', held: true, ask: request(({ filled }) => `/api/documents/${filled.swot}/people`) },
	{ what: 'a board that is open, until all of it is there', held: true, ask: (of) => openedIn(of, of.filled.swot) },
	{ what: 'search of titles', held: true, ask: request(() => `/api/search?words=${encodeURIComponent('نشست')}`) },
	{ what: 'search among people', held: true, ask: request((of) => `/api/people?search=${name(of)}`, 'facilitator') },
	{ what: 'search for a new member', held: true, ask: request((of) => thinkTank(`candidates?search=${name(of)}`)(of), 'facilitator') },
	{ what: 'think tanks, all there are', held: false, ask: request(() => '/api/think-tanks', 'facilitator') },
	{ what: 'one’s own think tanks', held: true, ask: request(() => '/api/think-tanks') },
	{ what: 'people, the first page', held: false, ask: request(() => '/api/people', 'facilitator') },
	{ what: 'a think tank', held: false, ask: request(({ filled }) => `/api/think-tanks/${filled.thinkTank}`) },
	{ what: 'actions of a think tank', held: false, ask: request(thinkTank('actions')) },
	{ what: 'one’s own actions', held: false, ask: request(() => '/api/actions/mine') },
	{ what: 'decisions of a think tank', held: false, ask: request(thinkTank('decisions')) },
	{ what: 'the log of access', held: false, ask: request(() => '/api/people/log', 'facilitator') },
	{ what: 'the same, of one kind', held: false, ask: request(() => '/api/people/log?kind=member.added', 'facilitator') },
	{ what: 'invitations', held: false, ask: request(() => '/api/people/invitations', 'facilitator') },
	{ what: 'signing in', held: false, ask: (of) => of.signIn(memberNumber, of.filled.member) }
];

/** Signs in those who ask. */
export async function signInAll(of: Installation): Promise<void> {
	await of.signIn(administratorNumber, of.filled.facilitator);
	await of.signIn(memberNumber, of.filled.member);
}

/** A page opens a document: how long until it has all of it. */
export async function openedIn(of: Installation, document: Id): Promise<number> {
	const cookie = of.cookies.get(of.filled.member)!;
	const clientId = await leaseClientId(of, { cookie });
	const began = performance.now();
	const link: BoardLink = openBoard({ url: of.boardsUrl, document, clientId, storage: memoryStorage(), socket: socketWith(cookie) });
	try {
		await untilStatus(link, saved);
		return performance.now() - began;
	} finally {
		link.close();
	}
}
