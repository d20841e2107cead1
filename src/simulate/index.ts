import { mkdirSync } from 'node:fs';
import { setImmediate as breath } from 'node:timers/promises';
import { join } from 'node:path';
import { FACT_KIND_NAMES } from '../model/fact-kinds.ts';
import { silent } from '../model/progress.ts';
import type { ProgressSink } from '../model/progress.ts';
import { calendarOf } from './calendar.ts';
import { CallLog } from './call-log.ts';
import type { Damage } from './call-log.ts';
import { Country } from './country.ts';
import { Abroad } from './lawful/abroad.ts';
import { CallCentre } from './lawful/call-centre.ts';
import { HeavyCallers } from './lawful/heavy-callers.ts';
import { Ledger } from './ledger.ts';
import { OtherCases } from './life/cases.ts';
import { ordinaryCircles } from './life/groups.ts';
import { ordinaryMoney } from './life/money.ts';
import { Organisations } from './life/organisations.ts';
import type { Organisation } from './life/organisations.ts';
import { ordinaryWords } from './life/words.ts';
import { ForeignNumbers } from './numbers.ts';
import { atScale, presetNamed } from './presets.ts';
import type { LeakPlan, Preset } from './presets.ts';
import { streamsOf } from './random.ts';
import { RingAtWork } from './ring/dialling.ts';
import { recruit } from './ring/structure.ts';
import { SocialLife } from './social.ts';
import { Truth } from './truth.ts';
import type { Part, World, LedgerName } from './world.ts';

export interface SimulateRequest {
  /** Name in PRESETS. */
  preset: string;
  /** Any 32-bit integer; the same seed gives the same bytes. */
  seed: number;
  /** Size of the background country; 1 is 200,000 people. Rings shrink below 1 and keep their size above. */
  scale: number;
  /** Folder for the canonical files; `truth/` is made inside. Created if missing, files are overwritten. */
  out: string;
  /** Departures from the preset, for experiments. */
  options?: {
    days?: number;
    /** Times as many everyday calls as the preset has (it has one a week and person); about 16 is what a carrier records. */
    density?: number;
    damage?: Partial<Damage>;
  };
}

export interface SimulateResult {
  preset: string;
  seed: number;
  scale: number;
  out: string;
  /** Rows written, by canonical kind. */
  rows: Record<string, number>;
  people: number;
  ringPeople: number;
  days: number;
}

/** Records as they usually are: a few per cent lost, clocks off by seconds, numbers spelt in several ways. */
const DAMAGE: Damage = { missing: 0.03, repeated: 0.0004, oddSpelling: 0.02, blank: 0.06, skew: 25_000 };

/**
 * Makes a synthetic country with (or without) rings in it and writes its records as canonical files into `out`, and what really
 * happened into `out/truth`. Throws for an unknown preset, a scale that is no positive number, or a folder that cannot be written.
 */
