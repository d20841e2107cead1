import type { Command } from 'commander';
import { keptModels, useModel, type KeptModel } from '../../detect/trained/kept.ts';
import { personOf } from '../../app.ts';
import type { Bilingual } from '../../model/reason.ts';
import { runCommand, type CliContext } from '../context.ts';
import { wrongUsage } from '../errors.ts';
import { formatCount, formatInstant, formatScore, table } from '../output.ts';

/** Models trained on judgements: which there are, which analyses use. */
export function register(program: Command): void {
  program
    .command('models')
    .argument('[id]', '启用此模型；none 为停用 / put this model to use; none: none of them')
    .description('由人工判断训练出的模型 / models trained on judgements, and which of them analyses use')
    .action((id: string | undefined, _options: object, command: Command) =>
      runCommand(command, async (context) => {
        const { app, result } = context;
        const records = await app.records();
        if (id !== undefined) {
          const wanted = id === 'none' ? null : Number(id);
          if (wanted !== null && !Number.isSafeInteger(wanted)) throw unknown(id);
          if (!(await useModel(records, wanted, personOf(app.env), app.clock()))) throw unknown(id);
        }
        const models = await keptModels(records);
        await result(models, () => told(models, context));
      }),
    );
}

const unknown = (id: string): Error =>
  wrongUsage(
    { zh: `没有模型 ${id}。`, en: `There is no model ${id}.` },
    { zh: '用 ringbreak models 查看有哪些。', en: 'ringbreak models lists those there are.' },
  );

const NONE: Bilingual = {
  zh: '还没有模型。在「判读」页或用 ringbreak train numbers 训练。\n',
  en: 'No models yet. Train one on the page Teach, or with ringbreak train numbers.\n',
};

const told = (models: readonly KeptModel[], { app, lang }: CliContext): string =>
  models.length === 0
    ? NONE[lang]
    : table<KeptModel>(
        [
          { title: { zh: '模型', en: 'model' }, value: (m) => String(m.id) },
          { title: { zh: '使用中', en: 'in use' }, value: (m) => (m.inUse ? '*' : '') },
          { title: { zh: '时间', en: 'when' }, value: (m) => formatInstant(m.at, app.home.zone) },
          { title: { zh: '训练者', en: 'by' }, value: (m) => m.person },
          { title: { zh: '样本', en: 'rows' }, value: (m) => formatCount(m.rows), align: 'right' },
          {
            title: { zh: 'AUC（未参与训练者）', en: 'AUC (not trained on)' },
            value: (m) => formatScore(m.outOfFold.auc),
          },
          { title: { zh: '文件', en: 'file' }, value: (m) => m.sha256.slice(0, 12) },
        ],
        models,
        lang,
      );
