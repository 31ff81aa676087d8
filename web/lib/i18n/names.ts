import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import type { AgendaKind, BoardColumn, MeetingState } from '#realtime/meeting/meetings.ts';
import type { ActionState, Quadrant } from '#realtime/board/schema.ts';
import type { RecipeName } from '#realtime/meeting/recipes.ts';
import type { Step, StepKind } from '#realtime/meeting/steps.ts';
import { inLanguage } from '#realtime/meeting/texts.ts';
import type { TurnKind } from '#realtime/meeting/floor.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import type { Majority, VoteLevel, VoteRule } from '#realtime/meeting/vote-rules.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { OutReason } from '#realtime/protocol/control.ts';
import type { Failure, PersonEntry, ShownInvitation } from '#lib/api.ts';
import type { SavedState } from '#lib/document/saved-state.ts';
import type { AuditKind } from '#server/audit.ts';

/** Every closed list of the product has its words here: a member without them does not compile. */
type Words<Member extends string> = Record<Member, () => string>;

/** Columns that the product itself names. */
type OwnColumn = Quadrant | 'ideas';

const columnNames: Words<OwnColumn> = {
	strengths: m.column_strengths,
	weaknesses: m.column_weaknesses,
	opportunities: m.column_opportunities,
	threats: m.column_threats,
	ideas: m.column_ideas
};

export const actionStateNames: Words<ActionState> = {
	open: m.actions_state_open,
	doing: m.actions_state_doing,
	done: m.actions_state_done,
	dropped: m.actions_state_dropped
};

/** For tabs and narrow places. */
const shortColumnNames: Words<OwnColumn> = {
	strengths: m.column_short_strengths,
	weaknesses: m.column_short_weaknesses,
	opportunities: m.column_short_opportunities,
	threats: m.column_short_threats,
	ideas: m.column_ideas
};

/** What an empty column asks for. */
const columnQuestions: Words<OwnColumn> = {
	strengths: m.column_question_strengths,
	weaknesses: m.column_question_weaknesses,
	opportunities: m.column_question_opportunities,
	threats: m.column_question_threats,
	ideas: m.column_question_ideas
};

const isOwn = (column: string): column is OwnColumn => Object.hasOwn(columnNames, column);

/** A column as its facilitator named it, or by the product's own name. */
export const columnName = ({ id, title }: BoardColumn): string => title ?? (isOwn(id) ? columnNames[id] : m.column_untitled)();
export const shortColumnName = ({ id, title }: BoardColumn): string => title ?? (isOwn(id) ? shortColumnNames[id] : m.column_untitled)();
export const columnQuestion = ({ id, title }: BoardColumn): string => (title === null && isOwn(id) ? columnQuestions[id] : m.column_question_named)();

export const roleNames: Words<Role> = {
	facilitator: m.role_facilitator,
	chair: m.role_chair,
	member: m.role_member,
	observer: m.role_observer,
	'co-facilitator': m.role_co_facilitator,
	guest: m.role_guest
};

export const agendaKindNames: Words<AgendaKind> = {
	review: m.agenda_kind_review,
	discussion: m.agenda_kind_discussion,
	brainstorm: m.agenda_kind_brainstorm,
	swot: m.agenda_kind_swot,
	causes: m.agenda_kind_causes,
	scoring: m.agenda_kind_scoring,
	vote: m.agenda_kind_vote,
	decisions: m.agenda_kind_decisions
};

export const stepKindNames: Words<StepKind> = {
	open: m.step_kind_open,
	write: m.step_kind_write,
	inspire: m.step_kind_inspire,
	reveal: m.step_kind_reveal,
	group: m.step_kind_group,
	vote: m.step_kind_vote,
	discuss: m.step_kind_discuss,
	decide: m.step_kind_decide
};

export const recipeNames: Words<RecipeName> = {
	open: m.recipe_open,
	silent: m.recipe_silent,
	anonymous: m.recipe_anonymous,
	inspired: m.recipe_inspired,
	twice: m.recipe_twice,
	talk: m.recipe_talk
};

/** A step's own name, or what is done at it. */
export const stepName = ({ title, kind }: Pick<Step, 'title' | 'kind'>): string => (title ? inLanguage(title, currentLanguage()) : stepKindNames[kind]());

export const meetingStateNames: Words<MeetingState> = {
	scheduled: m.meeting_state_scheduled,
	live: m.meeting_state_live,
	closed: m.meeting_state_closed,
	cancelled: m.meeting_state_cancelled
};

export const savedNames: Words<Exclude<SavedState, 'unsaved'>> = {
	opening: m.saved_opening,
	saved: m.saved_saved,
	saving: m.saved_saving,
	offline: m.saved_offline,
	ended: m.saved_ended
};

