import type { WebSocket } from 'ws';
import type { LiveMessage } from './contract.ts';

/** Everybody who has a page open. Messages are small and whole; a page that cannot keep up is dropped and comes back by itself. */
export class Live {
  readonly #pages = new Set<WebSocket>();

  /** Adds a page and greets it with `first`. */
  join(page: WebSocket, first: LiveMessage): void {
    this.#pages.add(page);
    const leave = (): void => void this.#pages.delete(page);
    page.on('close', leave).on('error', leave);
    // Pages only listen; whatever they send is read and forgotten.
    page.on('message', () => undefined);
    page.send(JSON.stringify(first));
  }

  send(message: LiveMessage): void {
    const text = JSON.stringify(message);
    for (const page of this.#pages) {
      if (page.bufferedAmount > 4_000_000) page.terminate();
      else if (page.readyState === page.OPEN) page.send(text);
    }
  }

  get size(): number {
    return this.#pages.size;
  }

  close(): void {
    for (const page of this.#pages) page.close(1001);
    this.#pages.clear();
  }
}
