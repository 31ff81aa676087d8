import { written } from '#lib/i18n/written.ts';
import { m } from '#lib/paraglide/messages.js';
import { isWebAddress } from '#realtime/meeting/commands.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Quorum } from '#realtime/meeting/quorum.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';

type Described = Pick<Meeting, 'title' | 'minutes' | 'place' | 'callLink' | 'quorum'>;

/** What a meeting is called, how long it is, where it takes place and how many have to be there, while somebody types it. */
export class DetailsDraft {
	title = $state.raw<LocalText>({});
	minutes = $state<number | null>(90);
	place = $state('');
	callLink = $state('');
	/** undefined: a number is missing */
	quorum = $state.raw<Quorum | null | undefined>(null);
	titleProblem = $state<string | null>(null);
	callLinkProblem = $state<string | null>(null);
	quorumProblem = $state<string | null>(null);

	constructor(meeting?: Described) {
		if (meeting) this.begin(meeting);
	}

	begin({ title, minutes, place, callLink, quorum }: Described): void {
		this.title = title;
		this.minutes = minutes;
		this.place = place ?? '';
		this.callLink = callLink ?? '';
		this.quorum = quorum;
	}

	/** Says what is missing or wrong beside each field. */
	isComplete(): boolean {
		const address = this.callLink.trim();
		this.titleProblem = written(this.title) === null ? m.meeting_text_missing() : null;
		this.callLinkProblem = address === '' || isWebAddress(address) ? null : m.meeting_call_link_wrong();
		this.quorumProblem = this.quorum === undefined ? m.quorum_number_missing() : null;
		return this.titleProblem === null && this.callLinkProblem === null && this.quorumProblem === null && this.minutes !== null;
	}

	get asked() {
		return {
			title: written(this.title) ?? {},
			minutes: this.minutes ?? 0,
			place: this.place.trim() || null,
			callLink: this.callLink.trim() || null,
			quorum: this.quorum ?? null
		};
	}
}
