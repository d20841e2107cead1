import { DeleteOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Fault } from '../parts/states.tsx';
import type { NumbersView } from './query.ts';

/** Conditions kept under a name, for everybody who uses this store. */
export function SavedViews({ view }: { view: NumbersView }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const views = useQuery({ queryKey: ['views', 'numbers'], queryFn: () => api.views('numbers'), enabled: open });
  const again = (): Promise<void> => client.invalidateQueries({ queryKey: ['views'] });
  const query = Object.fromEntries([...view.params].filter(([k]) => k !== 'open'));
  const save = useMutation({
    mutationFn: () => api.saveView('numbers', name.trim(), query),
    onSuccess: async () => {
      setName('');
      await again();
    },
  });
  const drop = useMutation({ mutationFn: (id: number) => api.dropView(id), onSuccess: again });
  const content = (
    <div style={{ width: 280 }}>
      {views.error && <Fault error={views.error} />}
      {views.data?.length === 0 && <p className="soft">{t('numbers.viewNone')}</p>}
      <ul>
        {views.data?.map((v) => (
          <li key={v.id} className="row">
            <button
              type="button"
              className="link grow clip"
              onClick={() => {
                view.replaceAll(v.query);
                setOpen(false);
              }}
            >
              {v.name}
            </button>
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t('numbers.dropView', { name: v.name })}
              onClick={() => drop.mutate(v.id)}
            />
          </li>
        ))}
      </ul>
      <form
        className="row"
        style={{ marginTop: 8 }}
        onSubmit={(e) => {
          e.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <Input
          size="small"
          value={name}
          onChange={(e) => setName(e.target.value)}
          placeholder={t('numbers.viewName')}
          aria-label={t('numbers.viewName')}
        />
        <Button size="small" htmlType="submit" disabled={name.trim() === ''} loading={save.isPending}>
          {t('numbers.saveView')}
        </Button>
      </form>
      {save.error && <Fault error={save.error} />}
    </div>
  );
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={t('numbers.views')}
      content={content}
      placement="bottomRight"
    >
      <Button>{t('numbers.views')}</Button>
    </Popover>
  );
}
