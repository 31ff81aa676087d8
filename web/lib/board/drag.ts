import type { Id } from '#realtime/meeting/ids.ts';

/** Where something that is being dragged would go if it were let go now. */
export type Landing = { kind: 'spot'; column: string; group: Id | null; before: Id | null } | { kind: 'onto'; card: Id };

/** A mouse that moves this far drags. */
const dragPx = 4;
/** A finger that rests this long on a card lifts it; one that moves further than this before scrolls. */
const longPressMs = 350;
const restPx = 8;
/** Near an edge of what scrolls, it scrolls: this near, and this fast at the very edge (CSS pixels a frame). */
const edgePx = 56;
const scrollPx = 14;
/** The middle of a card that means "into one group with it", as parts of its height from the top. */
const middle = [0.3, 0.7] as const;

interface Press {
	pointer: number;
	touch: boolean;
	item: Id;
	element: HTMLElement;
	x: number;
	y: number;
}

/**
 * Lets cards and groups below `root` be dragged, by mouse at once and by finger after a long press. Nothing is
 * laid out anew while dragging: what is held follows the pointer as a copy that is only transformed, and once a
 * frame the page is asked what lies under the pointer.
 */
export function dragging(
	root: HTMLElement,
	on: {
		lifted: (item: Id) => void;
		/** called when it is let go, before {@link dropped}, wherever that was */
		released: () => void;
		dropped: (item: Id, landing: Landing) => void;
	}
): () => void {
	let press: Press | null = null;
	let held: { ghost: HTMLElement; line: HTMLElement; source: HTMLElement; landing: Landing | null; onto: HTMLElement | null } | null = null;
	let x = 0;
	let y = 0;
	let frame = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function down(event: PointerEvent): void {
		if (press || event.button !== 0 || !event.isPrimary) return;
		const target = event.target as HTMLElement;
		if (target.closest('a, button, input, textarea, select')) return;
		const element = target.closest<HTMLElement>('[data-item]');
		const item = element?.dataset['item'];
		if (!element || item === undefined) return;
		({ clientX: x, clientY: y } = event);
		press = { pointer: event.pointerId, touch: event.pointerType !== 'mouse', item, element, x, y };
		if (press.touch) timer = setTimeout(lift, longPressMs);
		addEventListener('pointermove', move);
		addEventListener('pointerup', up);
		addEventListener('pointercancel', cancel);
	}

	function move(event: PointerEvent): void {
		if (!press || event.pointerId !== press.pointer) return;
		({ clientX: x, clientY: y } = event);
		if (held) return;
		const far = Math.hypot(x - press.x, y - press.y);
		if (press.touch) {
			if (far > restPx) end();
		} else if (far >= dragPx) lift();
	}

	function up(event: PointerEvent): void {
		if (!press || event.pointerId !== press.pointer) return;
		const { item } = press;
		if (held) {
			follow();
			swallowClick();
		}
		const landing = held?.landing ?? null;
		end();
		if (landing) on.dropped(item, landing);
	}

	function cancel(event: PointerEvent): void {
		if (event.pointerId === press?.pointer) end();
	}

	function key(event: KeyboardEvent): void {
		if (event.key !== 'Escape' || !held) return;
		event.preventDefault();
		event.stopPropagation();
		end();
	}

	function lift(): void {
		if (!press) return;
		clearTimeout(timer);
		const source = press.element.closest<HTMLElement>('[data-entry]')!;
		const rect = source.getBoundingClientRect();
		const ghost = source.firstElementChild!.cloneNode(true) as HTMLElement;
		for (const named of [ghost, ...ghost.querySelectorAll<HTMLElement>('[data-item], [data-entry], [id]')]) {
			for (const name of ['data-item', 'data-card', 'data-entry', 'id', 'tabindex']) named.removeAttribute(name);
		}
		ghost.classList.add('drag-ghost');
		ghost.setAttribute('aria-hidden', 'true');
		ghost.inert = true;
		ghost.style.width = `${rect.width}px`;
		ghost.style.insetInlineStart = 'auto';
		ghost.style.left = `${rect.left - press.x}px`;
		ghost.style.top = `${rect.top - press.y}px`;
		const line = document.createElement('div');
		line.className = 'drop-line';
		line.hidden = true;
		// inside the column's own element, so that its colours hold; fixed, so that nothing else moves
		(source.closest('[data-column]') ?? root).append(ghost);
		root.append(line);
		source.dataset['lifted'] = '';
		document.documentElement.dataset['dragging'] = '';
		held = { ghost, line, source, landing: null, onto: null };
		addEventListener('touchmove', hold, { passive: false });
		addEventListener('keydown', key, { capture: true });
		if (press.touch) navigator.vibrate?.(12);
		frame = requestAnimationFrame(tick);
		on.lifted(press.item);
	}

	/** A finger that drags does not scroll. */
	const hold = (event: TouchEvent) => event.preventDefault();

	function tick(): void {
		follow();
		frame = requestAnimationFrame(tick);
	}

	function follow(): void {
		if (!held || !press) return;
		held.ghost.style.transform = `translate(${x}px, ${y}px) rotate(0.6deg)`;
		const under = document.elementFromPoint(x, y);
		scrollNear(under);
		show(under ? landingAt(under) : null);
	}

	function show(found: { landing: Landing; line?: { left: number; top: number; width: number }; onto?: HTMLElement } | null): void {
		if (!held) return;
		held.landing = found?.landing ?? null;
		const onto = found?.onto ?? null;
		if (held.onto !== onto) {
			held.onto?.removeAttribute('data-onto');
			onto?.setAttribute('data-onto', '');
			held.onto = onto;
		}
		const line = found?.line;
		held.line.hidden = !line;
		if (line) {
			held.line.style.width = `${line.width}px`;
			held.line.style.transform = `translate(${line.left}px, ${line.top - 1.5}px)`;
		}
	}

	function landingAt(under: Element): ReturnType<typeof landingBeside> | null {
		if (!held || !press) return null;
		const tab = under.closest<HTMLElement>('[data-tab]');
		if (tab) return { landing: { kind: 'spot', column: tab.dataset['tab']!, group: null, before: null }, onto: tab };
		const column = under.closest<HTMLElement>('[data-column]');
		if (!column || held.source.contains(under)) return null;
		const id = column.dataset['column']!;
		const group = under.closest<HTMLElement>('[data-group]');
		const isGroup = press.element.hasAttribute('data-group-head');
		const inGroup = !isGroup && group;
		let entry = under.closest<HTMLElement>('[data-entry]');
		if (group && (isGroup || !entry?.closest('[data-group]'))) {
			const outer = group.closest<HTMLElement>('[data-entry]')!;
			if (isGroup) entry = outer;
			else {
				const rect = outer.getBoundingClientRect();
				// the upper edge of a group is before it, the lower edge after it, and the rest inside
				if (y < rect.top + 8) return landingBeside(outer, id, null, false);
				if (y > rect.bottom - 8) return landingBeside(outer, id, null, true);
				const first = group.querySelector<HTMLElement>('[data-entry]');
				return first ? landingBeside(first, id, group.dataset['group']!, false) : null;
			}
		}
		if (!entry) return atEnd(column, id);
		const rect = entry.getBoundingClientRect();
		const part = (y - rect.top) / rect.height;
		const card = entry.querySelector<HTMLElement>(':scope > [data-card]');
		if (!isGroup && card && part > middle[0] && part < middle[1] && !inGroup) return { landing: { kind: 'onto', card: card.dataset['card']! }, onto: card };
		return landingBeside(entry, id, inGroup ? inGroup.dataset['group']! : null, part >= 0.5);
	}

	function landingBeside(
		entry: HTMLElement,
		column: string,
		group: Id | null,
		after: boolean
	): { landing: Landing; line?: { left: number; top: number; width: number }; onto?: HTMLElement } {
		const rect = entry.getBoundingClientRect();
		let next = after ? (entry.nextElementSibling as HTMLElement | null) : entry;
		if (next === held?.source) next = next.nextElementSibling as HTMLElement | null;
		return {
			landing: { kind: 'spot', column, group, before: next?.dataset['entry'] ?? null },
			line: { left: rect.left, top: after ? rect.bottom : rect.top, width: rect.width }
		};
	}

	function atEnd(element: HTMLElement, column: string): ReturnType<typeof landingBeside> {
		const list = element.querySelector<HTMLElement>('ul')!;
		const last = list.lastElementChild as HTMLElement | null;
		if (last) {
			const first = list.firstElementChild as HTMLElement;
			if (y < first.getBoundingClientRect().top) return landingBeside(first, column, null, false);
			return landingBeside(last, column, null, true);
		}
		const rect = list.getBoundingClientRect();
		return { landing: { kind: 'spot', column, group: null, before: null }, line: { left: rect.left, top: rect.top + 4, width: rect.width } };
	}

	function scrollNear(under: Element | null): void {
		for (let element = under; element && element !== document.documentElement; element = element.parentElement) {
			if (!(element.hasAttribute('data-scroll') || element === root)) continue;
			const rect = element.getBoundingClientRect();
			if (element.scrollWidth > element.clientWidth) {
				const left = Math.max(0, edgePx - (x - rect.left)) / edgePx;
				const right = Math.max(0, edgePx - (rect.right - x)) / edgePx;
				element.scrollLeft += Math.round((right - left) * scrollPx);
			}
			if (element.scrollHeight <= element.clientHeight) continue;
			const up = Math.max(0, edgePx - (y - rect.top)) / edgePx;
			const down = Math.max(0, edgePx - (rect.bottom - y)) / edgePx;
			if (up > 0 || down > 0) element.scrollTop += Math.round((down - up) * scrollPx);
			return;
		}
	}

	/** Letting go of what was dragged is no click on what lies there. */
	function swallowClick(): void {
		const swallow = (event: Event) => {
			event.preventDefault();
			event.stopPropagation();
		};
		addEventListener('click', swallow, { capture: true, once: true });
		setTimeout(() => removeEventListener('click', swallow, { capture: true }));
	}

	function end(): void {
		clearTimeout(timer);
		cancelAnimationFrame(frame);
		removeEventListener('pointermove', move);
		removeEventListener('pointerup', up);
		removeEventListener('pointercancel', cancel);
		if (held) {
			removeEventListener('touchmove', hold);
			removeEventListener('keydown', key, { capture: true });
			held.ghost.remove();
			held.line.remove();
			held.onto?.removeAttribute('data-onto');
			delete held.source.dataset['lifted'];
			delete document.documentElement.dataset['dragging'];
			on.released();
		}
		press = held = null;
	}

	/** The menu that a long press opens would take the card out of the hand. */
	const contextMenu = (event: Event) => {
		if (press?.touch) event.preventDefault();
	};

	root.addEventListener('pointerdown', down);
	root.addEventListener('contextmenu', contextMenu);
	return () => {
		end();
		root.removeEventListener('pointerdown', down);
		root.removeEventListener('contextmenu', contextMenu);
	};
}
