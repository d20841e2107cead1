import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from 'react-router';
import { useNumber } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Mark, NumberName, Score, Strip } from '../parts/marks.tsx';
import { BasedOn, Innocents, ReasonList } from '../parts/reasons.tsx';
import { Answer } from '../parts/states.tsx';

/** The number beside the list: why first, then how much, then why not. */
export function NumberPreview({ number, close }: { number: string; close: () => void }) {
  const { t, say, f } = useWords();
  const asked = useNumber(number);
  return (
    <aside className="aside" aria-label={t('numbers.preview', { number })}>
      <div className="row">
        <b className="grow" style={{ fontSize: 15 }}>
          <NumberName
            id={number}
            {...(asked.data
              ? {
                  country: asked.data.row.kind === 'e164' ? asked.data.row.country : '',
                  province: asked.data.row.province,
                }
              : {})}
          />
        </b>
        <Button type="text" size="small" icon={<CloseOutlined />} onClick={close} aria-label={t('app.close')} />
      </div>
      <Answer of={asked} what={number}>
        {(d) => (
          <div className="stack" style={{ marginTop: 6 }}>
            <p>{d.findings.length > 0 ? say(d.sentence) : t('number.verdictNone')}</p>
            <div className="row wrap">
              <Score value={d.row.score} />
              {d.rings.map((r) => (
                <span className="role" key={r.id}>
                  <Mark kind={r.role ?? 'unknown'} />
                  <Link to={`/rings/${encodeURIComponent(r.id)}`}>{say(r.name)}</Link>
                  {r.role && t(`role.${r.role}`)}
                </span>
              ))}
              <Strip values={d.row.strip} label={t('numbers.col.seen')} />
            </div>
            {d.row.lawful !== null && (
              <span className="role">
                <Mark kind="lawful" /> {t('judge.lawful')}
              </span>
            )}
            <div>
              <Link to={`/numbers/${encodeURIComponent(number)}`}>{t('numbers.open')} →</Link>
            </div>
            {d.findings.map((finding) => (
              <section key={finding.detector}>
                <h2 className="section">{say(finding.title)}</h2>
                <ReasonList reasons={finding.reasons} measures={d.measures} />
                <BasedOn records={finding.records} />
              </section>
            ))}
            {d.innocent.length > 0 && (
              <section>
                <h2 className="section">{t('number.innocent')}</h2>
                <Innocents texts={d.innocent} />
              </section>
            )}
            {d.notSeen.map((n, i) => (
              <p key={i} className="notseen">
                {say(n)}
              </p>
            ))}
            <p className="faint small">
              {d.row.firstSeen !== null &&
                d.row.lastSeen !== null &&
                t('number.seen', { first: f.time(d.row.firstSeen), last: f.time(d.row.lastSeen) })}
            </p>
          </div>
        )}
      </Answer>
    </aside>
  );
}
