import type { Life } from './lives.ts';

/** Two stretches of one number under one holder, as one life. */
export function joined(a: Life, b: Life): Life {
  const calls = a.calls + b.calls;
  const ties = new Map(
    a.ties.map((t) => [`${t.kind}:${t.value}`, { ...t, share: (t.share * a.calls) / calls, closes: 0 }]),
  );
  for (const t of b.ties) {
    const { share, opens } = ties.get(`${t.kind}:${t.value}`) ?? { share: 0, opens: 0 };
    ties.set(`${t.kind}:${t.value}`, { ...t, share: share + (t.share * b.calls) / calls, opens });
  }
  return {
    number: a.number,
    first: a.first,
    last: b.last,
    calls,
    days: a.days + b.days,
    country: a.country || b.country,
    hours: a.hours.map((h, i) => h + b.hours[i]!),
    people: [...new Set([...a.people, ...b.people])].sort((x, y) => x - y),
    ties: [...ties.values()],
  };
}

/**
 * Lives of holders from stretches of numbers: those that `went on` (place of a stretch -> place of the number's next one, under the same holder) are joined.
 *
 * @param stretches those of one number one after another
 */
export function livesOfHolders(stretches: readonly Life[], wentOn: ReadonlySet<number>): Life[] {
  const lives: Life[] = [];
  stretches.forEach((s, i) => {
    if (i > 0 && wentOn.has(i - 1)) lives.push(joined(lives.pop()!, s));
    else lives.push(s);
  });
  return lives;
}
