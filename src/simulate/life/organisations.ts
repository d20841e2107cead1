import { spellInstant, DAY, HOUR } from '../calendar.ts';
import type { Calendar } from '../calendar.ts';
import type { Country, Person } from '../country.ts';
import { CITIES } from '../cities.ts';
import { FACT_KINDS } from '../../model/fact-kinds.ts';
import { CsvFile } from '../ledger.ts';
import { spell } from '../numbers.ts';
import type { Streams } from '../random.ts';

/** Whom people had bought from or signed up with before anybody called them. Some of these bases leak. */
export interface Organisation {
  name: string;
  sector: string;
  customers: Int32Array;
  /** When each customer first dealt with it; instants, same order. */
  since: Float64Array;
}

const SYLLABLES =
  '启明 博学 新航 卓越 金桥 汇通 恒信 安盈 优选 百汇 悦行 畅通 康宁 华泽 宏远 立德 知行 思源 锦程 丰泰 云帆 星河 德润 佳禾 天衡 瑞丰 同济 万象 乐享 一诺'.split(
    ' ',
  );
const SECTORS: readonly { sector: string; suffix: string; sizes: readonly number[] }[] = [
  { sector: 'education', suffix: '教育', sizes: [52_000, 44_000, 12_000, 7_000, 4_000] },
  { sector: 'finance', suffix: '财富', sizes: [43_000, 38_000, 9_000, 5_000] },
  { sector: 'retail', suffix: '商城', sizes: [30_000, 12_000, 6_000] },
  { sector: 'travel', suffix: '旅行', sizes: [14_000, 5_000] },
  { sector: 'health', suffix: '健康', sizes: [10_000, 4_000] },
  { sector: 'game', suffix: '互娱', sizes: [18_000, 6_000] },
];

export class Organisations {
  readonly all: Organisation[] = [];

  /** Customer bases in proportion to the country up to scale 1; beyond that there are more organisations, not larger ones. */
  constructor(country: Country, calendar: Calendar, scale: number, streams: Streams) {
    const random = streams('organisations');
    const names = random.shuffle([...SYLLABLES]);
    const size = Math.min(1, scale);
    const copies = Math.max(1, Math.round(Math.sqrt(scale)));
    const first = calendar.midnight(0) - 780 * DAY;
    const span = calendar.midnight(0) - first - 6 * HOUR;
    let k = 0;
    for (let copy = 0; copy < copies; copy++) {
      for (const { sector, suffix, sizes } of SECTORS) {
        for (const whole of sizes) {
          const n = Math.max(20, Math.round(whole * size));
          const chosen = new Set<Person>();
          while (chosen.size < Math.min(n, country.size * 0.6)) chosen.add(country.anybody(random));
          const customers = Int32Array.from(chosen);
          // Businesses grow: more customers lately than long ago.
          const since = Float64Array.from(customers, () => first + Math.floor(span * Math.sqrt(random.unit())));
          const given = names[k % names.length]!;
          const city = k < names.length ? '' : CITIES[random.below(CITIES.length)]!.name;
          this.all.push({ name: `${city}${given}${suffix}`, sector, customers, since });
          k++;
        }
      }
    }
  }

  /**
   * Writes the records that the organisations' own systems gave, one export after the other; a few per cent of customers are missing
   * there. Returns the rows written. Straight to the file: in a large country these are millions.
   */
  writeTo(path: string, country: Country, streams: Streams): number {
    const random = streams('dealings');
    const file = new CsvFile(
      path,
      FACT_KINDS.dealings.columns.map((c) => c.name),
    );
    for (const o of this.all) {
      for (let i = 0; i < o.customers.length; i++) {
        if (random.chance(0.04)) continue;
        file.line(`${spell(country.number(o.customers[i]!))},${o.name},${o.sector},${spellInstant(o.since[i]!)}`);
      }
    }
    file.close();
    return file.rows;
  }
}
