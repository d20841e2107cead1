import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from 'react-router';
import type { EdgeLayer, NetworkNode } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Mark } from '../parts/marks.tsx';
import { LAYER_COLOUR } from './layers.ts';
import { teamOfNode, type Picture } from './project.ts';
import { kindOf, labelOf } from './stage.tsx';
import { useDark } from '../theme.ts';

interface Props {
  node: NetworkNode;
  picture: Picture;
  pinned: boolean;
  pathFrom: string | null;
  focused: boolean;
  /** Neighbours by layer, in the picture and in all; empty for a folded team. */
  neighbours: ReadonlyMap<EdgeLayer, { all: number; shown: number }>;
  act: (what: 'close' | 'collapse' | 'expand' | 'alone' | 'focus' | 'unfocus' | 'from' | 'to' | 'pin' | 'hide') => void;
  /** Shows its neighbours of a layer, or of all. */
  onGrow: (layer: EdgeLayer | null) => void;
  onChoose: (id: string) => void;
}

/** The chosen node: what it is, its links by layer, and what can be done with it. */
export function NodeCard({ node, picture, pinned, pathFrom, focused, neighbours, act, onGrow, onChoose }: Props) {
  const { t, f } = useWords();
  const tint = useDark() ? 1 : 0;
  const folded = teamOfNode(node.id);
  const kind = kindOf(node);
  const links = picture.edges.filter((e) => e.from === node.id || e.to === node.id);
  const hiddenOnes = [...neighbours.values()].some((n) => n.shown < n.all);
  const names = new Map(picture.nodes.map((n) => [n.id, n]));
  const strongest = [...links].sort((a, b) => b.weight - a.weight).slice(0, 8);
  const isNumber = node.kind === 'number' || node.kind === 'victim';
  return (
    <aside className="card" aria-label={node.label} data-testid="node-card">
      <div className="row">
        <Mark kind={kind} size={14} />
        <b className="grow clip">{folded ?? labelOf(node)}</b>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          onClick={() => act('close')}
          aria-label={t('app.close')}
        />
      </div>
      <p className="soft">
        {folded !== null ? t('ring.team') : t(`node.${node.kind}`)}
        {node.role && folded === null && ` · ${t(`role.${node.role}`)}`}
        {node.team !== null && folded === null && ` · ${node.team}`} · {t('net.links', { count: links.length })}
      </p>
      <p style={{ margin: '4px 0' }}>
        {isNumber && <Link to={`/numbers/${encodeURIComponent(node.id)}`}>{t('net.open')} →</Link>}
        {!isNumber && folded === null && node.role !== null && (
          <Link to={`?who=${encodeURIComponent(node.id)}`}>{t('net.open')} →</Link>
        )}
      </p>
      <ul className="small" aria-label={t('net.byLayer')}>
        {[...neighbours].map(([layer, n]) => (
          <li key={layer} className="row">
            <span className="swatch" style={{ background: LAYER_COLOUR[layer][tint] }} />
            <span className="grow">{t(`edge.${layer}`)}</span>
            {n.shown < n.all ? (
              <button
                type="button"
                className="link"
                onClick={() => onGrow(layer)}
                aria-label={t('net.growLayer', { layer: t(`edge.${layer}`), count: n.all - n.shown })}
              >
                {t('net.grow', { shown: f.count(n.shown), all: f.count(n.all) })}
              </button>
            ) : (
              f.count(n.all)
            )}
          </li>
        ))}
      </ul>
      <ul className="small" style={{ margin: '6px 0' }}>
        {strongest.map((e) => {
          const other = names.get(e.from === node.id ? e.to : e.from);
          return other ? (
            <li key={`${e.layer}${other.id}`} className="row">
              <Mark kind={kindOf(other)} size={9} />
              <button type="button" className="link clip grow" onClick={() => onChoose(other.id)}>
                {labelOf(other)}
              </button>
              <span className="faint nowrap">
                {t(`edge.${e.layer}`)} {f.count(e.weight)}
              </span>
            </li>
          ) : null;
        })}
      </ul>
      <div className="row wrap" style={{ gap: 6 }}>
        {folded !== null ? (
          <Button size="small" onClick={() => act('expand')}>
            {t('net.expandTeam')}
          </Button>
        ) : (
          node.team !== null && (
            <Button size="small" onClick={() => act('collapse')}>
              {t('net.collapseTeam')}
            </Button>
          )
        )}
        {hiddenOnes && (
          <Button size="small" onClick={() => onGrow(null)}>
            {t('net.growAll')}
          </Button>
        )}
        {folded === null && (
          <Button size="small" onClick={() => act('alone')}>
            {t('net.alone')}
          </Button>
        )}
        <Button size="small" onClick={() => act(focused ? 'unfocus' : 'focus')}>
          {focused ? t('net.everything') : t('net.neighbours')}
        </Button>
        <Button size="small" onClick={() => act('from')}>
          {t('net.pathFrom')}
        </Button>
        {pathFrom !== null && pathFrom !== node.id && (
          <Button size="small" type="primary" onClick={() => act('to')}>
            {t('net.pathTo')}
          </Button>
        )}
        <Button size="small" onClick={() => act('pin')}>
          {pinned ? t('net.unpin') : t('net.pin')}
        </Button>
        <Button size="small" onClick={() => act('hide')}>
          {t('net.hide')}
        </Button>
      </div>
    </aside>
  );
}
