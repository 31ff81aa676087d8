import { columnName } from '#lib/i18n/names.ts';
import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { number } from '#lib/i18n/numbers.ts';
import { provinceBeside } from '#lib/meeting/people.ts';
import { m } from '#lib/paraglide/messages.js';
import { inLanguage } from '#realtime/meeting/texts.ts';
import { hueOf } from './columns.ts';
import type { Desk } from './desk.svelte.ts';
import { directionOf } from './direction.ts';
import type { CardView, ColumnView, GroupView } from './views.svelte.ts';

/** CSS pixels of the whole picture; a board that is longer than a screen grows in height. */
const widthPx = 1600;
const marginPx = 40;
const gapPx = 20;
/** Sharp on paper and on dense screens. */
const scale = 2;
/** The longest side of a canvas that every browser draws. */
const mostPx = 16_000;

interface Sheet {
	context: CanvasRenderingContext2D;
	rtl: boolean;
	colours: Record<string, string>;
}

/** A thing whose height is known before it is drawn. */
interface Block {
	height: number;
	draw(x: number, y: number): void;
}

/** The board as a PNG, as it lies on the page: always on paper, whatever the theme. */
export async function pictureOf(desk: Desk, title: string, subtitle: string): Promise<Blob> {
	await Promise.all(['400 16px Vazirmatn', '700 16px Vazirmatn'].flatMap((font) => [document.fonts.load(font, 'الف'), document.fonts.load(font, 'abc')]));
	const canvas = document.createElement('canvas');
	const rtl = document.documentElement.dir === 'rtl';
	const sheet: Sheet = { context: canvas.getContext('2d')!, rtl, colours: paperColours() };

	const perRow = desk.board.columns.length > 1 ? 2 : 1;
	const columnWidth = (widthPx - 2 * marginPx - (perRow - 1) * gapPx) / perRow;
	const columns = desk.board.columns.map((column) => columnBlock(sheet, desk, column, columnWidth));
	const rows = Array.from({ length: Math.ceil(columns.length / perRow) }, (_, row) => columns.slice(row * perRow, (row + 1) * perRow));
	const rowHeights = rows.map((row) => Math.max(...row.map(({ height }) => height)));
	const headHeight = 84;
	const height = marginPx * 2 + headHeight + rowHeights.reduce((sum, rowHeight) => sum + rowHeight + gapPx, 0);
	const used = Math.min(scale, mostPx / height);

	canvas.width = Math.round(widthPx * used);
	canvas.height = Math.round(height * used);
	const { context } = sheet;
	context.scale(used, used);
	context.fillStyle = sheet.colours['paper']!;
	context.fillRect(0, 0, widthPx, height);
	const edge = rtl ? widthPx - marginPx : marginPx;
	line(sheet, title, { x: edge, y: marginPx + 30, font: '700 28px Vazirmatn', colour: 'ink' });
	line(sheet, subtitle, { x: edge, y: marginPx + 62, font: '400 16px Vazirmatn', colour: 'soft' });

	let y = marginPx + headHeight;
	for (const [at, row] of rows.entries()) {
		for (const [place, block] of row.entries()) {
			const start = marginPx + place * (columnWidth + gapPx);
			const x = rtl ? widthPx - start - columnWidth : start;
			box(sheet, x, y, columnWidth, rowHeights[at]!, 16, `${hueName(desk.board.columns[at * perRow + place]!)}-soft`);
			block.draw(x, y);
		}
		y += rowHeights[at]! + gapPx;
	}
	return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser drew no picture'))), 'image/png'));
}

function columnBlock(sheet: Sheet, desk: Desk, column: ColumnView, width: number): Block {
	const inner = width - 28;
	const entries = column.entries.map((entry) =>
		entry.kind === 'card' ? cardBlock(sheet, desk, entry.card, inner) : groupBlock(sheet, desk, entry.group, column, inner)
	);
	return {
		height: entries.reduce((sum, { height }) => sum + height + 10, 54) + 10,
		draw(x, y) {
			const name = `${columnName(column)}  ${m.cards_count({ count: column.count, number: number(column.count) })}`;
			line(sheet, name, { x: sheet.rtl ? x + width - 18 : x + 18, y: y + 34, font: '700 18px Vazirmatn', colour: hueName(column), widest: width - 36 });
			let top = y + 54;
			for (const entry of entries) {
				entry.draw(x + 14, top);
				top += entry.height + 10;
			}
		}
	};
}

