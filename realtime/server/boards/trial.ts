import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { JobEnded, type Workbench } from '../workbench/workbench.ts';
import type { Admitted } from './gate/door.ts';

/** Tries a large edit on a copy of its document, of this state. Null: the document may take it. */
export async function tryEdit(workbench: Workbench, state: Uint8Array, { read, unlessHeld }: Admitted): Promise<CloseReason | null> {
	try {
		const trial = await workbench.do('attempt', { state, update: read.bytes });
		if (trial === 'costly') return 'too-large';
		// late words may follow on others that wait beside the document
		return trial === 'unfit' && unlessHeld === null ? 'malformed' : null;
	} catch (error) {
		return error instanceof JobEnded && error.excess ? 'too-large' : 'restarting';
	}
}
