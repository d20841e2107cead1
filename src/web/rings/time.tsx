import { BarChart, CustomChart, ScatterChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { Segmented, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ROLES, type Role } from '../../model/role.ts';
import type { Lane, RingDetail, RingTimeline } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { Answer } from '../parts/states.tsx';
import { TimeBrushBar } from '../parts/time-brush.tsx';
import { MARKS } from '../roles.ts';
import { colour, useDark } from '../theme.ts';
import { useTimeBrush, type TimeBrush } from '../time-range.ts';

echarts.use([BarChart, CustomChart, ScatterChart, DataZoomComponent, GridComponent, TooltipComponent, CanvasRenderer]);

type EventKind = Lane['events'][number]['kind'];
const EVENTS: readonly EventKind[] = ['login', 'pay', 'joined', 'report', 'review'];
const SYMBOL: Readonly<Record<EventKind, string>> = {
  login: 'triangle',
  pay: 'rect',
  joined: 'diamond',
  report: 'emptyCircle',
  review: 'arrow',
};
const EVENT_COLOUR: Readonly<Record<EventKind, readonly [string, string]>> = {
  login: ['#6f7d95', '#8a94a3'],
  pay: ['#b36b16', '#d99a52'],
  joined: ['#3f8f46', '#6fcf74'],
  report: ['#b3142f', '#ff8a99'],
  review: ['#7a3fc4', '#b58cff'],
};

/** The roles' shapes as letters, for the axis. */
const GLYPH: Readonly<Record<Role, string>> = {
  principal: '\u25c6',
  leader: '\u25b2',
  inspector: '\u25a0',
  agent: '\u25cf',
  technician: '\u271a',
};

const EVENT_GLYPH: Readonly<Record<EventKind, string>> = {
  login: '\u25b2',
  pay: '\u25a0',
  joined: '\u25c6',
  report: '\u25cb',
  review: '\u27a4',
};

/** Heights of the daily chart, of a lane, and of what is between them, in pixels. */
const ROW = { daily: 120, lane: 15, gap: 26 } as const;

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function Lanes({ time, brush, onWho }: { time: RingTimeline; brush: TimeBrush; onWho: (id: string) => void }) {
  const { t, f } = useWords();
  const dark = useDark();
  const box = useRef<HTMLDivElement>(null);
  const [role, setRole] = useState<Role | 'all'>('all');
  const [kinds, setKinds] = useState<EventKind[]>(['report', 'joined', 'pay']);
  const from = Math.max(time.from, brush.range?.from ?? time.from);
  const to = Math.min(time.to, brush.range?.to ?? time.to);
  const lanes = useMemo(
    () =>
      time.lanes
        .filter((l) => role === 'all' || l.role === role)
        .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role) || (a.team ?? '').localeCompare(b.team ?? '')),
    [time, role],
  );
  const height = ROW.daily + ROW.gap + Math.min(lanes.length, 46) * ROW.lane + 56;
  const open = useRef(onWho);
  useEffect(() => {
    open.current = onWho;
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const chart = echarts.init(element, null, { renderer: 'canvas' });
    const tint = dark ? 1 : 0;
    const ink = colour('ink-2');
    const line = colour('line');
    const roleOf = new Map(lanes.map((l) => [l.member, l.role]));
    const shown = Math.min(lanes.length, 46);
    const top = ROW.daily + ROW.gap;
    const calls = lanes.flatMap((l, y) =>
      l.calls.filter((c) => c.to >= from && c.from <= to).map((c) => [c.from, c.to, y, c.n]),
    );
    const axis = {
      type: 'time' as const,
      min: from,
      max: to,
      axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, formatter: (v: number) => (to - from > 3 * 86_400_000 ? f.shortDay(v) : f.time(v)) },
    };
    const mark = (l: Lane): string => (dark ? MARKS[l.role].dark : MARKS[l.role].light);
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      grid: [
        { left: 132, right: 26, top: 24, height: ROW.daily - 40 },
        { left: 132, right: 26, top, height: shown * ROW.lane },
      ],
      tooltip: {
        backgroundColor: colour('raised'),
        borderColor: colour('line-strong'),
        textStyle: { color: colour('ink'), fontSize: 12 },
        confine: true,
      },
      xAxis: [
        { ...axis, gridIndex: 0, splitLine: { show: false } },
        { ...axis, gridIndex: 1, splitLine: { show: true, lineStyle: { color: line } } },
      ],
      yAxis: [
        {
          type: 'value',
          gridIndex: 0,
          splitNumber: 2,
          axisLabel: { color: ink, formatter: (v: number) => f.short(v) },
          splitLine: { lineStyle: { color: line } },
        },
        {
          type: 'category',
          gridIndex: 1,
          inverse: true,
          data: lanes.map((l) => l.member),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: line } },
          axisLabel: {
            color: ink,
            fontSize: 11,
            interval: 0,
            width: 112,
            overflow: 'truncate',
            formatter: (id: string) => {
              const of = roleOf.get(id) ?? 'agent';
              return `${sayNumber(id)} {${of}|${GLYPH[of]}}`;
            },
            rich: Object.fromEntries(
              ROLES.map((r) => [r, { color: dark ? MARKS[r].dark : MARKS[r].light, fontSize: 11 }]),
            ),
          },
          triggerEvent: true,
        },
      ],
      dataZoom: [
        { type: 'inside', xAxisIndex: [0, 1], filterMode: 'none' },
        {
          type: 'slider',
          xAxisIndex: [0, 1],
          bottom: 4,
          height: 20,
          filterMode: 'none',
          borderColor: line,
          labelFormatter: (v: number) => f.time(v),
          textStyle: { color: ink, fontSize: 11 },
        },
        ...(lanes.length > shown
          ? [
              {
                type: 'slider' as const,
                yAxisIndex: 1,
                right: 2,
                width: 14,
                startValue: 0,
                endValue: shown - 1,
                filterMode: 'none' as const,
                showDetail: false,
                showDataShadow: false,
                borderColor: line,
                zoomLock: true,
                brushSelect: false,
              },
            ]
          : []),
      ],
      series: [
        {
          type: 'bar',
          name: t('lanes.calls'),
          xAxisIndex: 0,
          yAxisIndex: 0,
          barMaxWidth: 18,
          itemStyle: { color: colour('bar-strong') },
          data: time.daily.map((d) => [d.day + 43_200_000, d.calls]),
          tooltip: {
            formatter: (p: { dataIndex: number }) => {
              const d = time.daily[p.dataIndex];
              return d
                ? `${f.day(d.day)}<br>${t('lanes.calls')} ${f.count(d.calls)}<br>${t('lanes.reached')} ${f.count(d.reached)}<br>${t('lanes.joined')} ${f.count(d.joined)}<br>${t('lanes.reports')} ${f.count(d.reports)}`
                : '';
            },
          },
        },
        {
          type: 'custom',
          name: t('lanes.calls'),
          xAxisIndex: 1,
          yAxisIndex: 1,
          encode: { x: [0, 1], y: 2 },
          clip: true,
          progressive: 4000,
          data: calls,
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
            const [y, n] = [api.value(2), api.value(3)];
            const [x0 = 0, cy = 0] = api.coord([api.value(0), y]);
            const [x1 = 0] = api.coord([api.value(1), y]);
            const lane = lanes[y];
            return {
              type: 'rect',
              shape: { x: x0, y: cy - 4, width: Math.max(1.5, x1 - x0), height: 8 },
              style: { fill: lane ? mark(lane) : ink, opacity: Math.min(0.95, 0.35 + n / 200) },
            };
          },
          tooltip: {
            formatter: (p: { value: number[] }) => {
              const [a = 0, b = 0, y = 0, n = 0] = p.value;
              const lane = lanes[y];
              return `${lane ? `${escape(sayNumber(lane.member))} · ${t(`role.${lane.role}`)}` : ''}<br>${f.time(a)} – ${f.time(b)}<br>${t('lanes.calls')} ${f.count(n)}`;
            },
          },
        },
        ...kinds.map((kind) => ({
          type: 'scatter' as const,
          name: t(`lanes.event.${kind}`),
          xAxisIndex: 1,
          yAxisIndex: 1,
          symbol: SYMBOL[kind],
          symbolSize: kind === 'report' ? 9 : 6,
          itemStyle: { color: EVENT_COLOUR[kind][tint] },
          data: lanes.flatMap((l, y) =>
            l.events
              .filter((e) => e.kind === kind && e.at >= from && e.at <= to)
              .map((e) => ({ value: [e.at, y], text: e.text })),
          ),
          tooltip: {
            formatter: (p: { value: number[]; data: { text: string } }) => {
              const lane = lanes[p.value[1] ?? 0];
              return `${lane ? escape(sayNumber(lane.member)) : ''}<br>${f.time(p.value[0] ?? 0)}<br>${t(`lanes.event.${kind}`)} ${escape(p.data.text)}`;
            },
          },
        })),
      ],
    });
    chart.on('click', (p) => {
      const param = p as { componentType?: string; value?: unknown };
      if (param.componentType === 'yAxis' && typeof param.value === 'string') open.current(param.value);
    });
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [time, lanes, kinds, from, to, dark, f, t]);
  const present = ROLES.filter((r) => time.lanes.some((l) => l.role === r));
  return (
    <>
      <div className="row wrap" style={{ marginBottom: 8 }}>
        <TimeBrushBar brush={brush} />
        <Segmented
          size="small"
          aria-label={t('lanes.role')}
          value={role}
          onChange={setRole}
          options={[
            { value: 'all' as const, label: t('lanes.everyone') },
            ...present.map((r) => ({ value: r, label: t(`role.${r}`) })),
          ]}
        />
        <Select
          size="small"
          mode="multiple"
          style={{ minWidth: 220 }}
          value={kinds}
          onChange={setKinds}
          aria-label={t('lanes.show')}
          options={EVENTS.map((e) => ({ value: e, label: t(`lanes.event.${e}`) }))}
        />
        <span className="legend">
          {kinds.map((k) => (
            <span key={k} style={{ color: EVENT_COLOUR[k][dark ? 1 : 0] }}>
              {EVENT_GLYPH[k]} {t(`lanes.event.${k}`)}
            </span>
          ))}
        </span>
        <span className="faint small">
          {t('lanes.lanes', { n: f.count(lanes.length) })} · {t('lanes.hint')}
        </span>
      </div>
      <div className="panel" style={{ padding: '4px 0' }}>
        <div ref={box} style={{ height }} data-testid="lanes" role="img" aria-label={t('lanes.title')} />
      </div>
    </>
  );
}

/** When each member called, was paid, brought somebody into a group; and what came of it day by day. */
export default function Time({ ring, onWho }: { ring: RingDetail; onWho: (id: string) => void }) {
  const { t } = useWords();
  const asked = useRingPart(ring.card.id, 'timeline');
  const brush = useTimeBrush();
  return (
    <div className="page">
      <Answer of={asked} what={t('ring.tab.time')}>
        {(time) => <Lanes time={time} brush={brush} onWho={onWho} />}
      </Answer>
    </div>
  );
}
