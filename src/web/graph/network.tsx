import type { RingDetail } from '../../server/contract.ts';
export default function Network(_: { ring: RingDetail; who: string | null; onWho: (id: string | null) => void }) {
  return null;
}
