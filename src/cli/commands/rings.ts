import type { Command } from 'commander';
import type { RingCard, RingDetail, RingMember } from '../../server/contract.ts';
import type { Role } from '../../model/role.ts';
import type { Bilingual } from '../../model/reason.ts';
import { publishedRun } from '../../server/read/results.ts';
import { ringCards, ringDetail } from '../../server/read/rings.ts';
import { runCommand, type CliContext } from '../context.ts';
import { CliError, neverAnalysed } from '../errors.ts';
import { formatCount, formatInstant, formatScore, table } from '../output.ts';

const ROLE_NAMES: Record<Role, Bilingual> = {
  principal: { zh: '核心成员', en: 'principal' },
  leader: { zh: '组长', en: 'leader' },
  inspector: { zh: '质检员', en: 'inspector' },
  agent: { zh: '话务员', en: 'agent' },
  technician: { zh: '技术人员', en: 'technician' },
};

/** Rings that were found, with their members; or one ring. */
export function register(program: Command): void {
  program
    .command('rings')
    .argument('[id]', '团伙编号 / id of a ring')
    .description('团伙及其成员 / rings and who is in them')
    .action((id: string | undefined, _options: unknown, command: Command) =>
      runCommand(command, async (context) => {
        const { app, result } = context;
        const facts = await app.facts();
        if ((await publishedRun(facts)) === null) throw neverAnalysed(app.dataDir);
        const cards = (await ringCards(facts, null)).filter((c) => id === undefined || c.id === id);
        if (id !== undefined && cards.length === 0) {
          throw new CliError(
            { zh: `没有团伙 ${id}。`, en: `There is no ring ${id}.` },
            { action: { zh: '用 ringbreak rings 列出所有团伙。', en: 'List them with ringbreak rings.' } },
          );
        }
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
  return [
    `${ring.card.name[lang]}  ${formatScore(ring.card.score)}`,
    ...ring.reasons.map((r) => `  - ${r.text[lang]}`),
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
        { title: { zh: '主要理由', en: 'strongest reason' }, value: (m) => m.reasons[0]?.text[lang] ?? '' },
      ],
      ring.members,
      lang,
    ),
  ].join('\n');
}
