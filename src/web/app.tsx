import { App as AntApp, ConfigProvider, theme } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import enUS from 'antd/locale/en_US';
import { Suspense, lazy } from 'react';
import { Route, Routes } from 'react-router';
import { Frame } from './frame.tsx';
import { useWords } from './i18n/index.ts';
import { OverviewPage } from './overview/page.tsx';
import { Empty, Loading } from './parts/states.tsx';
import { Link } from 'react-router';
import { useDark } from './theme.ts';

// The overview is what opens; every other page arrives when it is asked for.
const NumbersPage = lazy(() => import('./numbers/list.tsx'));
const NumberPage = lazy(() => import('./numbers/one.tsx'));
const RingsPage = lazy(() => import('./rings/list.tsx'));
const ring = () => import('./rings/one.tsx');
const RingPage = lazy(ring);
const ComparePage = lazy(() => import('./rings/compare.tsx'));
const DetectorsPage = lazy(() => import('./detectors/page.tsx'));
const TeachPage = lazy(() => import('./teach/page.tsx'));
const ImportsPage = lazy(() => import('./imports/page.tsx'));
const RunsPage = lazy(() => import('./runs/page.tsx'));

// Rings are what links are passed around for: the page comes while the frame around it is drawn.
if (location.pathname.startsWith('/rings/')) void ring();

function NotFound() {
  const { t } = useWords();
  return (
    <Empty title={t('app.notFound')} todo={t('app.notFoundDo')}>
      <Link to="/">{t('app.toOverview')}</Link>
    </Empty>
  );
}

export function App() {
  const dark = useDark();
  const { t, language } = useWords();
  return (
    <ConfigProvider
      button={{ autoInsertSpace: false }}
      locale={language === 'zh' ? zhCN : enUS}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: dark ? '#7ba0f5' : '#2c56b8',
          colorBgContainer: dark ? '#181d25' : '#ffffff',
          colorBgElevated: dark ? '#202732' : '#ffffff',
          colorTextPlaceholder: dark ? '#929cac' : '#6a7383',
          borderRadius: 5,
          fontFamily: 'inherit',
          fontSize: 13,
          fontSizeSM: 12,
          controlHeightSM: 24,
          paddingContentHorizontal: 12,
          controlHeight: 28,
          motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
          ...(dark ? { colorTextLightSolid: '#0d1219' } : {}),
        },
        components: dark ? { Tooltip: { colorTextLightSolid: '#e6eaf1', colorBgSpotlight: '#333d4d' } } : {},
      }}
    >
      <AntApp component={false}>
        <Frame>
          <Suspense fallback={<Loading what={t('app.page')} />}>
            <Routes>
              <Route path="/" element={<OverviewPage />} />
              <Route path="/numbers" element={<NumbersPage />} />
              <Route path="/numbers/:number" element={<NumberPage />} />
              <Route path="/rings" element={<RingsPage />} />
              <Route path="/rings/:id" element={<RingPage />} />
              <Route path="/rings/:id/compare/:other" element={<ComparePage />} />
              <Route path="/detectors" element={<DetectorsPage />} />
              <Route path="/teach" element={<TeachPage />} />
              <Route path="/imports" element={<ImportsPage />} />
              <Route path="/runs" element={<RunsPage />} />
              <Route path="/runs/:id" element={<RunsPage />} />
              <Route path="*" element={<NotFound />} />
            </Routes>
          </Suspense>
        </Frame>
      </AntApp>
    </ConfigProvider>
  );
}
