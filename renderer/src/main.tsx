import './no-eval.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { FailureBoundary } from './components/failure.tsx';
import { AgentModel } from './model/agent-model.ts';
import { AppProvider } from './model/app-context.tsx';
import { startLook } from './model/first-paint.ts';
import { PopoverView } from './routes/popover/popover-view.tsx';
import { loadTerminal } from './routes/sessions/terminal-chunk.ts';
import { connectPage } from './transport/page-agent.ts';
import './styles/index.css';

startLook();
// While the agent is asked what there is.
if (location.hash.startsWith('#/sessions')) loadTerminal();
const agent = connectPage();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <AppProvider agent={agent} model={new AgentModel(agent)}>
      <FailureBoundary>
        {/* The popover at the tray icon is a window of its own; it never becomes another place. */}
        {location.hash === '#/popover' ? <PopoverView /> : <App />}
      </FailureBoundary>
    </AppProvider>,
  );
}
