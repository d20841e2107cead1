import type { Command } from 'commander';
import type { RingCard, RingComparison, RingDetail, RingMember } from '../../server/contract.ts';
import { ROLE_NAMES, type Role } from '../../model/role.ts';
import { ringComparison, THING } from '../../server/read/ring-comparison.ts';
import { publishedRun } from '../../server/read/results.ts';
import { ringCards, ringDetail } from '../../server/read/rings.ts';
import { runCommand, type CliContext } from '../context.ts';
import { CliError, neverAnalysed } from '../errors.ts';
import { formatCount, formatInstant, formatScore, table } from '../output.ts';

/** Rings that were found, with their members; or one ring. */
export function register(program: Command): void {
  program
    .command('rings')
    .argument('[id]', '团伙编号 / id of a ring')
    .argument('[other]', '与之比较的团伙 / a ring to compare it with')
    .description('团伙及其成员；两个团伙的比较 / rings and who is in them; two of them compared')
    .action((id: string | undefined, other: string | undefined, _options: unknown, command: Command) =>
      runCommand(command, async (context) => {
        const { app, result } = context;
        const facts = await app.facts();
        if ((await publishedRun(facts)) === null) throw neverAnalysed(app.dataDir);
        const every = await ringCards(facts, null);
        for (const asked of [id, other]) {
          if (asked !== undefined && !every.some((c) => c.id === asked)) throw noRing(asked);
        }
        if (id !== undefined && other !== undefined) {
          const compared = await ringComparison(facts, app.home, id, other);
          if (compared === null) throw noRing(other);
          return result(compared, () => sideBySide(compared, context));
        }
        const cards = every.filter((c) => id === undefined || c.id === id);
        const details: RingDetail[] = [];
        for (const card of cards) {
          const detail = await ringDetail(facts, null, card.id);
          if (detail !== null) details.push(detail);
        }
        await result(details.map(printed), () =>
          id === undefined ? list(cards, context) : details.map((d) => one(d, context)).join('\n'),
        );
      }),
    );
}

const noRing = (id: string): CliError =>
  new CliError(
    { zh: `没有团伙 ${id}。`, en: `There is no ring ${id}.` },
    { action: { zh: '用 ringbreak rings 列出所有团伙。', en: 'List them with ringbreak rings.' } },
  );

/** What two rings share, and what that amounts to. */
function sideBySide(
  { rings: [a, b], text, innocent, shared, called, handovers }: RingComparison,
  context: CliContext,
): string {
  const { lang, say } = context;
  const rows = [
    ...shared.map((s) => ({ what: THING[s.kind], ...s })),
    { what: { zh: '呼叫过的人', en: 'people called' }, ...called, names: [] as string[] },
  ];
  return [
    text[lang],
    ...(innocent === null ? [] : [`${say({ zh: '其他解释', en: 'alternative' })}: ${innocent[lang]}`]),
    say({
      zh: `前后接替的号码 ${handovers.length} 个；偶然会有约 ${Math.round(called.expected)} 人被两者呼叫`,
      en: `${handovers.length} numbers handed over; about ${Math.round(called.expected)} people would be called by both by chance`,
    }),
    '',
    table(
      [
        { title: { zh: '共有', en: 'shared' }, value: (r) => r.what[lang] },
        { title: { zh: a.id, en: a.id }, value: (r) => formatCount(r.left), align: 'right' },
        { title: { zh: '两者', en: 'both' }, value: (r) => formatCount(r.both), align: 'right' },
        { title: { zh: b.id, en: b.id }, value: (r) => formatCount(r.right), align: 'right' },
        { title: { zh: '例如', en: 'for example' }, value: (r) => r.names.slice(0, 3).join(' ') },
      ],
      rows,
      lang,
    ),
  ].join('\n');
}

/** One ring as `--json` prints it: the card's fields, then members, teams and reasons. */
const printed = ({ card, ...rest }: RingDetail) => ({ ...card, ...rest });

function list(cards: readonly RingCard[], { lang, app }: CliContext): string {
  return table(
    [
      { title: { zh: '团伙', en: 'ring' }, value: (c: RingCard) => c.id },
      { title: { zh: '得分', en: 'score' }, value: (c) => formatScore(c.score), align: 'right' },
      { title: { zh: '人数', en: 'members' }, value: (c) => formatCount(c.size), align: 'right' },
      ...(Object.keys(ROLE_NAMES) as Role[]).map((role) => ({
        title: ROLE_NAMES[role],
        value: (c: RingCard) => formatCount(c.byRole[role]),
        align: 'right' as const,
      })),
      ...(cards.some((c) => (c.accounts ?? 0) > 0)
        ? [
            {
              title: { zh: '未明账号', en: 'unknown accounts' },
              value: (c: RingCard) => formatCount(c.accounts ?? 0),
              align: 'right' as const,
            },
          ]
        : []),
      { title: { zh: '号码', en: 'numbers' }, value: (c) => formatCount(c.numbers), align: 'right' },
      { title: { zh: '触达', en: 'reached' }, value: (c) => formatCount(c.reach.called), align: 'right' },
      { title: { zh: '报案', en: 'lost' }, value: (c) => formatCount(c.reach.lost), align: 'right' },
      { title: { zh: '首次', en: 'first seen' }, value: (c) => formatInstant(c.firstSeen, app.home.zone) },
      { title: { zh: '末次', en: 'last seen' }, value: (c) => formatInstant(c.lastSeen, app.home.zone) },
    ],
    cards,
    lang,
  );
}

function one(ring: RingDetail, { lang, say }: CliContext): string {
  const shared = ring.members.some((m) => (m.alsoIn ?? []).length > 0);
  return [
    `${ring.card.name[lang]}  ${formatScore(ring.card.score)}`,
    ...ring.reasons.map((r) => `  - ${r.text[lang]}`),
    ...(ring.turns ?? []).map((turn) => `  * ${turn.text[lang]}`),
    ...ring.alternatives.map((a) => `  ${say({ zh: '其他解释', en: 'alternative' })}: ${a[lang]}`),
    '',
    table(
      [
        { title: { zh: '成员', en: 'member' }, value: (m: RingMember) => m.id },
        { title: { zh: '角色', en: 'role' }, value: (m) => ROLE_NAMES[m.role][lang] },
        { title: { zh: '把握', en: 'sure' }, value: (m) => formatScore(m.roleScore), align: 'right' },
        { title: { zh: '班组', en: 'team' }, value: (m) => m.team ?? '' },
        { title: { zh: '上级', en: 'reports to' }, value: (m) => m.reportsTo ?? '' },
        { title: { zh: '号码', en: 'numbers' }, value: (m) => formatCount(m.numbers.length), align: 'right' },
        ...(shared
          ? [{ title: { zh: '同时属于', en: 'also in' }, value: (m: RingMember) => (m.alsoIn ?? []).join(' ') }]
          : []),
        { title: { zh: '主要理由', en: 'strongest reason' }, value: (m) => m.reasons[0]?.text[lang] ?? '' },
      ],
      ring.members,
      lang,
    ),
  ].join('\n');
}
