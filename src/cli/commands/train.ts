import type { Command } from 'commander';
import { codeVersion, personOf } from '../../app.ts';
import type { Evaluation } from '../../detect/trained/evaluation.ts';
import { train, type Model } from '../../detect/trained/model.ts';
import { columnAt, idColumn, type Table } from '../../detect/trained/table.ts';
import type { Bilingual } from '../../model/reason.ts';
import { trainOnJudgements } from '../../server/read/judged-model.ts';
import { runCommand, type CliContext } from '../context.ts';
import { wrongUsage } from '../errors.ts';
import type { Lang } from '../output.ts';
import { seedOf } from '../seed.ts';
import { isTraffic, joinLabel, readTable, taskOf, trafficOf, withTables, writeModel } from '../model-tables.ts';

interface Options {
  from?: string;
  label?: string;
  id?: string;
  edges?: string;
  people?: string;
  out?: string;
  seed?: string;
}

/** Learns from labelled rows what to look for, and says how good that is on rows it did not see. */
export function register(program: Command): void {
  program
    .command('train')
    .argument('<what>', 'numbers | roles')
    .description('用已标注的数据训练模型 / train a model on labelled data')
    .option(
      '--from <file>',
      '带标注的表（CSV）；省略则用本目录中人工判断过的号码 / labelled table; without it, the numbers judged in this directory',
    )
    .option('--label <column>', '标注所在列 / column of the label')
    .option('--id <column>', '标识所在列 / column that names each row')
    .option(
      '--edges <file>',
      '行与行之间的关联（source,target[,weight]），或往来记录 / links between rows, or traffic between people',
    )
    .option(
      '--people <file>',
      'roles：标注所在的人员表，--from 为往来记录 / roles: people with their label, --from being the traffic',
    )
    .option('--out <model>', '模型文件 / where the model is written')
    .option('--seed <n>', '随机种子 / seed', '1')
    .action((what: string, options: Options, command: Command) =>
      runCommand(command, (context) => withTables(() => run(what, options, context))),
    );
}

async function run(what: string, options: Options, context: CliContext): Promise<void> {
  const task = taskOf(what);
  if (options.from === undefined && task === 'numbers') return onJudgements(options, context);
  if (options.out === undefined) {
    throw wrongUsage(
      { zh: '没有指定模型文件。', en: 'No model file was named.' },
      { zh: '加 --out 文件。', en: 'Add --out FILE.' },
    );
  }
  const { table, label, edges } = await labelled(task, options, context);
  const idAt = idColumn(table, options.id);
  const text: Bilingual = { zh: '训练', en: 'Training' };
  const model = train(table, columnAt(table, label), idAt, {
    task,
    label,
    id: idAt === null ? null : table.header[idAt]!,
    program: codeVersion(),
    seed: seedOf(options.seed ?? '1'),
    ...(edges === undefined ? {} : { edges }),
    onProgress: (done, total) => context.progress.sink({ step: 'train', text, done, total, unit: 'steps' }),
  });
  writeModel(options.out, model);
  await context.result(summaryOf(model, options.out), () => told(model, options.out!, context.lang));
}

/** Learns from what people judged in this directory. The model is kept there and used by the next analysis; `--out` writes it to a file as well. */
async function onJudgements(options: Options, context: CliContext): Promise<void> {
  const { app, lang } = context;
  const text: Bilingual = { zh: '训练', en: 'Training' };
  const { id, model } = await trainOnJudgements(await app.facts(), await app.records(), {
    person: personOf(app.env),
    at: app.clock(),
    program: codeVersion(),
    seed: seedOf(options.seed ?? '1'),
    onProgress: (done, total) => context.progress.sink({ step: 'train', text, done, total, unit: 'steps' }),
  });
  if (options.out !== undefined) writeModel(options.out, model);
  const kept: Bilingual = {
    zh: `模型 ${id} 已保存，下次分析起使用`,
    en: `Model ${id} is kept and used from the next analysis on`,
  };
  await context.result({ id, ...summaryOf(model, options.out ?? '') }, () => told(model, kept[lang], lang));
}

async function labelled(
  task: 'numbers' | 'roles',
  options: Options,
  { app }: CliContext,
): Promise<{ table: Table; label: string; edges?: Table }> {
  if (options.from === undefined)
    throw wrongUsage(
      { zh: '没有指定数据。', en: 'No data were named.' },
      { zh: '加 --from 文件。', en: 'Add --from FILE.' },
    );
  if (options.label === undefined)
    throw wrongUsage(
      { zh: '没有指定标注列。', en: 'No label column was named.' },
      { zh: '加 --label 列名。', en: 'Add --label COLUMN.' },
    );
  const table = await readTable(options.from);
  const edges = options.edges === undefined ? undefined : await readTable(options.edges);
  const { label } = options;
  if (task === 'numbers') return { table, label, ...(edges === undefined ? {} : { edges }) };
  if (options.people !== undefined) {
    return {
      table: joinLabel(trafficOf(table, app.home).people, await readTable(options.people), label, options.id),
      label,
    };
  }
  if (edges !== undefined && isTraffic(edges)) {
    return { table: joinLabel(trafficOf(edges, app.home).people, table, label, options.id), label };
  }
  return { table, label, ...(edges === undefined ? {} : { edges }) };
}

/** A model without its trees, for people and scripts. */
export function summaryOf(model: Model, path: string): object {
  const { forests: _, graph, features, ...rest } = model;
  return {
    ...rest,
    model: path,
    features: features.map((f) => f.name),
    links: graph === null ? null : { aucWithout: graph.outOfFoldWithout },
  };
}

function told(model: Model, path: string, lang: Lang): string {
  const { data, outOfFold: e } = model;
  const classes = Object.entries(data.classes)
    .map(([c, n]) => `${c} ${n}`)
    .join(lang === 'zh' ? '、' : ', ');
  return lang === 'zh'
    ? `${path}：${data.rows} 行（${classes}），${model.features.length} 项特征${model.graph === null ? '' : '（含关联）'}\n未参与训练的行上（五折）：\n${evaluationLines(e)}`
    : `${path}: ${data.rows} rows (${classes}), ${model.features.length} features${model.graph === null ? '' : ' (links among them)'}\nOn rows it was not trained on (five folds):\n${evaluationLines(e)}`;
}

/** Figures of an evaluation with their intervals, one a line. */
export function evaluationLines(e: Evaluation): string {
  const line = (name: string, value: number, key = name): string => {
    const interval = e.intervals[key];
    return `  ${name.padEnd(18)} ${value.toFixed(4)}${interval === undefined ? '' : `  [${interval[0].toFixed(4)}, ${interval[1].toFixed(4)}]`}\n`;
  };
  return [
    line('AUC', e.auc, 'auc'),
    line('macro F1', e.macroF1, 'macroF1'),
    line('accuracy', e.accuracy),
    ...Object.entries(e.recallAtFpr).map(([rate, v]) => line(`recall at FPR ${rate}`, v, `recallAtFpr ${rate}`)),
    ...(e.calibrationError === null ? [] : [line('calibration error', e.calibrationError)]),
    ...e.confusion.map(
      (row, k) => `  ${`is ${e.classes[k]}`.padEnd(18)} ${row.map((n, j) => `${e.classes[j]} ${n}`).join('  ')}\n`,
    ),
  ].join('');
}
