import { countFacts } from './read/facts-count.ts';
import { listRuns } from './read/runs.ts';
import type { ServerContext } from './route.ts';

/** Reads the figures of the status anew: after opening, an import, an analysis. */
export async function refreshStatus(context: ServerContext): Promise<void> {
  const facts = await context.app.facts();
  const counted = await countFacts(facts);
  const [lastRun] = await listRuns(facts, await context.app.records(), 1);
  context.board.update({ facts: counted, lastRun: lastRun ?? null });
}
