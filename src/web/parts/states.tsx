import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { Link } from 'react-router';
import { Refused } from '../api.ts';
import { useWords } from '../i18n/index.ts';

/** Nothing here, and what to do about it. */
export function Empty({ title, todo, children }: { title: string; todo?: string; children?: ReactNode }) {
  return (
    <div className="state" role="status">
      <h2>{title}</h2>
      {todo !== undefined && <p>{todo}</p>}
      {children !== undefined && <div className="do">{children}</div>}
    </div>
  );
}

/** What is being read. */
export function Loading({ what }: { what: string }) {
  const { t } = useWords();
  return (
    <div className="state" role="status" aria-live="polite">
      <p>{t('state.loading', { what })}</p>
      <div className="bar unknown" style={{ maxWidth: 220, margin: '10px auto' }}>
        <b />
      </div>
    </div>
  );
}

/** What happened, and what to do. */
export function Fault({ error, again }: { error: unknown; again?: () => void }) {
  const { t, say } = useWords();
  const body = error instanceof Refused ? error.body : null;
  return (
    <div className="state fault" role="alert">
      <h2>{body ? say(body.message) : t('state.fault')}</h2>
      <p>{body ? say(body.action) : String(error)}</p>
      {body && (
        <p className="faint small">
          {t('state.code')}: {body.code}
        </p>
      )}
      {again && (
        <div className="do" style={{ justifyContent: 'flex-start' }}>
          <Button onClick={again}>{t('state.again')}</Button>
        </div>
      )}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Loading, fault or the answer: every page reads its data through this. */
export function Answer<T>({
  of,
  what,
  missing,
  children,
}: {
  of: Asked<T>;
  what: string;
  missing?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isPending && !of.error) return <Loading what={what} />;
  if (missing !== undefined && of.error instanceof Refused && of.error.status === 404) return <>{missing}</>;
  return <Fault error={of.error} again={() => void of.refetch()} />;
}

function Broken({ error, again }: { error: Error; again: () => void }) {
  const { t } = useWords();
  return (
    <div className="state fault" role="alert">
      <h2>{t('state.broken')}</h2>
      <p>{t('state.brokenDo')}</p>
      <pre className="log">{error.stack ?? error.message}</pre>
      <div className="do" style={{ justifyContent: 'flex-start' }}>
        <Button onClick={again}>{t('state.again')}</Button>
        <Link to="/">{t('app.toOverview')}</Link>
      </div>
    </div>
  );
}

/** Keeps one page's failure from taking the frame with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }
  override render(): ReactNode {
    return this.state.error ? (
      <Broken error={this.state.error} again={() => this.setState({ error: null })} />
    ) : (
      this.props.children
    );
  }
}
