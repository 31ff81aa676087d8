import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { reasonOf } from './failures.ts';

/** Tries a large edit on a copy of its document, made of these updates. Null: the document may take it. `late`: it may follow on others that wait beside the document. `took`: as for {@link Workbench.do}. */
export async function tryEdit(
	workbench: Workbench,
	document: readonly Uint8Array[],
	update: Uint8Array,
	late: boolean,
	took: (ms: number) => void
): Promise<CloseReason | null> {
	try {
		const trial = await workbench.do('attempt', { document, update }, took);
		if (trial === 'costly') return 'too-large';
		return trial === 'unfit' && !late ? 'malformed' : null;
	} catch (error) {
		return reasonOf(error);
	}
}
