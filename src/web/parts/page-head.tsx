import { useEffect, type ReactNode } from 'react';
import { useWords } from '../i18n/index.ts';

/** The page's question in words, its short answer under it, and its acts; the first primary button is the one next act. */
export function PageHead({
  question,
  answer,
  children,
}: {
  question: string;
  answer?: ReactNode;
  children?: ReactNode;
}) {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${question} · ${t('app.name')}`;
  }, [question, t]);
  return (
    <div className="head">
      <div>
        <h1>{question}</h1>
        {answer !== undefined && <div className="answer">{answer}</div>}
      </div>
      {children !== undefined && <div className="acts">{children}</div>}
    </div>
  );
}

export function Panel({
  title,
  hint,
  side,
  children,
  label,
}: {
  title: ReactNode;
  hint?: ReactNode;
  side?: ReactNode;
  children: ReactNode;
  label?: string;
}) {
  return (
    <section className="panel" aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      <header>
        <h2>{title}</h2>
        {hint !== undefined && <span className="hint">{hint}</span>}
        {side !== undefined && <span className="side">{side}</span>}
      </header>
      <div className="in">{children}</div>
    </section>
  );
}
