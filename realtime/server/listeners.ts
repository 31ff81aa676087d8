import type { Bus, Told } from './bus.ts';

type Take = (message: never, from: string) => void;

/** Whoever listens to a bus: the half of it that has nothing to do with the line. */
export abstract class Listeners implements Pick<Bus, 'listen' | 'onChange' | 'onGap'> {
	readonly #takers = new Map<string, Take[]>();
	readonly #changes: Parameters<Bus['onChange']>[0][] = [];
	readonly #gaps: (() => void)[] = [];

	listen<Topic extends keyof Told>(topic: Topic, take: (message: Told[Topic], from: string) => void): void {
		this.#takers.set(topic, [...(this.#takers.get(topic) ?? []), take as Take]);
	}

	onChange(run: Parameters<Bus['onChange']>[0]): void {
		this.#changes.push(run);
	}

	onGap(run: () => void): void {
		this.#gaps.push(run);
	}

	/** Passes on what another has told. */
	heard(topic: string, message: unknown, from: string): void {
		for (const take of this.#takers.get(topic) ?? []) take(message as never, from);
	}

	/** Passes on that another has come, or is gone. */
	changed(other: string, change: 'come' | 'gone'): void {
		for (const run of this.#changes) run(other, change);
	}

	/** Passes on that something may not have come. */
	missed(): void {
		for (const run of this.#gaps) run();
	}
}
