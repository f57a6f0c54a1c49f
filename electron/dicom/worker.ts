import { parentPort } from 'node:worker_threads';
import { toWireError, type WireError } from '../contract/errors.ts';
import type { OpenedRadiograph } from './opened.ts';
import { openRadiograph } from './open.ts';

/** One file to open; answered once, before the next is sent. */
export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly fileName: string;
}
export type DecodeReply =
  | { readonly ok: true; readonly opened: OpenedRadiograph }
  | { readonly ok: false; readonly error: WireError };

/** The decode worker's thread: opens what it is sent, and hands the pixels over without copying them. */
const port = parentPort;
if (port === null) throw new Error('worker.ts is the start of a worker thread, not a module to import');
port.on('message', (request: DecodeRequest) => {
  void openRadiograph(request.bytes, request.fileName).then(
    (opened) =>
      port.postMessage({ ok: true, opened } satisfies DecodeReply, [opened.samples.buffer as ArrayBuffer]),
    (error: unknown) => port.postMessage({ ok: false, error: toWireError(error) } satisfies DecodeReply),
  );
});