function groupBlock(sheet: Sheet, desk: Desk, group: GroupView, column: ColumnView, width: number): Block {
	const cards = group.cards.map((card) => cardBlock(sheet, desk, card, width - 20));
	const height = cards.reduce((sum, card) => sum + card.height + 8, 40) + 4;
	return {
		height,
		draw(x, y) {
			outline(sheet, x, y, width, height, 12, hueName(column));
			const title = `${group.title || m.group_untitled()} (${number(group.cards.length)})`;
			line(sheet, title, { x: sheet.rtl ? x + width - 14 : x + 14, y: y + 26, font: '700 15px Vazirmatn', colour: 'ink', widest: width - 28 });
			let top = y + 40;
			for (const card of cards) {
				card.draw(x + 10, top);
				top += card.height + 8;
			}
		}
	};
}

function cardBlock(sheet: Sheet, desk: Desk, card: CardView, width: number): Block {
	const font = '400 16px Vazirmatn';
	const padding = 14;
	const direction = directionOf(card.text) ?? (sheet.rtl ? 'rtl' : 'ltr');
	const lines = wrapped(sheet, card.text, font, width - 2 * padding);
	const author = desk.person(card.author);
	const by = author ? [inLanguage(author.name, currentLanguage()), provinceBeside(author, currentLanguage())].filter(Boolean).join(' · ') : '';
	const height = 2 * 11 + lines.length * 27 + (by ? 24 : 0);
	return {
		height,
		draw(x, y) {
			box(sheet, x, y, width, height, 10, 'card');
			const edge = (rtl: boolean) => (rtl ? x + width - padding : x + padding);
			for (const [at, text] of lines.entries()) line(sheet, text, { x: edge(direction === 'rtl'), y: y + 11 + 19 + at * 27, font, colour: 'ink', direction });
			if (by)
				line(sheet, by, { x: edge(sheet.rtl), y: y + 11 + lines.length * 27 + 17, font: '400 13px Vazirmatn', colour: 'soft', widest: width - 2 * padding });
		}
	};
}

/** The colour of a column among {@link paperColours}. */
const hueName = ({ id }: ColumnView): string => hueOf(id).slice('hue-'.length);

/** A text in lines that fit; a word that does not fit alone is broken between its letters. */
function wrapped({ context }: Sheet, text: string, font: string, widest: number): string[] {
	context.font = font;
	const fits = (piece: string) => context.measureText(piece).width <= widest;
	const lines: string[] = [];
	for (const paragraph of text.split('\n')) {
		let open = '';
		for (const word of paragraph.split(/(?<= )/)) {
			if (fits((open + word).trimEnd())) {
				open += word;
				continue;
			}
			if (open !== '') lines.push(open.trimEnd());
			open = '';
			for (const letter of word) {
				if (open !== '' && !fits(open + letter)) {
					lines.push(open);
					open = '';
				}
				open += letter;
			}
		}
		lines.push(open.trimEnd());
	}
	return lines;
}

function line(
	{ context, rtl, colours }: Sheet,
	text: string,
	at: { x: number; y: number; font: string; colour: string; direction?: 'rtl' | 'ltr'; widest?: number }
): void {
	const direction = at.direction ?? (rtl ? 'rtl' : 'ltr');
	context.font = at.font;
	context.fillStyle = colours[at.colour]!;
	context.direction = direction;
	context.textAlign = direction === 'rtl' ? 'right' : 'left';
	context.fillText(text, at.x, at.y, at.widest);
}

function box({ context, colours }: Sheet, x: number, y: number, width: number, height: number, radius: number, colour: string): void {
	context.beginPath();
	context.roundRect(x, y, width, height, radius);
	context.fillStyle = colours[colour]!;
	context.fill();
}

function outline({ context, colours }: Sheet, x: number, y: number, width: number, height: number, radius: number, colour: string): void {
	context.beginPath();
	context.roundRect(x, y, width, height, radius);
	context.globalAlpha = 0.4;
	context.strokeStyle = colours[colour]!;
	context.lineWidth = 1.5;
	context.stroke();
	context.globalAlpha = 1;
}

/** The tokens of app.css as they are on light paper. */
function paperColours(): Record<string, string> {
	const probe = document.createElement('div');
	probe.className = 'on-paper';
	document.body.append(probe);
	const style = getComputedStyle(probe);
	const names = ['paper', 'card', 'ink', 'soft', ...['strengths', 'weaknesses', 'opportunities', 'threats', 'ideas'].flatMap((name) => [name, `${name}-soft`])];
	const colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
	probe.remove();
	return colours;
}
