/** A soft chime, made of two tones, and whether this device may sound it. */

const key = 'chime';

/** Each person's own choice, kept on the device; it sounds unless they have silenced it. */
export const chimeSilenced = (): boolean => localStorage.getItem(key) === 'silent';

export function silenceChime(silent: boolean): void {
	if (silent) localStorage.setItem(key, 'silent');
	else localStorage.removeItem(key);
}

/** Hz, and seconds after the beginning: a fifth, upwards. */
const tones: readonly [pitch: number, at: number][] = [
	[523.25, 0],
	[783.99, 0.22]
];
const loudness = 0.12;
const fadeSeconds = 1.1;

/** Sounds it, once. Where the browser lets no page sound that nobody has touched, nothing happens. */
export function chime(): void {
	const context = new AudioContext();
	let sounding = tones.length;
	for (const [pitch, at] of tones) {
		const tone = context.createOscillator();
		const volume = context.createGain();
		const from = context.currentTime + at;
		tone.frequency.value = pitch;
		volume.gain.setValueAtTime(0, from);
		volume.gain.linearRampToValueAtTime(loudness, from + 0.02);
		volume.gain.exponentialRampToValueAtTime(0.0001, from + fadeSeconds);
		tone.connect(volume).connect(context.destination);
		tone.start(from);
		tone.stop(from + fadeSeconds);
		tone.onended = () => {
			if (--sounding === 0) void context.close();
		};
	}
}
