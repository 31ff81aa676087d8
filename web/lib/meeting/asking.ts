import type { Notices } from '#lib/ui/notices.svelte.ts';
import type { CommandAnswer } from '#realtime/client/meeting-link.ts';
import type { CommandInput, CommandName } from '#realtime/meeting/commands.ts';
import { sentenceOfRefusal, type FollowedMeeting } from './followed-meeting.svelte.ts';

/** Asks a meeting for something, and shows why it was not done, if it was not. Answers whether it was. */
export async function ask<Name extends CommandName>(at: FollowedMeeting, told: Notices, name: Name, body: CommandInput<Name>): Promise<boolean> {
	const failure = await failureOf(at.command(name, body));
	if (failure !== null) told.show({ text: failure });
	return failure === null;
}

/** Why something that was asked for was not done; null: it was. */
export async function failureOf(asked: Promise<CommandAnswer>): Promise<string | null> {
	const answer = await asked;
	return answer.ok ? null : sentenceOfRefusal(answer.refusal);
}
