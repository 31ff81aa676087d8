import { hc } from 'hono/client';
import type { ClientResponse, InferResponseType } from 'hono/client';
import type { Api } from '#server/api/api.ts';
import type { Description } from '#lib/developers/openapi.ts';
import type { ErrorBody, ErrorCode } from '#server/api/errors.ts';

/** Why a call brought nothing: the API's own codes, or no answer at all. */
export type Failure = ErrorCode | 'offline';

export type Answer<Value> = { ok: true; value: Value } | { ok: false; failure: Failure; status: number; until?: number };

/** The API's typed client, over the page's `fetch` (a page that is rendered on the server passes its own). */
export const api = (fetch: typeof globalThis.fetch) => hc<Api>('/', { fetch }).api;

/** The API's description of itself. It is no route of the client's, being made of all of them. */
export const description = (fetch: typeof globalThis.fetch): Promise<ClientResponse<Description>> =>
	fetch('/api/openapi.json') as unknown as Promise<ClientResponse<Description>>;

/** As it comes out of JSON: what is optional is there or absent, never undefined. */
type Parsed<Value> = { [Key in keyof Value]: Parsed<Exclude<Value[Key], undefined>> };

type Routes = ReturnType<typeof api>;
export type Me = Parsed<InferResponseType<Routes['me']['$get'], 200>>;
export type OwnAccount = Parsed<InferResponseType<Routes['me']['account']['$get'], 200>>;
export type Invitation = Parsed<InferResponseType<Routes['invitations'][':token']['$get'], 200>>;
export type Home = Parsed<InferResponseType<Routes['home']['$get'], 200>>;
export type Titled = Parsed<InferResponseType<Routes['search']['$get'], 200>>;
export type GuestsAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['guests']['$get'], 200>>;
export type OpenedGuestLink = Parsed<InferResponseType<Routes['guest'][':token']['$get'], 200>>;
export type GuestMeeting = Parsed<InferResponseType<Routes['me']['guest-meetings']['$get'], 200>['meetings'][number]>;
export type MeetingAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['$get'], 200>>;
export type ThinkTankList = Parsed<InferResponseType<Routes['think-tanks']['$get'], 200>>['thinkTanks'];
export type ThinkTankAnswer = Parsed<InferResponseType<Routes['think-tanks'][':id']['$get'], 200>>;
export type Templates = Parsed<InferResponseType<Routes['think-tank-templates']['$get'], 200>>['templates'];
export type Candidate = Parsed<InferResponseType<Routes['think-tanks'][':id']['candidates']['$get'], 200>>['people'][number];
export type ShownInvitation = Parsed<InferResponseType<Routes['people']['invitations']['$get'], 200>>['invitations'][number];
export type PersonEntry = Parsed<InferResponseType<Routes['people']['$get'], 200>>['people'][number];
export type PersonDetails = Parsed<InferResponseType<Routes['people'][':id']['$get'], 200>>;
export type AuditPage = Parsed<InferResponseType<Routes['people']['log']['$get'], 200>>;
export type LateAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['late']['$get'], 200>>;
export type CourseAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['course']['$get'], 200>>;
export type StoodAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['course'][':version']['board']['$get'], 200>>;
export type AttendanceAnswer = Parsed<InferResponseType<Routes['meetings'][':id']['attendance']['$get'], 200>>;
export type NextMeeting = Parsed<InferResponseType<Routes['think-tanks'][':id']['next-meeting']['$get'], 200>>;
export type ActionsAnswer = Parsed<InferResponseType<Routes['think-tanks'][':id']['actions']['$get'], 200>>;
export type DecisionsAnswer = Parsed<InferResponseType<Routes['think-tanks'][':id']['decisions']['$get'], 200>>;
export type ActionRow = ActionsAnswer['actions'][number];
export type OwnAction = Parsed<InferResponseType<Routes['actions']['mine']['$get'], 200>>['actions'][number];
export type ActionChange = Parsed<InferResponseType<Routes['actions'][':id']['changes']['$get'], 200>>['changes'][number];
export type FactorRow = Parsed<InferResponseType<Routes['documents'][':id']['factors']['$get'], 200>['factors'][number]>;

/** Waits for a call: its value, or why there is none. Never rejects. */
export async function answerOf<Value>(call: Promise<ClientResponse<Value>>): Promise<Answer<Parsed<Value>>> {
	let response;
	try {
		response = await call;
	} catch {
		return { ok: false, failure: 'offline', status: 503 };
	}
	try {
		const body: unknown = response.status === 204 ? null : await response.json();
		if (response.ok) return { ok: true, value: body as Parsed<Value> };
		const { code, until } = (body as ErrorBody).error;
		return { ok: false, failure: code, status: response.status, ...(until === undefined ? {} : { until }) };
	} catch {
		return { ok: false, failure: 'unexpected', status: response.status };
	}
}

/** The addresses of what a live board's page is made of: what a device keeps to show it without a network. */
export const answersOf = (meeting: string, document: string): string[] => ['/api/me', `/api/meetings/${meeting}`, `/api/documents/${document}/people`];

/** Where a board's factors are to be had as a table. */
export const csvAddress = (document: string, language: string): string => `/api/documents/${document}/factors.csv?language=${language}`;
