import type { Command } from 'commander';
import { reasonsOf } from '../../detect/trained/explain.ts';
import { scoreTable, type Model } from '../../detect/trained/model.ts';
import { idColumn, type Table } from '../../detect/trained/table.ts';
import type { Reason } from '../../model/reason.ts';
import { measuredNumbers } from '../../server/read/measured-table.ts';
import { runCommand, type CliContext } from '../context.ts';
import { wrongUsage } from '../errors.ts';
import { formatScore, table as aligned } from '../output.ts';
import { isTraffic, readModel, readTable, taskOf, trafficOf, withTables } from '../model-tables.ts';

interface Options {
  model?: string;
  from?: string;
  id?: string;
  edges?: string;
  all?: boolean;
}

interface Prediction {
  id: string;
  /** Of two classes the probability of the one looked for, of several that of the label. */
  score: number;
  label: string;
  reasons: Reason[];
  /** Roles without a model: who is likely above, most likely first. */
  managers?: { id: string; score: number }[];
}

/** What a model says of rows; for roles also without a model, from the traffic alone. */
export function register(program: Command): void {
  program
    .command('predict')
    .argument('<what>', 'numbers | roles')
    .description('用模型判断，附理由 / apply a model, with reasons')
    .option(
      '--from <file>',
      '表或往来记录（CSV）；省略则用本目录的全部号码 / table or traffic; without it, every number of this directory',
    )
    .option('--model <model>', '模型文件（roles 可省略） / the model (roles: may be left out)')
    .option('--id <column>', '标识所在列 / column that names each row')
    .option('--edges <file>', '行与行之间的关联，或往来记录 / links between rows, or traffic between people')
    .option('--all', '无 --from 时也列出未达阈值的号码 / without --from: also numbers below the threshold')
    .action((what: string, options: Options, command: Command) =>
      runCommand(command, (context) => withTables(() => run(what, options, context))),
    );
}

async function run(what: string, options: Options, context: CliContext): Promise<void> {
  const task = taskOf(what);
  if (task === 'roles' && options.model === undefined) return show(await ranked(options, context), context);
  if (options.model === undefined)
    throw wrongUsage(
      { zh: '没有指定模型。', en: 'No model was named.' },
      { zh: '加 --model 文件。', en: 'Add --model FILE.' },
    );
  const model = readModel(options.model, task);
  if (options.from === undefined) {
    const out: Prediction[] = [];
    for await (const part of measuredNumbers(await context.app.facts())) {
      out.push(...predictions(model, part, 0, undefined, (score) => options.all === true || score >= model.threshold));
    }
    return show(out, context);
  }
  let table = await readTable(options.from);
  let edges = options.edges === undefined ? undefined : await readTable(options.edges);
  if (task === 'roles' && isTraffic(table)) table = trafficOf(table, context.app.home).people;
  else if (task === 'roles' && edges !== undefined && isTraffic(edges) && model.id === 'id') {
    const { people } = trafficOf(edges, context.app.home);
    const asked = new Set(table.rows.map((r) => r[idColumn(table, options.id) ?? 0]!));
    table = { ...people, rows: people.rows.filter((r) => asked.has(r[0]!)) };
    edges = undefined;
  }
  const asked = options.id ?? (model.id !== null && table.header.includes(model.id) ? model.id : undefined);
  return show(predictions(model, table, idColumn(table, asked), edges), context);
}

function predictions(
  model: Model,
  table: Table,
  idAt: number | null,
  edges?: Table,
  wanted: (score: number) => boolean = () => true,
): Prediction[] {
  const scored = scoreTable(model, table, idAt, edges);
  const outputs = model.classes.length === 2 ? 1 : model.classes.length;
  return scored.ids.flatMap((id, i) => {
    const said = scored.said[i]!;
    const score = scored.scores[outputs === 1 ? i : i * outputs + said]!;
    if (!wanted(score)) return [];
    return [
      { id, score: Math.round(score * 1e6) / 1e6, label: model.classes[said]!, reasons: reasonsOf(model, scored, i) },
    ];
  });
}

/** Places in a group from its traffic: the top tenth, those whom somebody likely reports to, and the others. */
async function ranked(options: Options, { app }: CliContext): Promise<Prediction[]> {
  if (options.from === undefined)
    throw wrongUsage(
      { zh: '没有指定往来记录。', en: 'No traffic was named.' },
      { zh: '加 --from 文件。', en: 'Add --from FILE.' },
    );
  const { names, ranking } = trafficOf(await readTable(options.from), app.home);
  const order = names.map((_, i) => i).sort((a, b) => ranking.score[b]! - ranking.score[a]! || a - b);
  const chosen = new Set(ranking.managerOf.flatMap((list) => list.slice(0, 1).map((c) => c.person)));
  const top = new Set(order.slice(0, Math.max(1, Math.round(names.length / 10))));
  return order.map((i) => ({
    id: names[i]!,
    score: Math.round(ranking.score[i]! * 1e6) / 1e6,
    label: top.has(i) ? 'top' : chosen.has(i) ? 'middle' : 'base',
    reasons: ranking.managerOf[i]!.slice(0, 1).flatMap((c) => c.reasons),
    managers: ranking.managerOf[i]!.map((c) => ({ id: names[c.person]!, score: Math.round(c.score * 1e6) / 1e6 })),
  }));
}

const show = (rows: Prediction[], { lang, result }: CliContext): Promise<void> =>
  result(rows, () =>
    aligned(
      [
        { title: { zh: '标识', en: 'id' }, value: (r: Prediction) => r.id },
        { title: { zh: '判断', en: 'label' }, value: (r) => r.label },
        { title: { zh: '得分', en: 'score' }, value: (r) => formatScore(r.score), align: 'right' },
        { title: { zh: '理由', en: 'reason' }, value: (r) => r.reasons[0]?.text[lang] ?? '' },
      ],
      rows,
      lang,
    ),
  );
