import { countFacts } from './read/facts-count.ts';
import { numberIndex } from './read/number-index.ts';
import { listRuns } from './read/runs.ts';
import type { ServerContext } from './route.ts';

/** Reads the figures of the status anew: after opening, an import, an analysis. */
export async function refreshStatus(context: ServerContext): Promise<void> {
  const facts = await context.app.facts();
  // The first page of numbers should not wait for its index.
  await numberIndex(facts);
  const counted = await countFacts(facts);
  const [lastRun] = await listRuns(facts, await context.app.records(), 1);
  context.board.update({ facts: counted, lastRun: lastRun ?? null });
}