/** Why the server closed a board, what was kept, and what to do: a sentence each. */
export const closeReasons: Words<CloseReason> = {
	malformed: m.close_malformed,
	'signed-out': m.close_signed_out,
	'not-found': m.close_not_found,
	'read-only': m.close_read_only,
	'taken-over': m.close_taken_over,
	diverged: m.close_diverged,
	'too-large': m.close_too_large,
	'not-allowed': m.close_not_allowed,
	'meeting-closed': m.close_meeting_closed,
	late: m.close_late,
	restored: m.close_restored,
	outdated: m.close_outdated,
	'document-full': m.close_document_full,
	'too-many': m.close_too_many,
	restarting: m.close_restarting,
	'too-slow': m.close_too_slow,
	'storage-unavailable': m.close_storage_unavailable,
	'storage-full': m.close_storage_full
};

/** Why a guest is no longer in a meeting, what was kept, and what to do: a sentence each. */
export const outReasonNames: Words<OutReason> = {
	'link-revoked': m.guest_out_link_revoked,
	refused: m.guest_out_refused,
	'meeting-closed': m.guest_out_meeting_closed,
	removed: m.guest_out_removed
};

/** Why a call or a page failed, what was kept, and what to do: a sentence each. */
export const failures: Words<Failure> = {
	'signed-out': m.failure_signed_out,
	'not-found': m.failure_not_found,
	malformed: m.failure_malformed,
	'too-large': m.failure_too_large,
	'foreign-origin': m.failure_foreign_origin,
	'link-unknown': m.failure_link_unknown,
	'link-expired': m.failure_link_expired,
	'link-used': m.failure_link_used,
	'link-revoked': m.failure_link_revoked,
	'link-of-another': m.failure_link_of_another,
	'sign-in-wrong': m.failure_sign_in_wrong,
	'too-many-attempts': m.failure_too_many_attempts,
	'second-factor-needed': m.failure_second_factor_needed,
	'second-factor-wrong': m.failure_second_factor_wrong,
	'passkey-refused': m.failure_passkey_refused,
	deactivated: m.failure_deactivated,
	'password-wrong': m.failure_password_wrong,
	'password-short': m.failure_password_short,
	'password-long': m.failure_password_long,
	'password-common': m.failure_password_common,
	'password-like-name': m.failure_password_like_name,
	'user-name-wrong': m.failure_user_name_wrong,
	'mobile-wrong': m.failure_mobile_wrong,
	'email-wrong': m.failure_email_wrong,
	'identifier-needed': m.failure_identifier_needed,
	'user-name-taken': m.failure_user_name_taken,
	'mobile-taken': m.failure_mobile_taken,
	'email-taken': m.failure_email_taken,
	'second-factor-on': m.failure_second_factor_on,
	'second-factor-off': m.failure_second_factor_off,
	'code-wrong': m.failure_code_wrong,
	'passkeys-unavailable': m.failure_passkeys_unavailable,
	'passkeys-full': m.failure_passkeys_full,
	'links-full': m.failure_links_full,
	'meeting-full': m.failure_meeting_full,
	'too-many-guests': m.failure_too_many_guests,
	'storage-unavailable': m.failure_storage_unavailable,
	'storage-full': m.failure_storage_full,
	unexpected: m.failure_unexpected,
	'not-allowed': m.failure_not_allowed,
	'meeting-exists': m.failure_meeting_exists,
	'meeting-scheduled': m.failure_meeting_scheduled,
	'meeting-live': m.failure_meeting_live,
	'meeting-closed': m.failure_meeting_closed,
	'meeting-cancelled': m.failure_meeting_cancelled,
	archived: m.failure_archived,
	'no-such-item': m.failure_no_such_item,
	'item-proposed': m.failure_item_proposed,
	'other-kind': m.failure_other_kind,
	'no-copy': m.failure_no_copy,
	conducted: m.failure_conducted,
	'too-soon': m.failure_too_soon,
	'no-consent': m.failure_no_consent,
	'no-such-person': m.failure_no_such_person,
	'no-such-mandate': m.failure_no_such_mandate,
	'agenda-empty': m.failure_agenda_empty,
	'agenda-full': m.failure_agenda_full,
	'item-elsewhere': m.failure_item_elsewhere,
	'no-such-step': m.failure_no_such_step,
	'step-present': m.failure_step_present,
	'no-private-steps': m.failure_no_private_steps,
	'step-private': m.failure_step_private,
	'too-few': m.failure_too_few,
	'no-columns': m.failure_no_columns,
	clash: m.failure_clash,
	'last-facilitator': m.failure_last_facilitator,
	'last-administrator': m.failure_last_administrator,
	'already-member': m.failure_already_member,
	'no-account': m.failure_no_account,
	'no-such-invitation': m.failure_no_such_invitation,
	'mandate-full': m.failure_mandate_full,
	'recipe-name-taken': m.failure_recipe_name_taken,
	'recipes-full': m.failure_recipes_full,
	'no-such-recipe': m.failure_no_such_recipe,
	'term-order': m.failure_term_order,
	'late-decided': m.failure_late_decided,
	'late-unfit': m.failure_late_unfit,
	'no-timer': m.failure_no_timer,
	'queue-full': m.failure_queue_full,
	offline: m.failure_offline,
	'vote-open': m.failure_vote_open,
	'no-such-vote': m.failure_no_such_vote,
	'vote-over': m.failure_vote_over,
	'votes-full': m.failure_votes_full,
	'vote-options': m.failure_vote_options,
	'vote-rule': m.failure_vote_rule,
	'not-entitled': m.failure_not_entitled,
	'ballot-unfit': m.failure_ballot_unfit,
	'own-card': m.failure_own_card,
	'ballot-cast': m.failure_ballot_cast,
	'token-unsigned': m.failure_token_unsigned,
	'wording-changed': m.failure_wording_changed,
	'decision-adopted': m.failure_decision_adopted,
	'decisions-full': m.failure_decisions_full,
	'no-such-decision': m.failure_no_such_decision,
	'vote-lost': m.failure_vote_lost
};

