import type { LawfulEvidence } from '../model/weighing.ts';
import type { FactsStore } from '../store/facts.ts';
import { sql, type Sql } from '../store/sql.ts';
import { MEASURED } from '../features/steps.ts';
import { lawfulEvidence } from './lawful.ts';

interface TraitsRow {
  number: string;
  kind: string;
  organisation: string;
  back: number | null;
  answered: number | null;
  callers: number | null;
  people: number | null;
  strangers: number | null;
  lasting: number | null;
  office_hours: number | null;
  weekend: number | null;
  out_days: number | null;
  life_days: number | null;
  accounts: number | null;
  devices: number | null;
  addresses: number | null;
  turns: number | null;
  complaints: number | null;
  expected: number | null;
}

/** Table of the numbers somebody has a finding about; detectors' `recordsOf` reads it. */
export async function keepCandidates(facts: FactsStore, numbers: readonly string[]): Promise<void> {
  await facts.command('CREATE OR REPLACE TABLE candidates (number String) ENGINE = MergeTree ORDER BY number');
  for (let i = 0; i < numbers.length; i += 10_000) {
    await facts.insert(
      'candidates',
      numbers.slice(i, i + 10_000).map((number) => ({ number })),
    );
  }
}

/** What speaks for each number that `where` selects (a condition on `m.number`), from its measures, the registry and the reports. */
export async function lawfulEvidenceWhere(facts: FactsStore, where: Sql): Promise<Map<string, LawfulEvidence[]>> {
  const rows = await facts.query<TraitsRow>(sql`
    SELECT m.number AS number, n.what AS kind, r.holder AS organisation, m.call_back_ratio AS back, m.answered_in_share AS answered, m.callers_in AS callers,
      m.out_degree AS people, m.strangers_share AS strangers, m.lasting_share AS lasting, m.office_hours_share AS office_hours, m.weekend_share AS weekend, m.out_days AS out_days,
      m.active_span_days AS life_days, m.accounts_per_number AS accounts, m.imeis_per_number AS devices, m.ips_per_number AS addresses,
      m.numbers_before + m.numbers_after AS turns,
      m.victim_contacts + m.named_in_cases AS complaints, m.out_degree * (SELECT any(share) FROM ${MEASURED.victimBase}) AS expected
    FROM measures AS m
    LEFT JOIN (SELECT id, any(kind) AS what FROM numbers GROUP BY id) AS n ON n.id = m.number
    LEFT JOIN (SELECT number, min(organisation) AS holder FROM registry GROUP BY number) AS r ON r.number = m.number
    WHERE ${where}`);
  return new Map(
    rows.map((r) => [
      r.number,
      lawfulEvidence({
        kind: r.kind,
        organisation: r.organisation === '' ? null : r.organisation,
        callBackShare: r.back,
        answeredInShare: r.answered,
        callersIn: r.callers,
        people: r.people,
        strangersShare: r.strangers,
        lastingShare: r.lasting,
        officeHoursShare: r.office_hours,
        weekendShare: r.weekend,
        outDays: r.out_days,
        lifeDays: r.life_days,
        accounts: r.accounts,
        devices: r.devices,
        addresses: r.addresses,
        turns: r.turns,
        complaints: r.complaints,
        complaintsExpected: r.expected,
      }),
    ]),
  );
}
