/** How large the letters of a list may be beside each other's, from the size that is read best to the smallest that still is. */
const scales = [1, 0.92, 0.84, 0.76, 0.68];
/** those that are still read with ease: before a list goes below them, it takes the place of what stands beside it */
const easy = scales.slice(0, 4);

const lists = (root: HTMLElement) => [...root.querySelectorAll<HTMLElement>('[data-fit]')];
/** in the order in which there is to be room for them */
function cards(list: HTMLElement): HTMLElement[] {
	const all = [...list.querySelectorAll<HTMLElement>('[data-fit-card]')];
	const ordered = list.dataset['fitFrom'] === 'end' ? all.reverse() : all;
	const first = ordered.filter((card) => 'fitFirst' in card.dataset);
	return [...first, ...ordered.filter((card) => !first.includes(card))];
}
const fits = (list: HTMLElement): boolean => list.scrollHeight <= list.clientHeight + 1 && list.scrollWidth <= list.clientWidth + 1;

/**
 * Shows as much of lists as there is room for: in letters that are as large as they can be, the same in all lists
 * (`--scale`), and where even the smallest do not fit, without what comes last, or first with `data-fit-from="end"`;
 * what has `data-fit-first` stays.
 * `left`: how many of a list, by its `data-fit`, are not shown. `yields`: does what stands beside the lists give way to
 * them, where they would have to be small? They are marked with `data-alone` then. Where a page may scroll everything is
 * shown. It looks anew whenever words or room have changed.
 */
export function fitting(left: (list: string, count: number) => void, yields = () => false): (root: HTMLElement) => () => void {
	return (root) => {
		function fitsAt(scale: number): boolean {
			root.style.setProperty('--scale', String(scale));
			return lists(root).every(fits);
		}
		const fit = () => {
			for (const list of lists(root)) {
				list.parentElement!.removeAttribute('data-cut');
				for (const card of cards(list)) card.hidden = false;
			}
			root.removeAttribute('data-alone');
			if (!yields() || !easy.some(fitsAt)) {
				root.toggleAttribute('data-alone', yields());
				scales.some(fitsAt);
			}
			for (const list of lists(root)) left(list.dataset['fit']!, fits(list) ? 0 : cut(list));
		};
		const sizes = new ResizeObserver(fit);
		sizes.observe(root);
		const words = new MutationObserver(fit);
		words.observe(root, { childList: true, characterData: true, subtree: true });
		// letters are measured anew once they are our own
		document.fonts.addEventListener('loadingdone', fit);
		return () => {
			sizes.disconnect();
			words.disconnect();
			document.fonts.removeEventListener('loadingdone', fit);
		};
	};
}

/** Hides as few of a list's cards as there is no room for, beside the line that says how many; answers that number. */
function cut(list: HTMLElement): number {
	list.parentElement!.setAttribute('data-cut', '');
	const all = cards(list);
	let [shown, tooMany] = [0, all.length];
	while (tooMany - shown > 1) {
		const middle = (shown + tooMany) >> 1;
		for (const [at, card] of all.entries()) card.hidden = at >= middle;
		if (fits(list)) shown = middle;
		else tooMany = middle;
	}
	for (const [at, card] of all.entries()) card.hidden = at >= shown;
	return all.length - shown;
}
