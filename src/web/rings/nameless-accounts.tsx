import { useWords } from '../i18n/index.ts';

/** Accounts of a ring whose users are not known, beside its people; hovering says why they are not counted among them. */
export function NamelessAccounts({ count }: { count: number | undefined }) {
  const { t } = useWords();
  if (count === undefined || count === 0) return null;
  return (
    <span className="soft" title={t('rings.accountsWhy')}>
      {t('rings.accounts', { count })}
    </span>
  );
}
