import { useEffect, useRef } from 'react';

/** A box that was ticked a moment ago still has the focus, but nobody types into it. */
const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
      !(target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type))) ||
    target.closest('[role=dialog]') !== null);

/**
 * Keys of the page while nobody is typing and no dialog is open: `{ j: next, 'g n': toNumbers }`. Two keys in a row are written with
 * a space between them, and with Control held (or Command) `Ctrl+z`, `Ctrl+Shift+z`.
 */
export function useKeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    let before = '';
    let at = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.altKey || event.defaultPrevented || typing(event.target)) return;
      const control = event.ctrlKey || event.metaKey;
      const name = control ? `Ctrl+${event.shiftKey ? 'Shift+' : ''}${event.key.toLowerCase()}` : event.key;
      const pair = !control && event.timeStamp - at < 900 ? `${before} ${name}` : '';
      const act = now.current[pair] ?? now.current[name];
      before = name;
      at = event.timeStamp;
      if (!act) return;
      // A focused link or button keeps its own Enter.
      if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('a,button')) return;
      event.preventDefault();
      act(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
