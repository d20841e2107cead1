import { route } from '../route.ts';

/** What is the program doing now? Answers before any store is open. */
export const status = [
  route({ method: 'GET', path: '/api/status', permission: 'read', handle: ({ context }) => context.board.status }),
];
