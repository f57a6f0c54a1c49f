import type { CallInput, CallName, CallOutput } from '../contract/api.ts';
import { api } from '../contract/api.ts';
import { fromWireError } from '../contract/errors.ts';
import type { Station } from '../contract/station.ts';

/** One call of the contract with its types. @throws CalcarError as the station says */
export async function call<N extends CallName>(
  station: Station,
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N>> {
  const reply = await station.call(name, input);
  if (!reply.ok) throw fromWireError(reply.error);
  return api[name].output.parse(reply.value) as CallOutput<N>;
}
