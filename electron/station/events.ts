import type { StationEvent } from '../contract/api.ts';

export interface Events {
  readonly emit: (event: StationEvent) => void;
  readonly subscribe: (listener: (event: StationEvent) => void) => () => void;
}

/** Hands every event to every listener; one that throws does not keep it from the others. */
export function createEvents(onFailure: (error: unknown) => void): Events {
  const listeners = new Set<(event: StationEvent) => void>();
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onFailure(error);
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
