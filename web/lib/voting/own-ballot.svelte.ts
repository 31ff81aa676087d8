import { answerOf, api, type Failure } from '#lib/api.ts';
import { failures } from '#lib/i18n/names.ts';
import { sentenceOfRefusal, type FollowedMeeting } from '#lib/meeting/followed-meeting.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { alone, keepBallot, keepsBallots, keptBallot, type KeptBallot } from './kept-ballot.ts';

/**
 * The server has said that this secret ballot cannot count, now or later. Anything else may be a proxy's word, or
 * pass, and this very token may have been signed or cast: also `malformed`, since the API calls so what came cut short.
 */
const final: ReadonlySet<Failure | 'unanswered'> = new Set(['vote-over', 'ballot-cast', 'ballot-unfit', 'no-such-vote', 'token-unsigned']);

/** One's own ballot in a vote: what one marks, what of it is cast, and everything in between, through lost connections. */
export class OwnBallot {
	readonly vote: Vote;
	readonly #at: FollowedMeeting;
	readonly #person: Id;
	/** as it is on the page */
	marks = $state.raw<Marks>({});
	/** as the server has it; null: nothing is cast */
	cast = $state.raw<Marks | null>(null);
	/** a secret one, from when it is prepared on; on the device too, if that keeps it */
	#kept = $state.raw<KeptBallot | null>(null);
	/** false: a reload would lose a secret ballot that is not cast, and the receipt of one that is */
	keeps = $state(true);
	/** the token of a secret ballot was taken on another device */
	elsewhere = $state(false);
	sending = $state(false);
	failure = $state<string | null>(null);
	/** it was under way when the vote was closed: in time, or too late; null: nothing is known of that */
	arrived = $state<'in-time' | 'late' | null>(null);
	#pending = $state.raw<{ id: Id; marks: Marks } | null>(null);
	#touched = false;

