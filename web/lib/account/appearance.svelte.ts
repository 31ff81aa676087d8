import type { Province } from '#realtime/meeting/provinces.ts';
import { languages, type LocalText } from '#realtime/meeting/texts.ts';

interface Shown {
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
}

/** How a person appears, while they write it. */
export class Appearance {
	name = $state({ fa: '', en: '' });
	office = $state({ fa: '', en: '' });
	/** empty: none */
	province = $state<Province | ''>('');

	constructor(shown: Shown | null) {
		this.name = { fa: '', en: '', ...shown?.name };
		this.office = { fa: '', en: '', ...shown?.office };
		this.province = shown?.province ?? '';
	}

	get hasName(): boolean {
		return Object.keys(written(this.name)).length > 0;
	}

	/** What was written, as the API takes it. */
	get given(): Shown {
		const office = written(this.office);
		return { name: written(this.name), office: Object.keys(office).length > 0 ? office : null, province: this.province || null };
	}
}

/** Without the languages in which nothing was written. */
function written(text: Record<'fa' | 'en', string>): LocalText {
	return Object.fromEntries(languages.map((language) => [language, text[language].trim()]).filter(([, word]) => word !== ''));
}
