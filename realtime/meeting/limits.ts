/**
 * Every limit of the product, with its unit in its name. The figures of the wire come from measuring what a
 * message of that size costs the event loop (a live frame within 64 KB and 300 structs stalls it 41 ms at worst).
 */
export const limits = {
	/** UTF-16 units of a card's text: a paragraph, so that a board stays a board */
	cardTextUnits: 1_000,
	/** UTF-16 units of any one piece of text that the server takes: far over what a page lets anybody write, so that merging never fails */
	textUnits: 64 * 1024,
	/** UTF-16 units of a group's title */
	groupTitleUnits: 120,
	/** UTF-16 units of a note attached as evidence */
	evidenceNoteUnits: 500,
	/** UTF-16 units of a link attached as evidence: what browsers and proxies carry */
	evidenceLinkUnits: 2_000,
	/** pieces of evidence a card */
	evidencePerCard: 20,
	/** UTF-16 units of a plain value in a document, such as a place or a link: twice the longest that a page writes */
	valueUnits: 4_000,
	/** UTF-16 units of where something lies in an order: between the same two, a thousand times on the same side, makes it 200 long */
	orderKeyUnits: 512,
	/** elements of notes within each other: thirty lists deep, and far from where a reader would run out of stack */
	notesDepth: 64,
	/** what may be pasted into notes at once, as bytes of an edit: within one live edit on the wire */
	notesPasteBytes: 48 * 1024,

	/** one live edit on the wire */
	liveFrameBytes: 64 * 1024,
	/** things that one live edit inserts: the worst that they can be made to cost is 41 ms; a larger edit is a batch */
	liveStructs: 300,
	/** one batch of edits made offline: hundreds of pages, and what one statement takes in well below 50 ms */
	offlineFrameBytes: 2 * 1024 * 1024,
	/** a page brings what was written offline in batches of this: at 64 kbit/s each is there, and acknowledged, before either end takes the other for dead */
	offlinePieceBytes: 128 * 1024,
	/** letters and things that one batch may bring, deleted ones too, which weigh nothing: twice what fits into it */
	clockUnitsPerUpdate: 4 * 1024 * 1024,
	/** what applying one edit may cost at most, as estimated before it is applied; a batch, which is tried in a worker besides, as much as it may cost there */
	applyMs: 25,
	/** late edits of one person for one document that wait for a decision: a hundred pages, and what one statement replaces below 50 ms */
	lateBytes: 512 * 1024,
	/** UTF-16 units of the words in them that are shown: what whoever decides still reads */
	lateExcerptUnits: 10_000,
	/** what a new document begins with is kept in rows of this: each is a statement of its own, which on a busy machine too takes less than 50 ms */
	seedRowBytes: 128 * 1024,
	/** what one commit takes in at most, of one room or of several; a larger batch has a commit of its own */
	commitBytes: 1024 * 1024,
	/** client ids that one batch may bring edits of: page loads of a device that stayed offline; each slows every later edit */
	clientIdsPerUpdate: 64,
	/** client ids whose owners are remembered at once, some ten megabytes; who is not is asked for again */
	clientOwnersKept: 100_000,
	/** a document as one update: a meeting of two days is a tenth of it, and loading it takes half a second */
	documentBytes: 8 * 1024 * 1024,
	/** pieces that Yjs keeps of a document: each weighs a hundred bytes of memory, and parting one moves those behind it */
	documentStructs: 250_000,
	/** updates that are merged into one at once: twice as many take more than twice as long */
	mergedAtOnce: 32,
	/** all of a document as bytes is made anew, which takes 10 ms for a large one, when what followed it would be so many updates, merged ones too: to send each takes 10 µs */
	encodedUpdates: 128,
	/** or so many bytes, if it was smaller than that */
	encodedGrowthBytes: 64 * 1024,
	/** and it is forgotten when nobody has asked for it for so many updates, some minutes of writing */
	encodedUnasked: 1_024,
	/** client ids in a document: at ten thousand a keystroke takes 2.4 ms, and a page load takes one */
	documentClientIds: 10_000,
	/** one person's presence entry */
	presenceBytes: 2 * 1024,
	/** how far people are at a step is told no more often: a count that is watched, of which two hundred change at once */
	pulseGapMs: 1_000,
	/** presence is gathered for one frame to all (30 a second: what an eye follows), unless it goes along with edits before that; by a busy process for as long as pages gather their own, so that edits stay quick */
	presenceTickMs: { least: 33, most: 100 },
	/** parts of the time that a process is at work: as from the first it is busy, at the second it has no time left for more */
	presenceTickBusy: { from: 0.25, to: 0.75 },
	/** a client's own presence changes, gathered (10 a second) */
	clientPresenceMs: 100,
	/** waiting in a socket that does not read; beyond it the reader is dropped and resyncs */
	bufferedBytes: 1024 * 1024,
	/** frames that one message comes in: a browser cuts the largest into pieces of 16 KB or more, and each costs a microsecond */
	messageFragments: 256,
	/** a state vector: the 10,000 client ids that a document may have, with their clocks */
	stateVectorBytes: 128 * 1024,
	/** allowances of people remembered at once, a kilobyte each; beyond it those are forgotten that have not been drawn on */
	allowancesKept: 10_000,
	/** edits waiting in a room for the database; beyond it the room's sockets are not read */
	roomQueueBytes: 4 * 1024 * 1024,
	/** and in all rooms together: sixteen such rooms, which the smallest server that we think of has to spare */
	backlogBytes: 64 * 1024 * 1024,
	/** phones, walls and second tabs of one person are honest; a page opens a board or notes, and the actions beside them */
	socketsPerPerson: 16,
	/** nobody has conducted a live meeting for this long before a member may take it over: a reload, a restart, or a phone that changes its network takes less */
	unconductedMs: 60_000,
	/** people are told who is in their meeting no more often */
	presentGapMs: 200,
	/** other processes are told who is here in a meeting no more often */
	sharesGapMs: 100,
	/** whoever has not said who is here so long after they could be heard again is gone: twice as long as between two signs of life, and then some */
	sharesAnswerMs: 5_000,
	/** what other processes have changed is looked up so often while nothing of it is told: what is told at once otherwise is late by this */
	lookUpDownMs: 1_000,
	/** and so often whatever is told, in case that something was lost without a sign of it */
	lookUpMs: 5_000,
	/** as how many bytes more than it has a message counts: it costs something however small it is */
	messageBytes: 1_024,
	/** arrivals that the database is asked about at a time: one statement of each kind, which is what an edit may find before it there */
	arrivalsAsked: 32,
	/** and those that wait for that: a thousand people who come back at once after a restart, with two sockets each */
	arrivalsWaiting: 2_000,
	/** sessions of requests that are looked up at a time, and that wait for it: anybody can make them up */
	sessionsAsked: 8,
	sessionsWaiting: 2_000,
	/** arrivals as which a socket counts that is closed for an abuse: whoever comes back all the same does so every two seconds */
	abuseArrivals: 8,

	/** under load, edits are gathered this long for one commit and one frame; the first after silence goes at once */
	flushGapMs: 4,
	/** or as many times as long as writing the last ones to everybody took, from one to the next: so at one process that takes five eighths of the time, and of a busy one a sixteenth */
	flushRests: { least: 1.6, most: 16 },
	/** parts of the time that it is at work, as for presence. Far enough apart that it settles between them */
	flushBusy: { from: 0.7, to: 1 },
	/** writing to somebody, wherever they are */
	writeMs: 0.008,
	/** but no longer than this: as often as presence, which goes along */
	flushGapMsAtMost: 33,
	/** an edit of somebody who is over their allowance waits this long for another's commit: of three who write, one comes by then */
	companyMs: 50,
	/** a socket that has not answered a ping for this long is dead */
	socketSilenceMs: 30_000,
	pingEveryMs: 15_000,
	/** a lowered role, an ended session or a removed member acts on open sockets within twice this time */
	rightsSweepMs: 1_000,
	/** sockets that are asked about in one statement: with a thousand at once nobody's edits would get on in the embedded database for a tenth of a second */
	rightsAsked: 128,
	/** a room nobody is in leaves memory after this */
	roomIdleMs: 30_000,
	/** log rows after which a room that unloads is first written as a snapshot */
	snapshotRows: 200,
	/** and after which one that is open is: some minutes of everybody's writing, so that opening after a crash stays quick */
	openSnapshotRows: 2_000,
	/** what trying a large edit in a worker may take: the room will take as long. An honest megabyte takes a fifth of it, also on a busy machine */
	trialMs: 1_000,
	/** and of it, time on the processor: what everybody on the board would notice */
	trialProcessorMs: 250,
	/** what making or loading a document in a worker may take: ten times the largest */
	compactionMs: 30_000,
	/** workers: a trial does not wait for a compaction */
	workers: 2,
	/** a worker with nothing to do ends after this, and gives its 30 MB back */
	workerIdleMs: 60_000,
	/** megabytes of objects in a worker: a document at its limit, three times over */
	workerHeapMb: 512,
	/** what a process keeps of what it has heard of one document and not taken in; the rest it looks up */
	heardBytes: 4 * 1024 * 1024,
	/** before words that were written in private are put on a board, others have this long to let go of them, and hold back who comes for this long at most */
	holdingMs: 1_000,
	heldMs: 5_000,
	/** a process says this often that it is there */
	busBeatMs: 2_000,
	/** one that has been silent for so long is gone; while nobody is heard that is known of none of them, and they are given longer */
	busSilenceMs: 10_000,
	busSilenceWhileDownMs: 45_000,
	/** between two attempts to reach Redis, which has this long to answer */
	busRetryMs: 1_000,
	busAnswerMs: 4_000,
	/** what may be under way to it at a time; what is told beyond that is dropped */
	busUnderWayBytes: 8 * 1024 * 1024,
	/** SQL follows a board so soon after an edit */
	projectionDelayMs: 250,
	/** and while it is being written in, no more often than this: a large board takes 10 ms each time */
	projectionGapMs: 1_000,
	/** of all boards together nine times as long as each time took passes until the next: with hundreds of them, SQL follows by some seconds, and nobody's letters wait for it */
	projectionRests: 9,
	/** what happened so shortly before somebody looked at what is new is new to them the next time too: SQL may not have followed */
	newsOverlapMs: 10_000,
	/** and is tried again after this, when it failed */
	projectionRetryMs: 2_000,
	/** a page gives an attempt to connect up after this: with 2 s of latency one takes twelve, for TCP, TLS and the socket */
	connectMs: 15_000,
	/** a page with nothing unsaved says what it holds this often, so that nobody works long on something that others do not see */
	resyncEveryMs: 30_000,
	/** and a room's own hash, a microsecond a struct, is made at most this often */
	hashEveryMs: 10_000,
	/** a page says "not saved" when its oldest unacknowledged edit is this old */
	unsavedAfterMs: 3_000,

	/** client ids a device leases ahead, for pages opened offline */
	leasedClientIds: 8,
	/** and the most that it may ask for at once */
	clientIdsAtOnce: 8,
	/** a set-up link is for the person in front of the machine */
	setUpLinkMs: 24 * 60 * 60 * 1000,
	/** several processes that start within this time print one each, and all of them work */
	setUpTogetherMs: 2 * 60 * 1000,
	/** periodic meetings are a month apart, and half of it renews a session */
	sessionDays: 30,
	/** UTF-16 units of a person's name, generous for two names and an office */
	personNameUnits: 100,
	/** UTF-16 units of a user name: short enough to be said, long enough for name.family */
	userNameUnitsAtLeast: 3,
	userNameUnits: 40,
	/** UTF-16 units of an e-mail address (RFC 5321, 4.5.3.1.3, without its brackets) */
	emailUnits: 254,
	/** UTF-16 units of a password. NIST SP 800-63B-4 asks for 15 of a single factor and 8 beside a second; ten and no common one is what senior people still learn */
	passwordUnitsAtLeast: 10,
	/** and at most: sentences fit, and hashing stays cheap */
	passwordUnits: 200,
	/** UTF-16 units of what somebody calls a passkey */
	passkeyNameUnits: 60,
	/** passkeys of a person: every device they have had in ten years */
	passkeysPerPerson: 20,
	/** recovery codes made at once */
	recoveryCodes: 10,
	/** time steps (of 30 s) that an authenticator's clock may be off, either way (RFC 6238, 5.2) */
	authenticatorSteps: 1,
	/** between asking for a passkey and using it: to find the device and unlock it */
	passkeyChallengeMs: 5 * 60 * 1000,
	/** wrong passwords and codes for one account from one address, in this time; then that address waits as long. Five are a forgotten keyboard layout */
	failuresPerAccountAndAddress: 5,
	/** for one account from anywhere: a guesser with many addresses is stopped, and nobody locks another out by five tries */
	failuresPerAccount: 30,
	/** from one address for any account: in an office of two hundred who all sign in, one in four may err twice */
	failuresPerAddress: 100,
	failuresMs: 15 * 60 * 1000,
	/** a session's "last seen" is written at most this often */
	seenEveryMs: 5 * 60 * 1000,
	/** UTF-16 units of what a browser calls itself */
	deviceUnits: 300,

	/** UTF-16 units of an office, such as «مدیر دفتر استان چهارمحال و بختیاری» */
	officeUnits: 120,

	/** UTF-16 units of the title of a meeting or of a point of its agenda, and of the name of a think tank: a line of a letter */
	titleUnits: 200,
	/** UTF-16 units of the purpose of a think tank, or of a mandate item: a paragraph */
	purposeUnits: 1_000,
	/** points of a mandate */
	mandateItems: 50,
	/** UTF-16 units of what somebody calls a link of theirs: a name and an office */
	linkLabelUnits: 120,
	/** an invitation is open for a quarter of a year at most, and may be made anew */
	invitationDays: 90,
	/** how many an invitation for many may let in, where its maker sets a number: everybody of every office */
	invitationUses: 1_000,
	/** what an administrator hands over in person or by telephone: used the same day */
	resetLinkMs: 24 * 60 * 60 * 1000,
	/** UTF-16 units of what is searched for */
	searchUnits: 100,
	/** meetings, points of agendas and decisions that a search shows: more of one kind, and one writes another word */
	titlesFound: 10,
	/** people, and entries of the audit log, that a page shows at once */
	peopleListed: 50,
	auditListed: 50,
	/** the newest invitations: older ones have long expired */
	invitationsListed: 200,

	/** actions that a page lists at once */
	actionsListed: 100,
	/** UTF-16 units of what an action asks for: a sentence or two */
	actionUnits: 500,
	/** UTF-16 units of the notes of an action: a page */
	actionNotesUnits: 4_000,
	/** UTF-16 units of a text that the history of an action keeps */
	actionHistoryUnits: 500,
	/** what one person writes in a text of an action with pauses shorter than this is one change in its history */
	actionStretchMs: 5 * 60 * 1000,
	/** UTF-16 units of where a meeting takes place */
	placeUnits: 200,
	/** UTF-16 units of a web address */
	addressUnits: 2_000,
	/** points of an agenda: a long day */
	agendaItems: 40,
	/** a meeting of two days */
	meetingMinutes: 2 * 24 * 60,
	/** one point of an agenda: a day */
	agendaItemMinutes: 24 * 60,
	/** a timer: half a day; what is longer is an agenda */
	timerMinutes: 4 * 60,
	/** people who wait for the floor: more than can speak in a day */
	turnsAsked: 200,
	/** how long a turn is meant to be: from a sentence to a lecture */
	turnSecondsAtLeast: 10,
	turnSeconds: 60 * 60,
	/** columns of a brainstorm: what a screen can hold side by side, twice */
	boardColumns: 12,
	/** steps of an activity: three rounds of writing, revealing, grouping and voting, and what comes of them */
	activitySteps: 20,
	/** UTF-16 units of a step's name */
	stepTitleUnits: 60,
	/** recipes that a think tank keeps of its own: more than a list is looked through for */
	savedRecipes: 40,
	/** UTF-16 units of the name of a recipe */
	recipeNameUnits: 80,
	/** ideas of others that somebody is given to go on from: what is read in half a minute (method 6-3-5: three) */
	inspiringIdeas: 3,
	/** what they are drawn from is kept in memory as long as somebody has asked within that: a page that comes back from a lost line is given the same */
	inspirationMs: 3_600_000,
	/** pages ask for them so long after they have come to the step: words that were on their way have arrived */
	inspireAfterMs: 4_000,
	/** people whose words without names are put onto a board together: fewer would be known by the time at which theirs arrived */
	anonymousTogether: 3,
	/** UTF-16 units of a column's name */
	columnTitleUnits: 60,
	/** options of a vote: more than that nobody weighs against each other */
	voteOptions: 60,
	/** UTF-16 units of what an option is called: two lines; a longer card is cut there */
	voteOptionUnits: 200,
	/** UTF-16 units of what a vote asks */
	voteQuestionUnits: 300,
	/** dots that one may have to place */
	voteDots: 100,
	/** voters that a quorum may ask for: far more than anybody meets with */
	quorumVoters: 10_000,
	/** votes of a meeting, rounds included: with sixty options each they are half a megabyte, which is read and written with every decision */
	votesPerMeeting: 30,
	/** ids of ballots of one voter in one vote that are remembered, so that one sent again changes nothing: each second of pressing a button, for minutes */
	ballotsRemembered: 64,
	/** letters of base64 of what a token is blinded to: 256 bytes, and some to spare */
	blindedUnits: 400,
	/** secret ballots that are looked at at a time, and that wait for it: anybody can make them up, and two hundred come at once */
	ballotsAsked: 4,
	ballotsWaiting: 2_000,
	/** people are told how many have voted no more often */
	turnoutGapMs: 500,
	/** UTF-16 units of the wording of a decision: a paragraph or two, as a card */
	decisionUnits: 1_000,
	/** decisions of a meeting, withdrawn ones included: more than anybody adopts in a day */
	decisionsPerMeeting: 60,
	/** decisions that the page of a think tank lists at once */
	decisionsListed: 50,
	/** guests a meeting, waiting or let in: what one hall holds, and as many again who only listen belong into a broadcast */
	guestsPerMeeting: 200,
	/** guest links of a meeting that are open at once: one for each of the 31 provinces, and some to spare */
	guestLinks: 40,
	/** how long a guest link is good for at most: a quarter, as far ahead as periodic meetings are announced */
	guestLinkHours: 90 * 24,
	/** new guests by one link within {@link limits.knockWindowMs}: all of a meeting come in its first minutes, with room for second attempts */
	knocksPerLink: 300,
	/** new guests from one address: an office behind one connection comes at once, a flood does not get far */
	knocksPerAddress: 60,
	knockWindowMs: 10 * 60 * 1000,
	/** sessions that have ended and counts that count no longer are removed so often: some rows a person and day */
	tidyEveryMs: 60 * 60 * 1000,

	/** times lie in the Persian years 1300 to 1500: what every calendar in use agrees on */
	earliestMs: Date.UTC(1921, 2, 21),
	latestMs: Date.UTC(2122, 2, 20),
	/** a request of the HTTP API: the largest is a meeting with a full agenda */
	requestBytes: 128 * 1024,
	/** who is in a live meeting is noted this often: a crash forgets no more */
	attendanceEveryMs: 30_000,
	/** away for less than this is no absence: a lost connection, a restart of the server */
	attendanceGapMs: 75_000,
	/** a page asks again after this, when the server could not answer */
	askAgainMs: 1_000,
	/** and gives a command up after this: who has pressed a button wants to know */
	commandPatienceMs: 20_000,
	/** who has asked so much that working it off would take longer is no page of ours, and is disconnected */
	commandDebtMs: 10_000,
	/** a person who is denied something over and over is noted in the audit log this often */
	denialNotedMs: 60_000,
	/** on the home page: meetings to come, own open actions, and what others did; the rest is on pages of its own */
	homeMeetings: 20,
	homeActions: 10,
	homeNews: 30,
	/** news is what happened within two months: two periods of meetings */
	homeNewsMs: 60 * 24 * 60 * 60 * 1000,
	/** what was new on the home page stays new this long after it was looked at: a reload, or a way there and back */
	homeStaysMs: 5 * 60 * 1000,

	/** an idle connection of HTTP is kept this long: longer than proxies keep theirs (60 s), or some request of theirs meets its end */
	keepAliveMs: 75_000,
	/** a close frame that is not answered within this time is not waited for */
	socketCloseMs: 2_000,
	/** what requests under way get to be answered when the server stops, before their connections are closed */
	lastAnswersMs: 2_000,
	/** a stop that takes longer is cut short: a supervisor's patience is usually ten seconds */
	stopMs: 9_000
} as const;