export const voteRuleNames: Words<VoteRule['kind']> = {
	choice: m.vote_rule_choice,
	dots: m.vote_rule_dots,
	approve: m.vote_rule_approve,
	score: m.vote_rule_score,
	rank: m.vote_rule_rank
};

export const voteLevelNames: Words<VoteLevel> = { open: m.vote_level_open, unnamed: m.vote_level_unnamed, secret: m.vote_level_secret };

/** What each level promises, and what it does not: what somebody has to know before they vote. */
export const voteLevelPromises: Words<VoteLevel> = {
	open: m.vote_level_open_what,
	unnamed: m.vote_level_unnamed_what,
	secret: m.vote_level_secret_what
};

export const majorityNames: Words<Majority> = {
	simple: m.vote_majority_simple,
	'half-of-cast': m.vote_majority_half_of_cast,
	'half-of-entitled': m.vote_majority_half_of_entitled,
	'two-thirds-of-cast': m.vote_majority_two_thirds_of_cast,
	'two-thirds-of-entitled': m.vote_majority_two_thirds_of_entitled
};

/** What one asks for the floor for. */
export const turnKindNames: Words<TurnKind> = {
	speak: m.floor_kind_speak,
	for: m.floor_kind_for,
	against: m.floor_kind_against,
	order: m.floor_kind_order
};

/** What stands in the audit log. */
export const auditKindNames: Words<AuditKind> = {
	'administrator.first': m.audit_administrator_first,
	'sign-in': m.audit_sign_in,
	'sign-in.failed': m.audit_sign_in_failed,
	'sign-in.locked': m.audit_sign_in_locked,
	'sign-in.denied': m.audit_sign_in_denied,
	'invitation.accepted': m.audit_invitation_accepted,
	'password.changed': m.audit_password_changed,
	'password.reset': m.audit_password_reset,
	'identifiers.changed': m.audit_identifiers_changed,
	'second-factor.on': m.audit_second_factor_on,
	'second-factor.off': m.audit_second_factor_off,
	'recovery-codes.made': m.audit_recovery_codes_made,
	'passkey.added': m.audit_passkey_added,
	'passkey.removed': m.audit_passkey_removed,
	'session.ended': m.audit_session_ended,
	'think-tank.made': m.audit_think_tank_made,
	'think-tank.changed': m.audit_think_tank_changed,
	'think-tank.archived': m.audit_think_tank_archived,
	'think-tank.brought-back': m.audit_think_tank_brought_back,
	'mandate.added': m.audit_mandate_added,
	'mandate.changed': m.audit_mandate_changed,
	'mandate.removed': m.audit_mandate_removed,
	'member.added': m.audit_member_added,
	'member.changed': m.audit_member_changed,
	'member.removed': m.audit_member_removed,
	'invitation.made': m.audit_invitation_made,
	'invitation.revoked': m.audit_invitation_revoked,
	'person.changed': m.audit_person_changed,
	'person.deactivated': m.audit_person_deactivated,
	'person.reactivated': m.audit_person_reactivated,
	'administrator.made': m.audit_administrator_made,
	'administrator.unmade': m.audit_administrator_unmade,
	'reset.made': m.audit_reset_made,
	'actions.handed-over': m.audit_actions_handed_over,
	'guest-link.made': m.audit_guest_link_made,
	'guest-link.revoked': m.audit_guest_link_revoked,
	'guest.admitted': m.audit_guest_admitted,
	'guest.refused': m.audit_guest_refused,
	'access.denied': m.audit_access_denied
};

export const invitationStateNames: Words<ShownInvitation['state']> = {
	open: m.invitation_state_open,
	used: m.invitation_state_used,
	expired: m.invitation_state_expired,
	revoked: m.invitation_state_revoked
};

export const personStateNames: Words<PersonEntry['state']> = {
	active: m.person_state_active,
	deactivated: m.person_state_deactivated,
	guest: m.person_state_guest
};
