import { describe, expect, it } from 'vitest';
import { Downtime, RESTART_US } from '../../../../harness/targets/core/downtime.js';

describe('the downtime of the server of virtual time', () => {
  it('is there from the first moment of an outage to its last, counted from the first phase', () => {
    const downtime = new Downtime({ outages: [{ atUs: 10, forUs: 5 }], restarts: [] }, 100);
    expect([0, 109, 110, 114, 115, 9_999].map((runUs) => downtime.isDown(runUs))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('joins outages and restarts that overlap, in whatever order they are written', () => {
    const world = {
      outages: [
        { atUs: RESTART_US, forUs: 10 },
        { atUs: 50, forUs: 10 },
      ],
      restarts: [5],
    };
    const downtime = new Downtime(world, 0);
    const moments = [4, 5, 60, 70, RESTART_US + 4, RESTART_US + 5, RESTART_US + 9, RESTART_US + 10];
    expect(moments.map((runUs) => downtime.isDown(runUs))).toEqual([false, true, true, true, true, true, true, false]);
  });
});
