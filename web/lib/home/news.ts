import type { Home } from '#lib/api.ts';
import { longMoment, type Calendar } from '#lib/i18n/dates.ts';
import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { roleNames } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import { inLanguage } from '#realtime/meeting/texts.ts';

export type News = Home['news'][number];

/** A text of somebody's within a sentence of ours: whatever its direction, it moves no other word. */
const within = (text: string): string => `\u2068${text}\u2069`;

type Meeting = Extract<News, { about: 'meeting' }>['what'];
type Action = Extract<News, { about: 'action' }>['what'];

const ofMeeting: Record<Meeting, (values: { title: string; when: string }) => string> = {
	scheduled: m.home_news_scheduled,
	postponed: m.home_news_postponed,
	cancelled: m.home_news_cancelled,
	opened: m.home_news_opened,
	closed: m.home_news_closed,
	reopened: m.home_news_reopened,
	named: m.home_news_named,
	released: m.home_news_released
};

const ofAction: Record<Action, (values: { what: string }) => string> = {
	given: m.home_news_given,
	changed: m.home_news_changed,
	removed: m.home_news_removed
};
const ofActionBySomebody: Record<Action, (values: { what: string; by: string }) => string> = {
	given: m.home_news_given_by,
	changed: m.home_news_changed_by,
	removed: m.home_news_removed_by
};

/** What happened, in a sentence. */
export function newsSentence(news: News, calendar: Calendar): string {
	const language = currentLanguage();
	const quoted = (text: string) => m.home_quoted({ text: within(text) });
	switch (news.about) {
		case 'meeting': {
			const { title, startsAt } = news.meeting;
			const when = longMoment(startsAt, calendar, language);
			return ofMeeting[news.what]({ title: quoted(inLanguage(title, language)), when });
		}
		case 'action': {
			const what = quoted(news.action.what);
			return news.by ? ofActionBySomebody[news.what]({ what, by: within(inLanguage(news.by, language)) }) : ofAction[news.what]({ what });
		}
		case 'membership': {
			const thinkTank = quoted(inLanguage(news.thinkTank.name, language));
			if (news.role === null) return m.home_news_left({ thinkTank });
			const role = roleNames[news.role]();
			return news.what === 'joined' ? m.home_news_joined({ thinkTank, role }) : m.home_news_role({ thinkTank, role });
		}
		case 'administrator':
			return news.what === 'made' ? m.home_news_administrator() : m.home_news_no_administrator();
	}
}

/** Where there is more about it; null: nowhere for whoever is told. */
export function newsAddress(news: News): string | null {
	switch (news.about) {
		case 'meeting':
			return `/meetings/${news.meeting.id}`;
		case 'action':
			return news.what === 'removed' ? null : '/actions';
		case 'membership':
			return news.what === 'left' ? null : `/think-tanks/${news.thinkTank.id}`;
		case 'administrator':
			return news.what === 'made' ? '/people' : null;
	}
}

/** Of which think tank it is; null: of none, or the sentence names it. */
export const newsPlace = (news: News): string | null =>
	news.about === 'meeting'
		? inLanguage(news.thinkTank.name, currentLanguage())
		: news.about === 'action'
			? inLanguage(news.action.thinkTank.name, currentLanguage())
			: null;