export const simulate = async (request: SimulateRequest, progress: ProgressSink = silent): Promise<SimulateResult> => {
  const preset = presetNamed(request.preset);
  const { seed, scale, out } = request;
  if (!(scale > 0) || !Number.isFinite(scale))
    throw new Error(`simulate: scale must be a positive number, got ${scale}`);
  const density = request.options?.density ?? 1;
  if (!(density > 0) || !Number.isFinite(density))
    throw new Error(`simulate: density must be a positive number, got ${density}`);
  if (!Number.isInteger(seed)) throw new Error(`simulate: seed must be a whole number, got ${seed}`);
  mkdirSync(out, { recursive: true });
  const streams = streamsOf(seed);
  const calendar = calendarOf(preset.firstDay, request.options?.days ?? preset.days);
  const country = new Country(
    Math.max(400, Math.round(preset.people * scale)),
    (preset.socialCalls * scale * density) / preset.days,
    streams,
  );
  const taken = new Set<number>();
  const rings = preset.rings.map((plan, i) => {
    const id = `ring-${i + 1}`;
    return recruit(id, atScale(plan, scale), country, calendar.days, taken, streams(`${id}/people`));
  });
  const log = new CallLog(join(out, 'calls.csv'), streams('damage'), { ...DAMAGE, ...request.options?.damage });
  const kinds = FACT_KIND_NAMES.filter((k) => k !== 'calls' && k !== 'dealings') as LedgerName[];
  const ledgers = Object.fromEntries(kinds.map((k) => [k, new Ledger(k)])) as unknown as Record<LedgerName, Ledger>;
  const organisations = new Organisations(country, calendar, scale, streams);
  const truth = new Truth();
  const world: World = {
    country,
    calendar,
    streams,
    scale,
    log,
    ledgers,
    truth,
    foreign: new ForeignNumbers(),
    organisations,
  };

  const lists = leakedLists(world, preset);
  const social = new SocialLife(country, calendar, streams);
  const otherCases = new OtherCases(world);
  const parts: Part[] = [
    { day: (d) => social.day(d, log) },
    new HeavyCallers(world),
    new Abroad(world),
    ...Array.from({ length: Math.max(1, Math.round(scale)) }, (_, i) => new CallCentre(world, i)),
    otherCases,
    ...rings.map(
      (ring) =>
        new RingAtWork(
          world,
          ring,
          ring.plan.lists.map((l) => lists[l]!),
        ),
    ),
  ];
  preset.rings.forEach((plan, i) => {
    for (const l of plan.lists) {
      const leak = preset.leaks[l]!;
      truth.add('leaks', leakedFrom(organisations, leak).name, rings[i]!.id, `${leak.until}T00:00:00.000+08:00`);
    }
  });

  for (let d = 0; d < calendar.days; d++) {
    progress({
      step: 'simulate',
      text: { zh: `生成 ${calendar.date(d)} 的通话`, en: `calls of ${calendar.date(d)}` },
      done: d,
      total: calendar.days,
      unit: 'steps',
    });
    for (const part of parts) part.day(d);
    log.writeDay(calendar.midnight(d));
    await breath(); // progress is drawn and Ctrl-C heard between days
  }
  for (const part of parts) part.end?.();
  log.close();
  otherCases.file(truth.column('lookalikes', 'number'));
  const ringPeople = rings.flatMap((r) => r.everybody.map((m) => m.person));
  const circles = ordinaryCircles(world, ringPeople);
  ordinaryMoney(world, circles, ringPeople);
  ordinaryWords(world, circles);
  const rows: Record<string, number> = {
    calls: log.rows,
    dealings: organisations.writeTo(join(out, 'dealings.csv'), country, streams),
  };
  for (const kind of kinds) {
    rows[kind] = ledgers[kind].writeTo(join(out, `${kind}.csv`));
  }
  truth.writeTo(join(out, 'truth'));
  progress({
    step: 'simulate',
    text: { zh: '已写完', en: 'written' },
    done: calendar.days,
    total: calendar.days,
    unit: 'steps',
  });
  return {
    preset: preset.name,
    seed,
    scale,
    out,
    rows,
    people: country.size,
    ringPeople: ringPeople.length,
    days: calendar.days,
  };
};

const leakedFrom = (organisations: Organisations, leak: LeakPlan): Organisation => {
  const found = organisations.all.filter((o) => o.sector === leak.sector)[leak.rank];
  if (!found) throw new Error(`simulate: no organisation of sector '${leak.sector}' at rank ${leak.rank}`);
  return found;
};

/** The customers that each leak carried off: those the organisation had by then, less a few that the thief missed. */
const leakedLists = (world: World, preset: Preset): Int32Array[] =>
  preset.leaks.map((leak, i) => {
    const from = leakedFrom(world.organisations, leak);
    const until = Date.parse(`${leak.until}T00:00:00+08:00`);
    const random = world.streams(`leak/${i}`);
    return from.customers.filter((_, k) => from.since[k]! < until && !random.chance(0.03));
  });
