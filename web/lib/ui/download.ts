/** Hands a file to the person's browser. */
export function download(name: string, content: Blob): void {
	const address = URL.createObjectURL(content);
	const link = document.createElement('a');
	link.href = address;
	link.download = name;
	link.click();
	// the download has begun by then; a minute is for slow devices
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
