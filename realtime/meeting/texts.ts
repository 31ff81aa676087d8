export const languages = ['fa', 'en'] as const;
export type Language = (typeof languages)[number];

/** A text that exists in at least one of the two languages, such as the name of a think tank. */
export type LocalText = Partial<Record<Language, string>>;

/** The text in the reader's language, else in the other one. */
export const inLanguage = (text: LocalText, language: Language): string => text[language] ?? text[language === 'fa' ? 'en' : 'fa'] ?? '';

/** A text in the language whose letters it begins with. */
export const inItsLanguage = (text: string): LocalText => (/^\P{L}*\p{Script=Arabic}/u.test(text) ? { fa: text } : { en: text });
