import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DAY,
  expectFinding,
  findingOn,
  HOUR,
  mobile,
  MONDAY,
  openSmallWorld,
  ordinaryTalk,
  people,
  philippine,
  recordOfCall,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
} from '../../../test/unit/small-world.ts';
import { convergenceOnDealings } from './convergence-on-dealings.ts';
import { convergenceOnVictims } from './convergence-on-victims.ts';
import { leadInToGroup } from './lead-in-to-group.ts';
import { namedInCases } from './named-in-cases.ts';
import { shortLivedFromAbroad } from './short-lived-from-abroad.ts';

/**
 * What became of the people called. A caller of twelve, all customers of one school: six join one group the next day and four report a fraud. A bank calls two
 * hundred, among them the same four. A mother calls her son, who reports too. The school calls its own customers from its registered line. A hit-and-miss report
 * names a number that never called.
 */
const [CALLER, BANK, MOTHER, SCHOOL, MISREAD, LATE, REPORTED, ANNOYING, COLLECTOR, LEADER] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
].map(mobile) as [string, string, string, string, string, string, string, string, string, string];
const [HATED, DOUBTED] = [11, 12].map(mobile) as [string, string];
const country = people(200);
const called = country.slice(0, 12);
const victims = called.slice(0, 4);
const joiners = called.slice(0, 6);
const customers = country.slice(0, 30);

const calls: Call[] = [
  ...round(CALLER, called),
  ...round(BANK, country, { every: HOUR / 60 }),
  ...round(MOTHER, [victims[0]!, ...people(2, 5000)], { every: HOUR }),
  ...round(SCHOOL, customers, { every: HOUR / 60 }),
  // After the reports: cannot have caused them.
  ...round(LATE, [...victims, ...country.slice(50, 58)], { at: MONDAY + 10 * DAY }),
  ...round(REPORTED, [country[101]!], { every: HOUR }),
  ...round(ANNOYING, [country[102]!], { every: HOUR }),
  ...round(COLLECTOR, [country[103]!], { every: HOUR }),
  ...round(HATED, country.slice(104, 130), { every: HOUR }),
  ...round(DOUBTED, country.slice(130, 150), { every: HOUR }),
  ...ordinaryTalk(60, 6000),
];
const cases = [
  ...victims.map((victim, i) => ({ case_id: `A${i}`, victim, loss: 1000, suspect_numbers: i < 3 ? [CALLER] : [] })),
  { case_id: 'A9', victim: country[100]!, suspect_numbers: [MISREAD] },
  { case_id: 'B1', victim: country[101]!, loss: 500, suspect_numbers: [REPORTED] },
  { case_id: 'B2', victim: country[102]!, loss: 0, suspect_numbers: [ANNOYING] },
  { case_id: 'B3', victim: country[103]!, category: '催收骚扰', suspect_numbers: [COLLECTOR] },
  // A large firm of collectors, and one whose calls people take for fraud: complained about many times, and nobody lost anything.
  ...country
    .slice(104, 124)
    .map((victim, i) => ({ case_id: `C${i}`, victim, loss: 0, category: '催收骚扰', suspect_numbers: [HATED] })),
  ...country
    .slice(130, 134)
    .map((victim, i) => ({ case_id: `D${i}`, victim, loss: 0, category: '疑似诈骗', suspect_numbers: [DOUBTED] })),
];
const memberships = [
  ...joiners.map((member) => ({ group: 'QQ群甲', member, joined: MONDAY + DAY })),
  // A colony's group that people joined without anybody's call, and somebody who was there before the call.
  ...people(10, 5000).map((member) => ({ group: '业主群', member, joined: MONDAY - 3 * DAY })),
  { group: 'QQ群甲', member: 'leader', role: 'owner', joined: MONDAY - 30 * DAY },
];
const dealings = [
  ...customers.map((person) => ({ person, organisation: '晨光学校' })),
  ...country.slice(30, 190).map((person, i) => ({ person, organisation: `商家${i % 8}` })),
];
const registry = [{ number: SCHOOL, organisation: '晨光学校' }];

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell({ calls, cases, memberships, dealings, registry });
  await world.measure();
});
afterAll(() => world.close());

