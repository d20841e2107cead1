import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, AutoComplete, Button, Slider } from 'antd';
import { useCallback, useMemo, useRef, useState } from 'react';
import type Sigma from 'sigma';
import type { EdgeLayer, RingDetail, RingNetwork } from '../../server/contract.ts';
import { api, useRingPart } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { useKeys } from '../keys.ts';
import { save } from '../parts/save.ts';
import { Mark } from '../parts/marks.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { KINDS } from '../roles.ts';
import { colour, useDark } from '../theme.ts';
import { pngOf, svgOf } from './export-picture.ts';
import { EDGE_LAYERS, LAYER_COLOUR } from './layers.ts';
import { NodeCard } from './node-card.tsx';
import { firstView, project, shortestPath, teamNode, teamOfNode, type NetworkView, type Point } from './project.ts';
import { Stage, kindOf, labelOf } from './stage.tsx';

function Chart({ ring, network }: { ring: RingDetail; network: RingNetwork }) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const tint = useDark() ? 1 : 0;
  const [history, setHistory] = useState<NetworkView[]>(() => [firstView(network)]);
  const view = history.at(-1) ?? firstView(network);
  const change = (next: Partial<NetworkView>): void => setHistory((old) => [...old.slice(-40), { ...view, ...next }]);
  const undo = (): void => setHistory((old) => (old.length > 1 ? old.slice(0, -1) : old));
  const [chosen, setChosen] = useState<string | null>(null);
  const [pathFrom, setPathFrom] = useState<string | null>(null);
  const [path, setPath] = useState<string[] | null>(null);
  const [pinned, setPinned] = useState<ReadonlySet<string>>(new Set());
  const [layoutRun, setLayoutRun] = useState(1);
  const [busy, setBusy] = useState(false);
  const [find, setFind] = useState('');
  const [name, setName] = useState('');
  const [places] = useState(() => new Map<string, Point>());
  const sigma = useRef<Sigma | null>(null);
  const client = useQueryClient();
  const page = `network-${ring.card.id}`;
  const views = useQuery({ queryKey: ['views', page], queryFn: () => api.views(page) });

  const picture = useMemo(() => project(network, view), [network, view]);
  const counts = useMemo(() => {
    const n = new Map<EdgeLayer, number>();
    for (const e of network.edges) n.set(e.layer, (n.get(e.layer) ?? 0) + 1);
    return n;
  }, [network]);
  const present = new Set(picture.nodes.map(kindOf));
  const node = chosen === null ? undefined : picture.nodes.find((n) => n.id === chosen);
  const teams = ring.teams.map((x) => x.id);
  const choose = useCallback((id: string | null) => {
    setChosen(id);
    setPath(null);
  }, []);
  useKeys({
    u: undo,
    Escape: () => choose(null),
    '+': () => void sigma.current?.getCamera().animatedZoom(),
    '-': () => void sigma.current?.getCamera().animatedUnzoom(),
  });

  const act = (what: string): void => {
    if (!node) return;
    const team = teamOfNode(node.id) ?? node.team;
    if (what === 'close') choose(null);
    else if (what === 'collapse' && team !== null) {
      change({ collapsed: [...view.collapsed, team] });
      choose(teamNode(team));
    } else if (what === 'expand') change({ collapsed: view.collapsed.filter((x) => x !== team) });
    else if (what === 'focus') change({ focus: node.id });
    else if (what === 'unfocus') change({ focus: null });
    else if (what === 'from') setPathFrom(node.id);
    else if (what === 'pin') {
      const next = new Set(pinned);
      if (!next.delete(node.id)) next.add(node.id);
      setPinned(next);
    } else if (what === 'hide') {
      change({ hidden: [...view.hidden, node.id] });
      choose(null);
    } else if (what === 'to' && pathFrom !== null) {
      const found = shortestPath(picture.edges, pathFrom, node.id);
      setPath(found);
      void message.info(found ? t('net.pathLong', { count: found.length - 1 }) : t('net.pathNone'));
    }
  };
  const wanted = find.trim().toLowerCase().replace(/\s/g, '');
  const options = useMemo(
    () =>
      wanted === ''
        ? []
        : picture.nodes
            .filter((n) => n.id.toLowerCase().includes(wanted) || n.label.toLowerCase().includes(wanted))
            .slice(0, 12)
            .map((n) => ({ value: n.id, label: labelOf(n) })),
    [picture, wanted],
  );
  const toggle = (layer: EdgeLayer): void =>
    change({ off: view.off.includes(layer) ? view.off.filter((l) => l !== layer) : [...view.off, layer] });
  return (
    <div className="net">
      <div className="tools">
        <AutoComplete
          size="small"
          value={find}
          onChange={setFind}
          options={options}
          onSelect={(id: string) => {
            choose(id);
            setFind('');
          }}
          placeholder={t('net.find')}
          aria-label={t('net.find')}
          allowClear
        />
        <h3>{t('net.layers')}</h3>
        <div role="group" aria-label={t('net.layers')}>
          {EDGE_LAYERS.filter((l) => counts.has(l)).map((layer) => (
            <label key={layer} className="check">
              <input type="checkbox" checked={!view.off.includes(layer)} onChange={() => toggle(layer)} />
              <span className="swatch" style={{ background: LAYER_COLOUR[layer][tint] }} />
              {t(`edge.${layer}`)}
              <b>{f.count(counts.get(layer) ?? 0)}</b>
            </label>
          ))}
        </div>
        <h3>
          {t('net.minLinks')} {t('net.minLinksN', { count: view.minLinks })}
        </h3>
        <Slider
          min={0}
          max={12}
          value={view.minLinks}
          onChange={(minLinks) => change({ minLinks })}
          style={{ margin: '2px 6px' }}
          aria-label={t('net.minLinks')}
        />
        <h3>{t('net.colours')}</h3>
        <div className="legend" style={{ flexDirection: 'column' }}>
          {KINDS.filter((k) => present.has(k)).map((k) => (
            <span key={k} className="role">
              <Mark kind={k} /> {t(`role.${k}`)}
            </span>
          ))}
        </div>
        <div className="row wrap" style={{ gap: 6 }}>
          <Button size="small" onClick={() => change({ collapsed: view.collapsed.length > 0 ? [] : teams })}>
            {view.collapsed.length > 0 ? t('net.expandAll') : t('net.collapse')}
          </Button>
          {(view.focus !== null || view.hidden.length > 0) && (
            <Button size="small" onClick={() => change({ focus: null, hidden: [] })}>
              {t('net.everything')}
            </Button>
          )}
          <Button size="small" disabled={history.length < 2} onClick={undo} title={t('net.undoTitle')}>
            {t('net.undo')}
          </Button>
          <Button size="small" disabled={busy} onClick={() => setLayoutRun((n) => n + 1)}>
            {t('net.relayout')}
          </Button>
          <Button size="small" onClick={() => void sigma.current?.getCamera().animatedReset()}>
            {t('net.fit')}
          </Button>
          <Button
            size="small"
            onClick={() => {
              if (sigma.current) void pngOf(sigma.current, colour('paper')).then((b) => save(`${ring.card.id}.png`, b));
            }}
          >
            {t('net.png')}
          </Button>
          <Button
            size="small"
            onClick={() => {
              if (sigma.current)
                save(
                  `${ring.card.id}.svg`,
                  new Blob([svgOf(sigma.current, colour('paper'), colour('ink'))], { type: 'image/svg+xml' }),
                );
            }}
          >
            {t('net.svg')}
          </Button>
        </div>
        <h3>{t('net.views')}</h3>
        {views.data?.map((v) => (
          <button
            key={v.id}
            type="button"
            className="link"
            onClick={() => {
              try {
                change(JSON.parse(v.query['view'] ?? '{}') as Partial<NetworkView>);
              } catch {
                void message.error(v.name);
              }
            }}
          >
            {v.name}
          </button>
        ))}
        <form
          className="row"
          style={{ gap: 6 }}
          onSubmit={(e) => {
            e.preventDefault();
            if (name.trim() === '') return;
            void api.saveView(page, name.trim(), { view: JSON.stringify(view) }).then(() => {
              setName('');
              return client.invalidateQueries({ queryKey: ['views', page] });
            });
          }}
        >
          <input
            className="datefield grow"
            value={name}
            onChange={(e) => setName(e.target.value)}
            placeholder={t('numbers.viewName')}
            aria-label={t('numbers.viewName')}
          />
          <Button size="small" htmlType="submit" disabled={name.trim() === ''}>
            {t('net.saveView')}
          </Button>
        </form>
      </div>
      <div className="stage">
        {picture.nodes.length === 0 ? (
          <Empty title={t('net.empty')} />
        ) : (
          <Stage
            picture={picture}
            chosen={chosen}
            path={path}
            pinned={pinned}
            places={places}
            layoutRun={layoutRun}
            onChoose={choose}
            onPin={(id) => setPinned((old) => new Set(old).add(id))}
            onBusy={setBusy}
            onReady={(s) => (sigma.current = s)}
          />
        )}
        {node && (
          <NodeCard
            node={node}
            picture={picture}
            pinned={pinned.has(node.id)}
            pathFrom={pathFrom}
            focused={view.focus === node.id}
            act={act}
            onChoose={choose}
          />
        )}
        <div className="note">
          {t('net.shown', { nodes: f.count(picture.nodes.length), edges: f.count(picture.edges.length) })} ·{' '}
          {busy ? t('net.layingOut') : t('net.keysHint')}
        </div>
      </div>
    </div>
  );
}

/** What ties the ring together, as a graph. */
export default function Network({
  ring,
  who,
}: {
  ring: RingDetail;
  who: string | null;
  onWho: (id: string | null) => void;
}) {
  const { t } = useWords();
  const asked = useRingPart(ring.card.id, 'network');
  return (
    <Answer of={asked} what={t('ring.tab.network')}>
      {(network) => <Chart key={who ?? ''} ring={ring} network={network} />}
    </Answer>
  );
}