	constructor(at: FollowedMeeting, vote: Vote) {
		this.#at = at;
		this.vote = vote;
		this.#person = at.me.id;
		this.follow();
		if (vote.level === 'secret' && vote.state === 'open' && !this.#kept) this.keeps = keepsBallots();
	}

	/** A secret ballot is prepared here, and not known to be cast. */
	get prepared(): boolean {
		return this.#kept !== null && 'token' in this.#kept;
	}

	/** A secret ballot's, once it is cast. */
	get receipt(): string | null {
		return this.#kept && 'receipt' in this.#kept ? this.#kept.receipt : null;
	}

	/** It is sent, or prepared, and not known to be cast. */
	get underWay(): boolean {
		return this.prepared || this.#pending !== null;
	}

	/** Is what is on the page something else than what is cast? */
	get changed(): boolean {
		return !sameMarks(this.marks, this.cast ?? {});
	}

	/** A secret ballot is marked once. */
	get fixed(): boolean {
		return this.vote.level === 'secret' && (this.cast !== null || this.prepared || this.sending);
	}

	mark(marks: Marks): void {
		if (this.fixed) return;
		this.#touched = true;
		this.marks = marks;
		this.failure = null;
	}

	/** Takes over what a tab of this browser has made of a secret ballot. A receipt stays, and so does what the device did not take. */
	follow(): void {
		if (this.vote.level !== 'secret' || this.receipt !== null || (this.prepared && !this.keeps)) return;
		const kept = keptBallot(this.#person, this.vote.id);
		if (kept) this.#take(kept);
	}

	/** Asks what the server has of this person, and sends what is not cast yet. */
	async refresh(): Promise<void> {
		this.follow();
		const answer = await this.#at.ask('ballot.own', { vote: this.vote.id });
		if (answer.ok) {
			const { marks, signed, voted, entitled } = answer.value;
			this.#at.noteTurnout(this.vote.id, { voted, entitled });
			if (this.vote.level !== 'secret' && !this.#pending) {
				this.cast = marks;
				if (!this.#touched && marks) this.marks = marks;
			}
			this.elsewhere = signed && !this.prepared && this.cast === null;
		}
		await this.resume();
	}

	/** Casts what is on the page. */
	async send(): Promise<void> {
		this.failure = null;
		const marks = { ...this.marks };
		if (this.vote.level === 'secret') return this.#sendSecretly(marks);
		this.#pending = { id: drawId(), marks };
		await this.resume();
	}

	/** Sends what is not known to be cast, until it is. */
	async resume(): Promise<void> {
		if (this.sending) return;
		if (this.prepared) return this.#sendSecretly(this.marks);
		this.sending = true;
		while (this.#pending) {
			const { id, marks } = this.#pending;
			const answer = await this.#at.ask('ballot.cast', { vote: this.vote.id, id, marks });
			if (!answer.ok && answer.refusal === 'unanswered') {
				// it is sent with the next entry
				if (!this.#at.answers) break;
				await new Promise((resolve) => setTimeout(resolve, limits.askAgainMs));
				continue;
			}
			// another one has taken its place meanwhile
			if (this.#pending.id !== id) continue;
			this.#pending = null;
			if (answer.ok) this.cast = marks;
			else this.failure = sentenceOfRefusal(answer.refusal);
			this.#noteArrival(answer.ok ? null : answer.refusal);
		}
		this.sending = false;
	}

	async #sendSecretly(marks: Marks): Promise<void> {
		if (this.sending) return;
		this.sending = true;
		try {
			this.failure = await alone(this.#person, this.vote.id, () => this.#castSecretly(marks));
		} catch {
			this.failure = this.prepared ? m.vote_cast_unanswered() : failures.unexpected();
		} finally {
			this.sending = false;
		}
	}

	/** Answers why it is not cast; null: it is. What is prepared stays until the server has given its receipt, or said that it cannot count. */
	async #castSecretly(marks: Marks): Promise<string | null> {
		const { id: vote, key } = this.vote;
		const { prepareBallot, receiptOf, unblind } = await import('#realtime/client/secret-ballot.ts');
		this.follow();
		if (this.#kept && !sameMarks(this.#kept.marks, marks)) return m.vote_cast_other_tab();
		if (this.#kept && 'receipt' in this.#kept) return null;
		let ballot = this.#kept ?? (await prepareBallot(vote, key!, marks));
		this.#keep(ballot);
		if (ballot.signature === null) {
			const answer = await this.#at.ask('ballot.sign', { vote, blinded: ballot.blinded });
			if (!answer.ok) return this.#refused(answer.refusal);
			ballot = await unblind(ballot, key!, answer.value.signature);
			this.#keep(ballot);
		}
		const { token, signature } = ballot;
		const call = api(withoutCookies).ballots.$post({ json: { vote, token, signature: signature!, marks: ballot.marks } });
		const answer = await answerOf(call);
		if (!answer.ok) return this.#refused(answer.failure);
		const receipt = await receiptOf(ballot);
		// whoever answers anything else is not the server
		if (answer.value.receipt !== receipt) return m.vote_cast_unanswered();
		this.#keep({ vote, marks: ballot.marks, receipt });
		this.#noteArrival(null);
		return null;
	}

	/** The server has answered: that it is cast (null), or why not. */
	#noteArrival(refusal: Failure | 'unanswered' | null): void {
		const closed = this.#at.meeting.votes.some(({ id, state }) => id === this.vote.id && state === 'closed');
		if (refusal === 'vote-over') this.arrived = 'late';
		else if (refusal === null && closed) this.arrived = 'in-time';
	}

	#take(kept: KeptBallot): void {
		this.#kept = kept;
		this.elsewhere = false;
		this.marks = kept.marks;
		if ('receipt' in kept) this.cast = kept.marks;
	}

	#keep(ballot: KeptBallot): void {
		this.#take(ballot);
		this.keeps = keepBallot(this.#person, this.vote.id, ballot);
	}

	/** A secret ballot was not cast: gives it up if that is final, and says why in a sentence. */
	#refused(why: Failure | 'unanswered'): string {
		this.#noteArrival(why);
		if (final.has(why)) {
			keepBallot(this.#person, this.vote.id, null);
			this.#kept = null;
		}
		return why === 'unanswered' || why === 'offline' || why === 'unexpected' ? m.vote_cast_unanswered() : failures[why]();
	}
}

/** Nobody is named by a request of this; it is given up after a while. */
const withoutCookies: typeof fetch = (input, init) => fetch(input, { ...init, credentials: 'omit', signal: AbortSignal.timeout(limits.commandPatienceMs) });
const sorted = (marks: Marks): [string, number][] => Object.entries(marks).sort(([a], [b]) => (a < b ? -1 : 1));
export const sameMarks = (one: Marks, other: Marks): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const known = new WeakMap<FollowedMeeting, OwnBallot[]>();

/** One's own ballot in a vote. It stays as it is marked while its person goes through the meeting's pages. */
export function ownBallot(at: FollowedMeeting, vote: Vote): OwnBallot {
	const ballots = known.get(at) ?? [];
	const found = ballots.find((ballot) => ballot.vote.id === vote.id);
	if (found) return found;
	const made = new OwnBallot(at, vote);
	known.set(at, [...ballots, made]);
	return made;
}