describe('convergence on victims', () => {
  it('sees that a third of the twelve people called reported a fraud', async () => {
    const finding = expectFinding(await world.judge(convergenceOnVictims), CALLER);
    expect(finding.score).toBeGreaterThanOrEqual(0.5);
    expect(finding.reasons).toMatchObject([{ measure: 'victim_contacts', value: 4, unit: 'people', threshold: 2 }]);
    expect(finding.reasons[0]!.innocent).toBeDefined();
  });

  it('leaves alone the bank that calls everybody, the mother, and who called after the reports', async () => {
    const run = await world.judge(convergenceOnVictims);
    for (const n of [BANK, MOTHER, LATE, MISREAD]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('named in cases', () => {
  it('sees the number that three victims name and the call records confirm', async () => {
    const finding = expectFinding(await world.judge(namedInCases), CALLER);
    expect(finding.score).toBeGreaterThan(0.9);
    expect(finding.reasons).toMatchObject([{ measure: 'named_in_cases', value: 3, unit: 'cases', threshold: 1 }]);
    expect(finding.reasons[0]!.text.en).toContain('the call records agree in 3');
    expect(finding.innocent).toBeNull();
    expect(finding.records).toHaveLength(3);
  });

  it('holds a single report without any such call for a possible slip of a digit', async () => {
    const run = await world.judge(namedInCases);
    expect(scoreOf(run, MISREAD)).toBeLessThan(0.5);
    expect(findingOn(run, MISREAD)?.innocent?.zh).toContain('可能记错号码');
    expect(scoreOf(run, BANK)).toBe(0);
    // Annoyed people without a loss name lawful callers too: two complaints weigh what one report does.
    const [real, annoyed] = [scoreOf(run, REPORTED), scoreOf(run, ANNOYING)];
    expect(real).toBeCloseTo(0.6, 6);
    expect(annoyed).toBeCloseTo(0.3, 6);
    // A report filed as a nuisance had no loss, whether or not it says so.
    expect(scoreOf(run, COLLECTOR)).toBeCloseTo(annoyed, 6);
  });

  it('holds many complaints without a loss for no more than one report with it, and of a nuisance for half of that', async () => {
    const run = await world.judge(namedInCases);
    expect(scoreOf(run, DOUBTED)).toBeCloseTo(scoreOf(run, REPORTED), 6);
    expect(scoreOf(run, HATED)).toBeCloseTo(scoreOf(run, COLLECTOR), 6);
  });

  it('takes nobody for a victim who complained of a nuisance', async () => {
    expect(scoreOf(await world.judge(convergenceOnVictims), HATED)).toBe(0);
  });
});

describe('lead-in to a group', () => {
  it('sees six people in the same group within a day of the call, and the calls it rests on', async () => {
    const finding = expectFinding(await world.judge(leadInToGroup), CALLER);
    expect(finding.reasons).toMatchObject([{ measure: 'lead_in_joins', value: 6, unit: 'people', threshold: 2 }]);
    expect(finding.reasons[0]!.text.zh).toContain('QQ群甲');
    expect([...finding.records].sort()).toEqual(joiners.map((_, i) => recordOfCall(i)).sort());
  });

  it('leaves alone the bank, whose people join no more often than others', async () => {
    const run = await world.judge(leadInToGroup);
    for (const n of [BANK, MOTHER, LATE]) expect(scoreOf(run, n), n).toBe(0);
    expect(scoreOf(run, SCHOOL)).toBeLessThan(scoreOf(run, CALLER));
  });
});

describe('convergence on one customer list', () => {
  it('sees that all twelve are customers of one school', async () => {
    const finding = expectFinding(await world.judge(convergenceOnDealings), CALLER);
    expect(finding.score).toBeGreaterThan(0.9);
    expect(finding.reasons).toMatchObject([
      { measure: 'dealing_concentration', value: 12, unit: 'people', threshold: 4 },
    ]);
    expect(finding.reasons[0]!.text.zh).toContain('晨光学校');
    expect(finding.innocent?.zh).toContain('请向该机构核实');
  });

  it('leaves alone the school’s own registered line, and the bank that calls everybody’s customers', async () => {
    const run = await world.judge(convergenceOnDealings);
    for (const n of [SCHOOL, BANK, MOTHER]) expect(scoreOf(run, n), n).toBe(0);
  });
});

describe('reports that name a chat group', () => {
  it('lead to the number that called those who lost their money there, though nobody was seen to join', async () => {
    const robbed = people(6, 7000);
    await world.tell({
      calls: [
        ...round(LEADER, [...robbed, ...people(6, 7100)]),
        ...round(BANK, [...robbed, ...country], { every: HOUR / 60 }),
        ...ordinaryTalk(60, 6000),
      ],
      cases: robbed.map((victim, i) => ({ case_id: `C${i}`, victim, loss: 1000, chat_groups: ['QQ群乙'] })),
    });
    await world.measure();
    const run = await world.judge(leadInToGroup);
    const finding = expectFinding(run, LEADER);
    expect(finding.reasons).toMatchObject([{ measure: 'lead_in_joins', value: 6 }]);
    expect(finding.reasons[0]!.text.zh).toContain('QQ群乙');
    expect(finding.reasons[0]!.text.en).toContain('as 6 of them reported');
    expect(scoreOf(run, BANK)).toBe(0);
  });
});

describe('the telephone bills of victims', () => {
  const robbed = people(30, 8000);
  const bills: Call[] = [
    // A foreign number in eight bills for two days, a shop in twenty for weeks, a mother; and what victims call themselves.
    ...round(philippine(1), robbed.slice(0, 8), { every: 6 * HOUR }),
    ...round(SCHOOL, robbed.slice(5, 25), { every: 24 * HOUR }),
    ...round(MOTHER, [robbed[3]!, robbed[3]!], { every: 24 * HOUR }),
    ...robbed.flatMap((victim, i) => round(victim, people(12, 9000 + 20 * i), { every: 50 * HOUR })),
  ];
  const reports = robbed.map((victim, i) => ({ case_id: `D${i}`, victim, at: MONDAY + 28 * DAY, loss: 1000 }));

  it('speak of the foreign number that several of them show, not of whoever else called many', async () => {
    await world.tell({ calls: bills, cases: reports });
    await world.measure();
    const run = await world.judge(convergenceOnVictims);
    expect(expectFinding(run, philippine(1)).reasons).toMatchObject([{ measure: 'victim_contacts', value: 8 }]);
    for (const n of [SCHOOL, MOTHER]) expect(scoreOf(run, n)).toBe(0);
  });

  it('show a small part of whom a number calls: few people there are many', async () => {
    const brief = await world.judge(shortLivedFromAbroad);
    expect(expectFinding(brief, philippine(1)).score).toBeGreaterThan(0.5);
    // The same calls among everybody's are those of somebody who called eight people.
    await world.tell({ calls: [...bills, ...ordinaryTalk(300, 20_000)], cases: reports });
    await world.measure();
    expect(scoreOf(await world.judge(shortLivedFromAbroad), philippine(1))).toBe(0);
  });
});

describe('where a table is missing', () => {
  it.each([
    [convergenceOnVictims, 'cases'],
    [namedInCases, 'cases'],
    [leadInToGroup, 'memberships', 'cases'],
    [convergenceOnDealings, 'dealings'],
  ])('$id says so', async (detector, ...tables) => {
    await world.tell({ calls: calls.slice(0, 12) });
    expect(await world.judge(detector)).toMatchObject({ findings: [], notSeen: tables });
  });
});
