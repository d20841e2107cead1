import type { Weighed } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';

/** What stands between the names of a list. */
const LIST_MARK = { zh: '\u3001', en: ', ' } as const;
/** As wide as a bar can be, in log-odds: nothing weighs more. */
const WIDEST = 8;

/** What was weighed against what, line by line, one bar a line. */
export function WeighedSum({ w }: { w: Weighed }) {
  const { t, say, f, language } = useWords();
  const lines = [
    { text: t('number.sumFrom'), amount: w.prior },
    ...w.families.map((x) => ({
      text: x.titles.map((y) => say(y)).join(LIST_MARK[language]) + (x.capped ? ` · ${t('number.sumCapped')}` : ''),
      amount: x.logOdds,
    })),
    ...(w.association === 0 ? [] : [{ text: t('number.sumRing'), amount: w.association }]),
    ...(w.model == null
      ? []
      : [
          {
            text: t('number.sumModel', { id: w.model.model, share: f.percent(w.model.probability) }),
            amount: w.model.logOdds,
          },
        ]),
    ...w.lawful.map((l) => ({ text: say(l.reason.text), amount: -l.weight })),
  ];
  return (
    <div className="stack" style={{ gap: 8 }} data-testid="weighed">
      <table className="plain weighed">
        <tbody>
          {lines.map((l, i) => (
            <tr key={i}>
              <td>{l.text}</td>
              <td aria-hidden="true" style={{ width: 90 }}>
                <Bar amount={l.amount} />
              </td>
              <td className="num">{signed(l.amount)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('number.sumTotal')}</th>
            <td />
            <td className="num">
              <b>{signed(w.logOdds)}</b>
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** To the right what speaks against the number, to the left what speaks for it. */
function Bar({ amount }: { amount: number }) {
  const width = Math.min(40, (40 * Math.abs(amount)) / WIDEST);
  return (
    <svg className="sumbar" width="84" height="10" viewBox="0 0 84 10">
      <line x1="42" x2="42" y1="0" y2="10" />
      <rect
        className={amount < 0 ? 'for' : 'against'}
        x={amount < 0 ? 42 - width : 42}
        y="2"
        width={width}
        height="6"
      />
    </svg>
  );
}

const signed = (x: number): string => `${x < 0 ? '\u2212' : '+'}${Math.abs(x).toFixed(1)}`;
