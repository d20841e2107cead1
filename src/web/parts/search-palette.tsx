import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { SearchHit } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Fault } from './states.tsx';

const worthAsking = (q: string): boolean =>
  /^[+\d\s-]*$/.test(q) ? q.replace(/\D/g, '').length >= 4 : q.trim() !== '';

/** Anything by its digits or its name, grouped by kind. */
export default function SearchPalette({ close }: { close: () => void }) {
  const { t, say } = useWords();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(text.trim());
      setAt(0);
    }, 120);
    return () => clearTimeout(timer);
  }, [text]);
  const q = asked.replace(/[\s-]/g, (c) => (/^[+\d\s-]+$/.test(asked) ? '' : c));
  const found = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => api.search(q, signal),
    enabled: worthAsking(q),
    placeholderData: (old) => old,
  });
  const hits = worthAsking(q) ? (found.data?.hits ?? []) : [];
  const kinds = [...new Set(hits.map((h) => h.kind))];
  const ordered = kinds.flatMap((k) => hits.filter((h) => h.kind === k));
  const open = (hit: SearchHit | undefined): void => {
    if (!hit) return;
    close();
    void navigate(hit.href);
  };
  useEffect(() => {
    list.current?.querySelector('.at')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <Modal
      open
      onCancel={close}
      footer={null}
      closable={false}
      width={620}
      className="bare palette"
      style={{ top: 64 }}
      title={null}
      aria-label={t('search.title')}
    >
      <input
        autoFocus
        value={text}
        placeholder={t('search.hint')}
        aria-label={t('search.title')}
        role="combobox"
        aria-expanded={ordered.length > 0}
        aria-controls="hits"
        aria-activedescendant={ordered[at] ? `hit-${at}` : undefined}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'ArrowDown') setAt(Math.min(ordered.length - 1, at + 1));
          else if (e.key === 'ArrowUp') setAt(Math.max(0, at - 1));
          else if (e.key === 'Enter') open(ordered[at]);
          else return;
          e.preventDefault();
        }}
      />
      <div className="hits" id="hits" role="listbox" ref={list} aria-label={t('search.title')}>
        {text === '' ? null : !worthAsking(q) ? (
          <p className="soft" style={{ padding: 10 }}>
            {t('search.short')}
          </p>
        ) : found.error ? (
          <Fault error={found.error} />
        ) : ordered.length === 0 && found.isSuccess && !found.isFetching ? (
          <p className="soft" style={{ padding: 10 }}>
            {t('search.none', { q })}
          </p>
        ) : (
          kinds.map((kind) => (
            <div key={kind} role="group" aria-label={t(`search.kind.${kind}`)}>
              <h3>{t(`search.kind.${kind}`)}</h3>
              {ordered.map((hit, i) =>
                hit.kind === kind ? (
                  <a
                    key={`${hit.kind}-${hit.id}`}
                    id={`hit-${i}`}
                    className={`hit${i === at ? ' at' : ''}`}
                    role="option"
                    aria-selected={i === at}
                    href={hit.href}
                    onMouseMove={() => setAt(i)}
                    onClick={(e) => {
                      if (e.metaKey || e.ctrlKey) return;
                      e.preventDefault();
                      open(hit);
                    }}
                  >
                    <span className="clip">{say(hit.label)}</span>
                    <span className="soft clip">{say(hit.detail)}</span>
                  </a>
                ) : null,
              )}
            </div>
          ))
        )}
      </div>
      <div className="foot">{t('search.foot')}</div>
    </Modal>
  );
}
