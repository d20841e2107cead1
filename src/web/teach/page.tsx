import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import type { TeachingPage, Verdict } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Score } from '../parts/marks.tsx';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Empty, Fault } from '../parts/states.tsx';
import { Models } from './models.tsx';

const CHOICES = ['ring', 'lawful', 'unsure'] as const;

interface Given {
  number: string;
  verdict: Verdict;
}

/** Which numbers should somebody judge next, and what has been learnt? */
export default function TeachPage() {
  const { t } = useWords();
  const asked = useQuery({ queryKey: ['teaching'], queryFn: api.teaching });
  return (
    <div className="page">
      <PageHead question={t('teach.question')} answer={t('teach.answer')} />
      <Answer of={asked} what={t('app.nav.teach')}>
        {(page) => (
          <div className="stack">
            <Lessons page={page} />
            <Models page={page} />
          </div>
        )}
      </Answer>
    </div>
  );
}

function Lessons({ page }: { page: TeachingPage }) {
  const { t, say, f } = useWords();
  const client = useQueryClient();
  const [given, setGiven] = useState<readonly Given[]>([]);
  const judge = useMutation({
    mutationFn: ({ number, verdict, note = '' }: Given & { note?: string }) =>
      api.judge({ subjectKind: 'number', subject: number, verdict, note }),
    // The list stays as it is until the next one is asked for: rows must not move under the hand that judges.
    onSuccess: (_, { number, verdict, note }) =>
      setGiven((now) => [
        ...now.filter((g) => g.number !== number),
        ...(note === undefined ? [{ number, verdict }] : []),
      ]),
  });
  const next = async (): Promise<void> => {
    setGiven([]);
    await Promise.all(['teaching', 'number', 'numbers'].map((k) => client.invalidateQueries({ queryKey: [k] })));
  };
  if (page.lessons.length === 0) {
    return (
      <Empty title={t('teach.none')} todo={t('teach.noneDo')}>
        <Link to="/imports">{t('teach.toImports')}</Link>
      </Empty>
    );
  }
  return (
    <Panel
      title={t('teach.lessons', { count: page.lessons.length })}
      hint={t('teach.lessonsHint')}
      side={
        <Button size="small" type={given.length > 0 ? 'primary' : 'default'} onClick={() => void next()}>
          {t('teach.next')}
        </Button>
      }
    >
      {judge.error && <Fault error={judge.error} />}
      <div className="scrollx">
        <table className="plain" data-testid="lessons">
          <thead>
            <tr>
              <th>{t('numbers.col.number')}</th>
              <th>{t('numbers.col.score')}</th>
              <th>{t('teach.why')}</th>
              <th className="num">{t('numbers.col.people')}</th>
              <th>{t('judge.title')}</th>
            </tr>
          </thead>
          <tbody>
            {page.lessons.map(({ row, why }) => {
              const own = given.find((g) => g.number === row.number);
              return (
                <tr key={row.number}>
                  <td className="nowrap">
                    <Link to={`/numbers/${encodeURIComponent(row.number)}`}>
                      <span className="mono">{row.number}</span>
                    </Link>
                  </td>
                  <td className="nowrap">
                    <Score value={row.score} {...(row.topReason ? { title: say(row.topReason.text) } : {})} />
                  </td>
                  <td>
                    {say(why)}
                    {row.topReason && <div className="soft small">{say(row.topReason.text)}</div>}
                  </td>
                  <td className="num">{f.count(row.people)}</td>
                  <td className="nowrap">
                    {own === undefined ? (
                      <span className="row" role="group" aria-label={t('teach.judgeOf', { number: row.number })}>
                        {CHOICES.map((verdict) => (
                          <Button
                            key={verdict}
                            size="small"
                            disabled={judge.isPending}
                            onClick={() => judge.mutate({ number: row.number, verdict })}
                          >
                            {t(`judge.${verdict}`)}
                          </Button>
                        ))}
                      </span>
                    ) : (
                      <span className="row">
                        <b>{t(`judge.${own.verdict}`)}</b>
                        <Button
                          size="small"
                          type="link"
                          onClick={() =>
                            judge.mutate({ number: row.number, verdict: 'unsure', note: t('teach.undone') })
                          }
                        >
                          {t('teach.undo')}
                        </Button>
                      </span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
