import type { Id } from '#realtime/meeting/ids.ts';

/** A pointer that moves this far drags; before, it was a click. */
const dragPx = 4;
/** Near the edge of the window it scrolls: this near, and this fast at the very edge (CSS pixels a frame). */
const edgePx = 56;
const scrollPx = 12;

/**
 * Lets the elements with `data-row` below a list be put into another order by the elements with `data-grip` in them,
 * by mouse and by finger. Nothing moves while dragging but a line that shows where it would go. Escape lets go.
 */
export function reordering(list: HTMLElement, dropped: (row: Id, before: Id | null) => void): () => void {
	let held: { row: HTMLElement; pointer: number; startY: number; y: number; line: HTMLElement | null; before: Id | null; frame: number } | null = null;

	const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(':scope > [data-row]')];

	function down(event: PointerEvent): void {
		const grip = (event.target as HTMLElement).closest<HTMLElement>('[data-grip]');
		const row = grip?.closest<HTMLElement>('[data-row]');
		if (held || !row || event.button !== 0 || !event.isPrimary) return;
		held = { row, pointer: event.pointerId, startY: event.clientY, y: event.clientY, line: null, before: null, frame: 0 };
		addEventListener('pointermove', move);
		addEventListener('pointerup', up);
		addEventListener('pointercancel', end);
		addEventListener('keydown', key, { capture: true });
	}

	function move(event: PointerEvent): void {
		if (!held || event.pointerId !== held.pointer) return;
		held.y = event.clientY;
		if (held.line || Math.abs(held.y - held.startY) < dragPx) return;
		held.line = document.createElement('div');
		held.line.className = 'drop-line';
		list.append(held.line);
		held.row.dataset['lifted'] = '';
		document.documentElement.dataset['dragging'] = '';
		held.frame = requestAnimationFrame(follow);
	}

	function follow(): void {
		if (!held?.line) return;
		const up = Math.max(0, edgePx - held.y) / edgePx;
		const down = Math.max(0, edgePx - (innerHeight - held.y)) / edgePx;
		if (up > 0 || down > 0) scrollBy(0, Math.round((down - up) * scrollPx));
		const all = rows();
		const next = all.find((row) => {
			const { top, height } = row.getBoundingClientRect();
			return held!.y < top + height / 2;
		});
		held.before = next?.dataset['row'] ?? null;
		const edge = next?.getBoundingClientRect() ?? all.at(-1)!.getBoundingClientRect();
		held.line.style.width = `${edge.width}px`;
		held.line.style.transform = `translate(${edge.left}px, ${(next ? edge.top : edge.bottom) - 1.5}px)`;
		held.frame = requestAnimationFrame(follow);
	}

	function up(event: PointerEvent): void {
		if (!held || event.pointerId !== held.pointer) return;
		const { row, line, before } = held;
		end();
		const id = row.dataset['row']!;
		const after = (row.nextElementSibling as HTMLElement | null)?.dataset['row'] ?? null;
		if (line && before !== id && before !== after) dropped(id, before);
	}

	function key(event: KeyboardEvent): void {
		if (event.key !== 'Escape') return;
		event.preventDefault();
		event.stopPropagation();
		end();
	}

	function end(): void {
		if (!held) return;
		cancelAnimationFrame(held.frame);
		held.line?.remove();
		delete held.row.dataset['lifted'];
		delete document.documentElement.dataset['dragging'];
		held = null;
		removeEventListener('pointermove', move);
		removeEventListener('pointerup', up);
		removeEventListener('pointercancel', end);
		removeEventListener('keydown', key, { capture: true });
	}

	list.addEventListener('pointerdown', down);
	return () => {
		end();
		list.removeEventListener('pointerdown', down);
	};
}
