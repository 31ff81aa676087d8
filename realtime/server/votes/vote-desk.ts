import { unfitness } from '#realtime/meeting/ballots.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { may } from '#realtime/meeting/permissions.ts';
import type { Refusal } from '#realtime/meeting/refusals.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Answers } from '#realtime/protocol/control.ts';
import { Few } from '../few.ts';
import { StorageError, type Access, type FoundBox, type Subject, type VoteStore } from '../ports.ts';
import { digestOf, isBlinded, isSigned, signBlinded } from './blind-keys.ts';

export interface VoteWorld {
	votes: VoteStore;
	access: Pick<Access, 'standing'>;
	/** tells everybody in a meeting how many have voted by now */
	turnoutChanged: (meeting: Id, vote: Id) => void;
}

/** Where ballots are taken. That there is a vote, and what came of it, is decided with the meeting. Rejects with StorageError. */
export class VoteDesk {
	readonly #world: VoteWorld;
	/** secret ballots under way: nobody is known by them whom an allowance could be drawn from */
	readonly #unnamed = new Few(limits.ballotsAsked, limits.ballotsWaiting);

	constructor(world: VoteWorld) {
		this.#world = world;
	}

	/** Takes the ballot of somebody in place of their last one, if it fits. The same id again has no effect and the same answer. */
	async cast(subject: Subject, meeting: Id, { vote, id, marks }: { vote: Id; id: Id; marks: Marks }): Promise<null | Refusal> {
		const box = await this.#boxFor(subject, meeting, vote);
		if (typeof box === 'string') return box;
		if (box.vote.level === 'secret') return 'ballot-unfit';
		const refusal = unfitness(box.vote, marks, subject.person);
		if (refusal) return refusal;
		if (!(await this.#world.votes.cast({ vote, person: subject.person, id, marks }))) return 'vote-over';
		this.#world.turnoutChanged(meeting, vote);
		return null;
	}

	/** Signs what a token was blinded to: once a voter, however often they ask. */
	async sign(subject: Subject, meeting: Id, { vote, blinded }: { vote: Id; blinded: string }): Promise<Answers['ballot.sign'] | Refusal> {
		const box = await this.#boxFor(subject, meeting, vote);
		if (typeof box === 'string') return box;
		const bytes = Buffer.from(blinded, 'base64');
		if (box.vote.key === null || !isBlinded(box.vote.key, bytes)) return 'ballot-unfit';
		const key = await this.#world.votes.signingKey(vote, subject.person, digestOf(bytes));
		if (key === null) return 'vote-over';
		return key === 'signed' ? 'ballot-cast' : { signature: Buffer.from(signBlinded(key, bytes)).toString('base64') };
	}

	/** Takes a ballot of a secret vote from whoever has a signed token. Nobody is asked who they are. The same again has no effect and the same answer. */
	castSecretly(ballot: { vote: Id; token: string; signature: string; marks: Marks }): Promise<{ receipt: string } | Refusal> {
		if (this.#unnamed.isFull) return Promise.reject(new StorageError('too many secret ballots wait', { full: false }));
		return this.#unnamed.do(() => this.#castSecretly(ballot));
	}

	async #castSecretly(ballot: { vote: Id; token: string; signature: string; marks: Marks }): Promise<{ receipt: string } | Refusal> {
		const { vote, marks } = ballot;
		const box = await this.#world.votes.box(vote);
		if (!box || box.vote.key === null) return 'no-such-vote';
		const token = Buffer.from(ballot.token, 'base64');
		if (!isSigned(box.vote.key, token, Buffer.from(ballot.signature, 'base64'))) return 'token-unsigned';
		const refusal = unfitness(box.vote, marks, null);
		if (refusal) return refusal;
		const receipt = digestOf(token);
		const kept = await this.#world.votes.castSecretly({ vote, digest: receipt, marks });
		if (kept === null) return 'vote-over';
		if (kept === 'cast') return 'ballot-cast';
		this.#world.turnoutChanged(box.meeting, vote);
		return { receipt };
	}

	/** What somebody may still change, and how many have voted. Whoever may not vote has no ballot. */
	async own(subject: Subject, meeting: Id, vote: Id): Promise<Answers['ballot.own'] | Refusal> {
		const box = await this.#seenBox(subject, meeting, vote);
		if (typeof box === 'string') return box;
		const [own, turnout] = await Promise.all([this.#world.votes.own(vote, subject.person), this.#world.votes.turnout(vote)]);
		return { ...own, ...turnout };
	}

	/** The ballots of a closed vote, as far as they are shown. */
	async list(subject: Subject, meeting: Id, vote: Id): Promise<Answers['ballot.list'] | Refusal> {
		const box = await this.#seenBox(subject, meeting, vote);
		return typeof box === 'string' ? box : { ballots: await this.#world.votes.ballots(vote) };
	}

	/** The box, for somebody who may vote there. Whether it is still open, the store says. */
	async #boxFor(subject: Subject, meeting: Id, vote: Id): Promise<FoundBox | Refusal> {
		const found = await this.#seen(subject, meeting, vote);
		if (typeof found === 'string') return found;
		const { box, standing } = found;
		const rights = { role: standing.rights.role, administrator: false };
		// an answer that got lost may be asked for again after the meeting
		const entitled = may(rights, 'ballot.cast', { ...standing.situation, state: 'live', facilitated: false });
		return entitled && (rights.role !== 'guest' || box.vote.guests) ? box : 'not-entitled';
	}

	async #seenBox(subject: Subject, meeting: Id, vote: Id): Promise<FoundBox | Refusal> {
		const found = await this.#seen(subject, meeting, vote);
		return typeof found === 'string' ? found : found.box;
	}

	async #seen(subject: Subject, meeting: Id, vote: Id) {
		const standing = await this.#world.access.standing(subject, { meeting });
		const sees = standing && may({ role: standing.rights.role, administrator: false }, 'meeting.see', { ...standing.situation, facilitated: false });
		if (!sees) return 'not-found';
		const box = await this.#world.votes.box(vote);
		return box?.meeting === meeting ? { box, standing } : 'no-such-vote';
	}
}
