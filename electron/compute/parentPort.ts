/** The compute process's end of the line to its parent. */
export interface ParentPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What Electron adds to `process` in a utility process. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/**
 * @throws Error when this process was started by hand and has no parent to talk to
 */
export function parentPort(): ParentPort {
  const utility = (process as { parentPort?: UtilityPort }).parentPort;
  if (utility !== undefined) {
    return {
      post: (message) => {
        utility.postMessage(message);
      },
      onMessage: (listener) => {
        utility.on('message', ({ data }) => {
          listener(data);
        });
      },
    };
  }
  if (process.send === undefined)
    throw new Error('The compute process is started by the station, not by hand.');
  // A station that is gone has no use for answers.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (message) => {
      process.send!(message);
    },
    onMessage: (listener) => {
      process.on('message', listener);
    },
  };
}
