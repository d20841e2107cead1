import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Radio } from 'antd';
import { useState } from 'react';
import type { Judgement, JudgementInput, Verdict } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Fault } from './states.tsx';

/** A person's verdict with a note, and the verdicts before it. */
export function Judge({
  kind,
  subject,
  options,
  history,
}: {
  kind: JudgementInput['subjectKind'];
  subject: string;
  options: readonly Verdict[];
  history: readonly Judgement[];
}) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [note, setNote] = useState('');
  const save = useMutation({
    mutationFn: () => api.judge({ subjectKind: kind, subject, verdict: verdict ?? 'unsure', note }),
    onSuccess: async () => {
      setNote('');
      setVerdict(null);
      void message.success(t('judge.saved'));
      await Promise.all(
        ['number', 'numbers', 'ring', 'rings', 'overview'].map((k) => client.invalidateQueries({ queryKey: [k] })),
      );
    },
  });
  return (
    <form
      id="judge"
      className="stack"
      style={{ gap: 8 }}
      onSubmit={(e) => {
        e.preventDefault();
        if (verdict) save.mutate();
      }}
    >
      <Radio.Group
        size="small"
        optionType="button"
        value={verdict}
        onChange={(e) => setVerdict(e.target.value as Verdict)}
        options={options.map((v) => ({ value: v, label: t(`judge.${v}`) }))}
      />
      <Input.TextArea
        autoSize={{ minRows: 2, maxRows: 6 }}
        value={note}
        onChange={(e) => setNote(e.target.value)}
        placeholder={t('judge.note')}
        aria-label={t('judge.note')}
      />
      <div>
        <Button htmlType="submit" disabled={!verdict} loading={save.isPending}>
          {t('judge.save')}
        </Button>
      </div>
      {save.error && <Fault error={save.error} />}
      {history.length === 0 ? (
        <p className="faint small">{t('judge.nobody')}</p>
      ) : (
        <ul className="small" aria-label={t('judge.history')}>
          {history.map((j) => (
            <li key={j.id} style={{ padding: '3px 0' }}>
              <b>{t(`judge.${j.verdict}`)}</b>{' '}
              <span className="faint">
                {t('judge.by', { person: j.person || t('judge.anonymous'), at: f.time(j.at) })}
              </span>
              {j.note !== '' && <div className="soft">{j.note}</div>}
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
