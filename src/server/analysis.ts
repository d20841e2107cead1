import type { RunSummary } from './contract.ts';
import { ApiFault } from './api-error.ts';
import { refreshStatus } from './refresh.ts';
import type { ServerContext } from './route.ts';

/** Puts an analysis in the queue; its progress goes to the pages. Throws when one waits or runs already. */
export function startAnalysis(context: ServerContext): RunSummary {
  const { app, board, jobs, live } = context;
  if (jobs.busy('analysis')) {
    throw new ApiFault(
      409,
      'analysis-running',
      { zh: '分析正在进行。', en: 'An analysis is running already.' },
      { zh: '等它结束后再试。', en: 'Wait until it is done.' },
    );
  }
  const { job } = jobs.add('analysis', null, async () => {
    // Loaded when it is first needed: the page is served before that.
    const { analyse } = await import('../pipeline.ts');
    board.plan([{ id: 'analyse', text: { zh: '分析', en: 'Analysing' } }]);
    await board.step('analyse', 'analysing', async (progress) => {
      await analyse(
        await app.facts(),
        await app.records(),
        { home: app.home, clock: app.clock, codeVersion: app.codeVersion },
        progress,
      );
    });
    await refreshStatus(context);
    board.update({ phase: 'ready' });
    live.send({ type: 'changed', what: 'analysis' });
  });
  return {
    id: job.id,
    startedAt: app.clock(),
    endedAt: null,
    state: 'running',
    resultHash: '',
    numbers: 0,
    flagged: 0,
    rings: 0,
  };
}
