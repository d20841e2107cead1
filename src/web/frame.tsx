import {
  BulbOutlined,
  ClusterOutlined,
  ControlOutlined,
  DashboardOutlined,
  GlobalOutlined,
  HistoryOutlined,
  ImportOutlined,
  MoonOutlined,
  PhoneOutlined,
  SearchOutlined,
  SunOutlined,
  DesktopOutlined,
} from '@ant-design/icons';
import { Button, Modal, Tooltip } from 'antd';
import { Suspense, lazy, useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, NavLink, useLocation, useNavigate } from 'react-router';
import { chooseLanguage, useWords } from './i18n/index.ts';
import { useKeys } from './keys.ts';
import { useLive } from './live.ts';
import { Boundary } from './parts/states.tsx';
import { StepProgress } from './parts/step-progress.tsx';
import { chooseTheme, useDark, useThemeChoice, type ThemeChoice } from './theme.ts';

const SearchPalette = lazy(() => import('./parts/search-palette.tsx'));

const PLACES = [
  { to: '/', key: 'overview', icon: <DashboardOutlined /> },
  { to: '/numbers', key: 'numbers', icon: <PhoneOutlined /> },
  { to: '/rings', key: 'rings', icon: <ClusterOutlined /> },
  { to: '/detectors', key: 'detectors', icon: <ControlOutlined /> },
  { to: '/teach', key: 'teach', icon: <BulbOutlined /> },
  { to: '/imports', key: 'imports', icon: <ImportOutlined /> },
  { to: '/runs', key: 'runs', icon: <HistoryOutlined /> },
] as const;

const AFTER: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON: Readonly<Record<ThemeChoice, ReactNode>> = {
  system: <DesktopOutlined />,
  light: <SunOutlined />,
  dark: <MoonOutlined />,
};

function KeyList({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useWords();
  const list: [string[], string][] = [
    [['/', 'Ctrl K'], t('keys.search')],
    [['j', 'k'], t('keys.next')],
    [['Enter'], t('keys.open')],
    [['Esc'], t('keys.close')],
    [['g o', 'g n', 'g r', 'g d', 'g t', 'g i', 'g a'], t('keys.go')],
    [['1', '…', '6'], t('keys.tabs')],
    [['d'], t('keys.theme')],
    [['l'], t('keys.language')],
    [['?'], t('keys.help')],
  ];
  return (
    <Modal open={open} onCancel={close} footer={null} title={t('keys.title')} width={440} destroyOnHidden>
      <table className="plain">
        <tbody>
          {list.map(([keys, what]) => (
            <tr key={what}>
              <td className="nowrap">
                {keys.map((k) => (
                  <kbd key={k} style={{ marginRight: 4 }}>
                    {k}
                  </kbd>
                ))}
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

/** The bar over every page while something runs, or the program is gone. */
function Banner() {
  const { t, say } = useWords();
  const { connected, tried, status } = useLive();
  const { pathname } = useLocation();
  if (tried && !connected) {
    return (
      <div className="banner lost" role="status">
        <span className="dot-live off" /> {t('app.lost')}
      </div>
    );
  }
  const step = status?.steps.find((s) => s.state === 'running');
  if (!status || status.phase === 'ready' || pathname === '/' || !step) return null;
  return (
    <div className="banner" role="status">
      <b className="nowrap">{say(step.text)}</b>
      <StepProgress step={step} brief />
      <Link to="/" style={{ marginLeft: 'auto' }} className="nowrap">
        {t('work.see')}
      </Link>
    </div>
  );
}

/** What stands around every page: where one can go, search, language, appearance, and the state of the program. */
export function Frame({ children }: { children: ReactNode }) {
  const { t, language } = useWords();
  const { connected } = useLive();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const choice = useThemeChoice();
  const dark = useDark();
  const [searching, setSearching] = useState(false);
  const [listing, setListing] = useState(false);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [pathname]);
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        setSearching(true);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const other = language === 'zh' ? 'en' : 'zh';
  useKeys({
    '/': () => setSearching(true),
    '?': () => setListing(true),
    'g o': () => void navigate('/'),
    'g n': () => void navigate('/numbers'),
    'g r': () => void navigate('/rings'),
    'g d': () => void navigate('/detectors'),
    'g t': () => void navigate('/teach'),
    'g i': () => void navigate('/imports'),
    'g a': () => void navigate('/runs'),
    d: () => chooseTheme(dark ? 'light' : 'dark'),
    l: () => chooseLanguage(other),
  });
  return (
    <div className="frame">
      <a
        className="sr"
        href="#main"
        onClick={(e) => {
          e.preventDefault();
          main.current?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <img src="/favicon.svg" width="20" height="20" alt="" />
          {t('app.name')} <span>{t('app.tag')}</span>
        </Link>
        <nav className="nav" aria-label={t('app.main')}>
          {PLACES.map((p) => (
            <NavLink key={p.to} to={p.to} end={p.to === '/'}>
              {p.icon}
              {t(`app.nav.${p.key}`)}
            </NavLink>
          ))}
        </nav>
        <button type="button" className="searchbox" onClick={() => setSearching(true)} aria-keyshortcuts="/ Control+K">
          <SearchOutlined />
          <span className="clip">{t('app.search')}</span>
          <kbd className="only-wide">/</kbd>
        </button>
        <Tooltip title={t('app.live')}>
          <span
            className={`dot-live${connected ? '' : ' off'}`}
            style={{ margin: '0 8px' }}
            role="img"
            aria-label={connected ? t('app.live') : t('app.lost')}
          />
        </Tooltip>
        <Tooltip title={t('app.languageTitle')}>
          <Button
            type="text"
            icon={<GlobalOutlined />}
            onClick={() => chooseLanguage(other)}
            data-testid="language"
            aria-label={t('app.languageTitle')}
          >
            <span className="only-wide">{t('app.language')}</span>
          </Button>
        </Tooltip>
        <Tooltip title={t(`app.theme.${choice}`)}>
          <Button
            type="text"
            icon={THEME_ICON[choice]}
            onClick={() => chooseTheme(AFTER[choice])}
            data-testid="theme"
            aria-label={t(`app.theme.${choice}`)}
          />
        </Tooltip>
        <Tooltip title={t('app.keys')}>
          <Button type="text" className="only-wide" onClick={() => setListing(true)} aria-label={t('app.keys')}>
            ?
          </Button>
        </Tooltip>
      </header>
      <Banner />
      <main className="main" id="main" ref={main} tabIndex={-1}>
        <Boundary key={pathname}>{children}</Boundary>
      </main>
      {searching && (
        <Suspense>
          <SearchPalette close={() => setSearching(false)} />
        </Suspense>
      )}
      <KeyList open={listing} close={() => setListing(false)} />
    </div>
  );
}
