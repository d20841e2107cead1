import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, AutoComplete, Button, Slider } from 'antd';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
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
import { begin, redo, step, undo, type History } from './history.ts';
import {
  neighboursByLayer,
  project,
  shortestPath,
  spanOf,
  teamNode,
  teamOfNode,
  viewOf,
  type NetworkView,
  type Point,
} from './project.ts';
import { Stage, kindOf, labelOf } from './stage.tsx';

const DAY = 86_400_000;

const placesOf = ({ pins }: NetworkView): [string, Point][] => pins.map(([id, x, y]) => [id, { x, y }]);

function Chart({ ring, network }: { ring: RingDetail; network: RingNetwork }) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const tint = useDark() ? 1 : 0;
  const [params, setParams] = useSearchParams();
  const [history, setHistory] = useState<History<NetworkView>>(() => begin(viewOf(params.get('view'), network)));
  const view = history.now;
  const change = (next: Partial<NetworkView>): void => setHistory((h) => step(h, { ...h.now, ...next }));
  const back = (): void => setHistory(undo);
  const forth = (): void => setHistory(redo);
  const [chosen, setChosen] = useState<string | null>(null);
  const [pathFrom, setPathFrom] = useState<string | null>(null);
  const [path, setPath] = useState<string[] | null>(null);
  const [layoutRun, setLayoutRun] = useState(1);
  const [busy, setBusy] = useState(false);
  const [find, setFind] = useState('');
  const [name, setName] = useState('');
  const [places] = useState(() => new Map<string, Point>(placesOf(view)));
  const sigma = useRef<Sigma | null>(null);
  const client = useQueryClient();
  const page = `network-${ring.card.id}`;
  const views = useQuery({ queryKey: ['views', page], queryFn: () => api.views(page) });

  const { pins, off, minLinks, collapsed, hidden, focus, grown, window } = view;
  const pinned = useMemo(() => new Set(pins.map(([id]) => id)), [pins]);
  // A pin moves what is drawn and changes none of it: ten thousand nodes are not projected again for one.
  const picture = useMemo(
    () => project(network, { off, minLinks, collapsed, hidden, focus, grown, window }),
    [network, off, minLinks, collapsed, hidden, focus, grown, window],
  );
  const span = useMemo(() => spanOf(network), [network]);
  const share = (): void => {
    const next = new URLSearchParams(params);
    next.set('view', JSON.stringify(view));
    setParams(next, { replace: true });
    const link = `${location.origin}${location.pathname}?${next.toString()}`;
    // Where the browser keeps the clipboard to itself, the link still stands in the address.
    navigator.clipboard?.writeText(link).then(
      () => void message.success(t('net.shared')),
      () => void message.info(t('net.sharedAddress')),
    );
  };
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
    u: back,
    U: forth,
    'Ctrl+z': back,
    'Ctrl+Shift+z': forth,
    'Ctrl+y': forth,
    Escape: () => choose(null),
    '+': () => void sigma.current?.getCamera().animatedZoom(),
    '-': () => void sigma.current?.getCamera().animatedUnzoom(),
  });

  const pin = (id: string): void => {
    const at = places.get(id);
    // A tenth of a unit is finer than a pixel, and keeps links short.
    const tenth = (x: number): number => Math.round(x * 10) / 10;
    if (at) change({ pins: [...pins.filter(([other]) => other !== id), [id, tenth(at.x), tenth(at.y)]] });
  };

  const act = (what: string): void => {
    if (!node) return;
    const team = teamOfNode(node.id) ?? node.team;
    if (what === 'close') choose(null);
    else if (what === 'collapse' && team !== null) {
      change({ collapsed: [...view.collapsed, team] });
      choose(teamNode(team));
    } else if (what === 'expand') change({ collapsed: view.collapsed.filter((x) => x !== team) });
    else if (what === 'alone') change({ focus: node.id, grown: [] });
    else if (what === 'focus') change({ focus: node.id, grown: [[node.id, null]] });
    else if (what === 'unfocus') change({ focus: null, grown: [] });
    else if (what === 'from') setPathFrom(node.id);
    else if (what === 'pin') {
      if (pinned.has(node.id)) change({ pins: pins.filter(([id]) => id !== node.id) });
      else pin(node.id);
    } else if (what === 'hide') {
      change({ hidden: [...view.hidden, node.id] });
      choose(null);
    } else if (what === 'to' && pathFrom !== null) {
      const found = shortestPath(picture.edges, pathFrom, node.id);
      setPath(found);
      void message.info(found ? t('net.pathLong', { count: found.length - 1 }) : t('net.pathNone'));
    }
  };
  const neighbours = useMemo(
    () =>
      chosen === null || teamOfNode(chosen) !== null
        ? new Map<never, never>()
        : neighboursByLayer(network, picture, chosen),
    [network, picture, chosen],
  );
  const grow = (layer: EdgeLayer | null): void => {
    if (chosen === null) return;
    // What was asked for is seen: its layer is switched on, and of all layers those it has.
    const seen = layer === null ? [...neighbours.keys()] : [layer];
    change({ grown: [...view.grown, [chosen, layer]], off: view.off.filter((l) => !seen.includes(l)) });
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
          {(view.focus !== null || view.grown.length > 0 || view.hidden.length > 0) && (
            <Button size="small" onClick={() => change({ focus: null, grown: [], hidden: [] })}>
              {t('net.everything')}
            </Button>
          )}
          <Button size="small" disabled={history.past.length === 0} onClick={back} title={t('net.undoTitle')}>
            {t('net.undo')}
          </Button>
          <Button size="small" disabled={history.future.length === 0} onClick={forth} title={t('net.redoTitle')}>
            {t('net.redo')}
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
        {span !== null && (
          <>
            <h3>
              {t('net.window')} {f.day((view.window ?? span)[0])} – {f.day((view.window ?? span)[1])}
            </h3>
            <Slider
              range
              min={span[0]}
              max={span[1]}
              step={DAY}
              value={[...(view.window ?? span)]}
              onChange={([from, to]) => {
                // To either end means to the very end: a step may stop short of it.
                const whole = from! <= span[0] && to! >= span[1] - DAY;
                change({ window: whole ? null : [from!, to! >= span[1] - DAY ? span[1] : to!] });
              }}
              tooltip={{ formatter: (at) => (at === undefined ? '' : f.day(at)) }}
              style={{ margin: '2px 6px' }}
              ariaLabelForHandle={[t('net.windowFrom'), t('net.windowTo')]}
            />
          </>
        )}
        <h3>{t('net.views')}</h3>
        <Button size="small" onClick={share}>
          {t('net.share')}
        </Button>
        {views.data?.map((v) => (
          <button
            key={v.id}
            type="button"
            className="link"
            onClick={() => change(viewOf(v.query['view'] ?? null, network))}
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
            pins={pins}
            places={places}
            layoutRun={layoutRun}
            onChoose={choose}
            onPin={pin}
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
            neighbours={neighbours}
            act={act}
            onGrow={grow}
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
