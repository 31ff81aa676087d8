import type { Notices } from '#lib/ui/notices.svelte.ts';
import type { CommandInput, CommandName } from '#realtime/meeting/commands.ts';
import { sentenceOfRefusal, type FollowedMeeting } from './followed-meeting.svelte.ts';

/** Asks a meeting for something, and shows why it was not done, if it was not. Answers whether it was. */
export async function ask<Name extends CommandName>(at: FollowedMeeting, told: Notices, name: Name, body: CommandInput<Name>): Promise<boolean> {
	const answer = await at.command(name, body);
	if (!answer.ok) told.show({ text: sentenceOfRefusal(answer.refusal) });
	return answer.ok;
}
