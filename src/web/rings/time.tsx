import type { RingDetail } from '../../server/contract.ts';
export default function Time(_: { ring: RingDetail; onWho: (id: string) => void }) {
  return null;
}
