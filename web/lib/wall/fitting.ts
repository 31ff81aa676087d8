/** How large the letters of a list may be beside each other's, from the size that is read best to the smallest that still is. */
const scales = [1, 0.92, 0.84, 0.76, 0.68];

const lists = (root: HTMLElement) => [...root.querySelectorAll<HTMLElement>('[data-fit]')];
const cards = (list: HTMLElement) => [...list.querySelectorAll<HTMLElement>('[data-fit-card]')];
const fits = (list: HTMLElement): boolean => list.scrollHeight <= list.clientHeight + 1 && list.scrollWidth <= list.clientWidth + 1;

/**
 * Shows as much of lists as there is room for: in letters that are as large as they can be, the same in all lists
 * (`--scale`), and where even the smallest do not fit, without what comes last. `left`: how many of a list, by its
 * `data-fit`, are not shown. Where a page may scroll everything is. It looks anew whenever words or room have changed.
 */
export function fitting(left: (list: string, count: number) => void): (root: HTMLElement) => () => void {
	return (root) => {
		const fit = () => {
			for (const list of lists(root)) {
				list.parentElement!.removeAttribute('data-cut');
				for (const card of cards(list)) card.hidden = false;
			}
			for (const scale of scales) {
				root.style.setProperty('--scale', String(scale));
				if (lists(root).every(fits)) break;
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

/** Hides as few of a list's last cards as there is no room for, beside the line that says how many; answers that number. */
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
