import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { JobEnded, type Workbench } from '../workbench/workbench.ts';
import type { Admitted } from './gate.ts';

/** Is this edit so large that it could hold up everybody? */
export const isHeavy = ({ update, contents }: Admitted): boolean => update.byteLength > limits.untriedBytes || contents.pieces > limits.untriedStructs;

/** Tries a heavy edit on a copy of its document, of this state. Null: the document may take it. */
export async function tryEdit(workbench: Workbench, state: Uint8Array, { update, unlessHeld }: Admitted): Promise<CloseReason | null> {
	try {
		const trial = await workbench.do('attempt', { state, update });
		if (trial === 'costly') return 'too-large';
		// late words may follow on others that wait beside the document
		return trial === 'unfit' && unlessHeld === null ? 'malformed' : null;
	} catch (error) {
		return error instanceof JobEnded && error.excess ? 'too-large' : 'restarting';
	}
}
