import type { Desk, Direction } from './desk.svelte.ts';

const directions: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };

/**
 * The board's keys. Letters are meant by their place on the keyboard, so that they work in the Persian layout
 * too. Answers whether the key was one of the board's.
 */
export function boardKey(event: KeyboardEvent, desk: Desk): boolean {
	const { board } = desk;
	const target = event.target as HTMLElement;
	const inField = target.matches('input, textarea, select');
	const command = event.ctrlKey || event.metaKey;

	if (command && !event.altKey && event.code === 'KeyZ') {
		if (inField && !target.matches('[data-writing]')) return false;
		if (event.shiftKey) desk.redo();
		else desk.undo();
		return true;
	}
	if (command && !event.altKey && event.code === 'KeyY') {
		if (inField && !target.matches('[data-writing]')) return false;
		desk.redo();
		return true;
	}
	if (inField) return false;
	if (event.key === '?' || event.key === '؟') {
		desk.keysShown = true;
		return true;
	}

	const item = target.closest<HTMLElement>('[data-item]')?.dataset['item'] ?? null;
	const onItem = item !== null && target.matches('[data-item]');
	const direction = directions[event.key];

	if (onItem && direction && (command || desk.moving) && !event.altKey) {
		desk.step(item, direction);
		return true;
	}
	if (event.ctrlKey || event.metaKey || event.altKey) return false;
	if (onItem && direction) {
		desk.look(direction);
		return true;
	}
	const quadrant = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
	if (quadrant !== undefined) {
		const column = board.columns[Number(quadrant) - 1];
		if (!column) return false;
		if (onItem && desk.moving) desk.moveTo(item, column.id);
		else void desk.goTo(column.id);
		return true;
	}
	if (event.code === 'KeyN') {
		const where = item === null ? null : board.whereIs(item);
		desk.newCard(where?.column ?? desk.tab, item);
		return true;
	}
	if (!onItem) return false;
	if (event.key === 'Escape' && desk.moving) {
		desk.moving = false;
		return true;
	}
	if (event.key === 'Enter' || event.key === 'F2') {
		if (desk.moving) desk.moving = false;
		else desk.write(item);
		return true;
	}
	if (event.key === 'Delete' || event.key === 'Backspace') {
		desk.remove(item);
		return true;
	}
	switch (event.code) {
		case 'KeyM':
			desk.takeInHand();
			return true;
		case 'KeyG':
			desk.joinNext(item);
			return true;
		case 'KeyU':
			desk.takeOut(item);
			return true;
		case 'KeyE':
			if (board.card(item)) desk.evidenceOf = item;
			return true;
		case 'KeyA':
			desk.toAction(item);
			return true;
		case 'ContextMenu':
		case 'F10':
			desk.openMenu(item, target);
			return true;
	}
	return false;
}
