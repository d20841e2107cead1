import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { queries } from './api.ts';
import { App } from './app.tsx';
import { startWords } from './i18n/index.ts';
import { startLive } from './live.ts';
import { startTheme } from './theme.ts';
import './styles.css';

startTheme();
startWords();
startLive(queries);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root" to show the pages in');
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <BrowserRouter>
      <App />
    </BrowserRouter>
  </QueryClientProvider>,
);