/** What grows by so much a second, and lies there up to so much. */
export interface Rate {
	perSecond: number;
	atOnce: number;
}

/** How often one connection may ask for all that it lacks (step 1), or for who is here: a page asks once. */
export const questions: Rate = { perSecond: 0.1, atOnce: 2 };

/**
 * What a person may have done for them over all of their document sockets. Whoever asks for more waits: their
 * sockets are not read until it has grown again. Honest hands stay far below; one who attacks must not be felt by
 * two hundred others on the same event loop.
 */
export const rates = {
	/** live edits: a held Backspace is 30 a second, and a program that lays out a whole board makes some hundreds at once */
	edits: { perSecond: 60, atOnce: 600 },
	/** pieces in those edits, structs and deletions: two of the largest live edits at once (300 each), three a second */
	pieces: { perSecond: 1_000, atOnce: 600 },
	/** milliseconds of the processor that they take on the event loop. A letter takes 0.1; what is made to be slow may take 40, and has 1 % of the time */
	workMs: { perSecond: 10, atOnce: 50 },
	/** bytes written offline: 2 MB in 10 s are hundreds of pages */
	offlineBytes: { perSecond: 200 * 1024, atOnce: 2 * 1024 * 1024 },
	/** bytes of the answers, which may be a million times the question: four of the largest documents at once, and one every 8 s */
	answerBytes: { perSecond: 1024 * 1024, atOnce: 32 * 1024 * 1024 },
	/** milliseconds of the processor that making and sending them takes there: the largest document, which takes most of a second, at once, and then half a percent of the time, since each is one stall. What many ask for is made for the first */
	answerMs: { perSecond: 5, atOnce: 1_000 },
	/** milliseconds that trying their heavy edits takes in a worker: megabytes written offline at once, half a second for each 128 KB in the largest document, and then a tenth of a worker */
	trialMs: { perSecond: 100, atOnce: 20_000 },
	/** changes of one's presence that others are told of */
	presence: { perSecond: 10, atOnce: 20 },
	/** bytes of presence read, and pings: a stock provider echoes that of two hundred people, 500 KB a second */
	presenceBytes: { perSecond: 1024 * 1024, atOnce: 2 * 1024 * 1024 },
	/** document and meeting sockets opened: all pages of a person come back at once after a restart, and each tries again every 2.5 s at most */
	arrivals: { perSecond: 4, atOnce: 48 },
	/** what is asked of a meeting: a button is pressed some times a second at best */
	commands: { perSecond: 20, atOnce: 100 }
} as const satisfies Record<string, Rate>;
