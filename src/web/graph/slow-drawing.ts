import type Sigma from 'sigma';

/** A frame longer than this, in milliseconds, is seen as a jerk; three in a row are no accident. */
const JERK = 100;
const IN_A_ROW = 3;

/**
 * Leaves the links out while the picture moves once the machine turns out to draw slowly: on one without a graphics card, ten thousand links take most of a frame. They are there again as
 * soon as it rests. Only links are left out, never nodes: what is looked for stays in sight.
 */
export function sparePicture(sigma: Pick<Sigma, 'getCamera' | 'setSetting'>): void {
  let jerks = 0;
  let timing = false;
  sigma.getCamera().on('updated', () => {
    if (timing || jerks >= IN_A_ROW) return;
    timing = true;
    const began = performance.now();
    // Two frames: the first is asked for before what has moved is drawn.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        timing = false;
        jerks = performance.now() - began > 2 * JERK ? jerks + 1 : 0;
        if (jerks === IN_A_ROW) sigma.setSetting('hideEdgesOnMove', true);
      }),
    );
  });
}

/** How long a picture may take to be drawn before whoever waits for it goes on, in milliseconds. */
const PATIENCE = 5000;

/**
 * Calls back once what has been drawn so far is on the screen: a graphics card, and even more what stands in for one, is still at work when the frame is long over. Returns what stops
 * the waiting.
 */
export function onceDrawn(sigma: Pick<Sigma, 'getCanvases'>, then: () => void): () => void {
  const gl = sigma.getCanvases()['nodes']?.getContext('webgl2') ?? null;
  const fence = gl?.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0) ?? null;
  gl?.flush();
  const began = performance.now();
  let frame = 0;
  const look = (): void => {
    const drawn = gl === null || fence === null || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED;
    if (!drawn && performance.now() - began < PATIENCE) {
      frame = requestAnimationFrame(look);
      return;
    }
    if (fence !== null) gl?.deleteSync(fence);
    then();
  };
  frame = requestAnimationFrame(() => (frame = requestAnimationFrame(look)));
  return () => cancelAnimationFrame(frame);
}
