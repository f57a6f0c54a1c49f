import type { Reply, StationEvent } from './api.ts';

/** What a request for bytes answers, whatever carries it (Electron's protocol, the shell's route). */
export interface AssetAnswer {
  /** HTTP status; 4xx and 5xx carry a WireError as JSON. */
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The station as its doors see it. No method rejects: what fails is a Reply or an AssetAnswer that says so. */
export interface Station {
  /** One call of `api`, by name; the input is parsed here. */
  call(name: string, input: unknown): Promise<Reply>;
  /** One of `assetRoutes`: `path` has no leading slash and keeps its query (`import?name=a.dcm`). */
  asset(method: 'GET' | 'POST', path: string, body?: Uint8Array): Promise<AssetAnswer>;
  /** Every event from now on; returns the way to stop. */
  subscribe(listener: (event: StationEvent) => void): () => void;
  /** Stops compute, lets what is being written finish, closes the database. Safe to call twice. */
  close(): Promise<void>;
}
