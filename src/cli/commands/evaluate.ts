import type { Command } from 'commander';
import { evaluation } from '../../detect/trained/evaluation.ts';
import { scoreTable } from '../../detect/trained/model.ts';
import { columnAt, idColumn, UnusableTable } from '../../detect/trained/table.ts';
import { runCommand, type CliContext } from '../context.ts';
import { wrongUsage } from '../errors.ts';
import { isTraffic, joinLabel, readModel, readTable, taskOf, trafficOf, withTables } from '../model-tables.ts';
import { evaluationLines } from './train.ts';

interface Options {
  model?: string;
  from: string;
  label?: string;
  id?: string;
  edges?: string;
  people?: string;
  reports?: string;
}

/** How good a model is on labelled rows; for roles also how good the ranking without a model is, against who reports to whom. */
export function register(program: Command): void {
  program
    .command('evaluate')
    .argument('<what>', 'numbers | roles')
    .description('在带标注的数据上评估模型 / measure a model on labelled data')
    .requiredOption('--from <file>', '带标注的表或往来记录（CSV） / labelled table, or traffic between people')
    .option('--model <model>', '模型文件 / the model')
    .option('--label <column>', '标注所在列（默认同训练） / column of the label (default: as trained)')
    .option('--id <column>', '标识所在列 / column that names each row')
    .option('--edges <file>', '行与行之间的关联，或往来记录 / links between rows, or traffic between people')
    .option('--people <file>', 'roles：标注所在的人员表 / roles: people with their label')
    .option('--reports <file>', 'roles：谁向谁汇报（两列） / roles: who reports to whom (two columns)')
    .action((what: string, options: Options, command: Command) =>
      runCommand(command, (context) => withTables(() => run(what, options, context))),
    );
}

async function run(what: string, options: Options, context: CliContext): Promise<void> {
  const task = taskOf(what);
  if (options.reports !== undefined) return reportingLines(options, context);
  if (options.model === undefined)
    throw wrongUsage(
      { zh: '没有指定模型。', en: 'No model was named.' },
      { zh: '加 --model 文件。', en: 'Add --model FILE.' },
    );
  const model = readModel(options.model, task);
  const label = options.label ?? model.label;
  let table = await readTable(options.from);
  let edges = options.edges === undefined ? undefined : await readTable(options.edges);
  if (task === 'roles') {
    if (options.people !== undefined)
      table = joinLabel(trafficOf(table, context.app.home).people, await readTable(options.people), label, options.id);
    else if (edges !== undefined && isTraffic(edges) && model.id === 'id') {
      table = joinLabel(trafficOf(edges, context.app.home).people, table, label, options.id);
      edges = undefined;
    }
  }
  const labelAt = columnAt(table, label);
  const known = { ...table, rows: table.rows.filter((r) => r[labelAt] !== '') };
  const y = Uint8Array.from(known.rows, (r) => {
    const k = model.classes.indexOf(r[labelAt]!);
    if (k < 0) throw new UnusableTable(`Label "${r[labelAt]}" is none of the model's: ${model.classes.join(', ')}.`);
    return k;
  });
  const asked = options.id ?? (model.id !== null && table.header.includes(model.id) ? model.id : undefined);
  const { scores } = scoreTable(model, known, idColumn(known, asked), edges);
  const found = evaluation(y, scores, model.classes, model.threshold);
  await context.result(found, () => evaluationLines(found));
}

/** Direction of a pair, and the manager among the likeliest, against who reports to whom; needs no model. */
async function reportingLines(options: Options, { app, result }: CliContext): Promise<void> {
  const [traffic, reports] = [trafficOf(await readTable(options.from), app.home), await readTable(options.reports!)];
  const index = new Map(traffic.names.map((n, i) => [n, i]));
  const pairs = reports.rows.flatMap(([a = '', b = '']) => {
    const [x, y] = [index.get(a), index.get(b)];
    return x === undefined || y === undefined || x === y ? [] : [[x, y] as const];
  });
  if (pairs.length === 0) throw new UnusableTable(`None of the pairs of ${options.reports} is in the traffic.`);
  const mean = (of: (employee: number, manager: number) => number): number =>
    Math.round((1e6 * pairs.reduce((sum, [a, b]) => sum + of(a, b), 0)) / pairs.length) / 1e6;
  const { score, managerOf } = traffic.ranking;
  const within = (k: number): number => mean((a, b) => Number(managerOf[a]!.slice(0, k).some((c) => c.person === b)));
  const found = {
    pairs: pairs.length,
    direction: mean((a, b) => (score[b]! > score[a]! ? 1 : score[b] === score[a] ? 0.5 : 0)),
    managerFirst: within(1),
    managerInThree: within(3),
  };
  await result(found, () =>
    Object.entries(found)
      .map(([k, v]) => `  ${k.padEnd(18)} ${v}\n`)
      .join(''),
  );
}
