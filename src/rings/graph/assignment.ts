/**
 * One-to-one assignment of greatest total worth, in which anybody may stay without a partner (worth 0). Shortest augmenting paths with potentials (Jonker & Volgenant,
 * Computing 38, 1987; Kuhn 1955), on each connected part of the worthwhile pairs apart: O(n^3) of the largest part.
 *
 * @param rows, columns how many there are on either side
 * @param pairs `worth` > 0 of a row with a column; pairs of no worth are never chosen
 * @returns column of each row, -1: none
 */
export function assign(
  rows: number,
  columns: number,
  pairs: readonly { row: number; column: number; worth: number }[],
): Int32Array {
  const out = new Int32Array(rows).fill(-1);
  const useful = pairs.filter((p) => p.worth > 0);
  // Connected parts: rows are 0 .. rows-1, columns come after them.
  const parent = Int32Array.from({ length: rows + columns }, (_, i) => i);
  const find = (x: number): number => {
    while (parent[x] !== x) x = parent[x] = parent[parent[x]!]!;
    return x;
  };
  for (const p of useful) parent[find(p.row)] = find(rows + p.column);
  const parts = new Map<number, typeof useful>();
  for (const p of useful) {
    const root = find(p.row);
    const list = parts.get(root);
    if (list === undefined) parts.set(root, [p]);
    else list.push(p);
  }
  for (const part of parts.values()) solve(part, out);
  return out;
}

function solve(part: readonly { row: number; column: number; worth: number }[], out: Int32Array): void {
  const rowIds = [...new Set(part.map((p) => p.row))].sort((a, b) => a - b);
  const columnIds = [...new Set(part.map((p) => p.column))].sort((a, b) => a - b);
  const rowAt = new Map(rowIds.map((r, i) => [r, i]));
  const columnAt = new Map(columnIds.map((c, i) => [c, i]));
  const n = rowIds.length;
  // A column of its own for each row: to stay without a partner. So every row finds a place, at a cost of 0.
  const m = columnIds.length + n;
  const cost = new Float64Array(n * m).fill(1e12);
  for (let i = 0; i < n; i++) cost[i * m + columnIds.length + i] = 0;
  for (const p of part) {
    const at = rowAt.get(p.row)! * m + columnAt.get(p.column)!;
    cost[at] = Math.min(cost[at]!, -p.worth);
  }
  const u = new Float64Array(n + 1);
  const v = new Float64Array(m + 1);
  const rowOf = new Int32Array(m + 1);
  const way = new Int32Array(m + 1);
  const least = new Float64Array(m + 1);
  const used = new Uint8Array(m + 1);
  for (let i = 1; i <= n; i++) {
    rowOf[0] = i;
    let j0 = 0;
    least.fill(Infinity);
    used.fill(0);
    do {
      used[j0] = 1;
      const i0 = rowOf[j0]!;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (used[j] === 1) continue;
        const reduced = cost[(i0 - 1) * m + j - 1]! - u[i0]! - v[j]!;
        if (reduced < least[j]!) {
          least[j] = reduced;
          way[j] = j0;
        }
        if (least[j]! < delta) {
          delta = least[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (used[j] === 1) {
          u[rowOf[j]!]! += delta;
          v[j]! -= delta;
        } else least[j]! -= delta;
      }
      j0 = next;
    } while (rowOf[j0] !== 0);
    do {
      const before = way[j0]!;
      rowOf[j0] = rowOf[before]!;
      j0 = before;
    } while (j0 !== 0);
  }
  for (let j = 1; j <= columnIds.length; j++) if (rowOf[j]! > 0) out[rowIds[rowOf[j]! - 1]!] = columnIds[j - 1]!;
}
