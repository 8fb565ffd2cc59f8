/** Plays a scene against a server of the zoo over real sockets, and judges it as any run is judged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorld } from '../../actors/identities/world.js';
import { everybody, type RegisteredAccount, type World } from '../../actors/world.js';
import { type Played, play } from '../../engine/play.js';
import { judgeRun } from '../../judge/judge.js';
import type { ExpectationResult, Verdict, VerdictDocument } from '../../judge/verdict.js';
import type { Plan, Policy } from '../../scenario/plan.js';
import { checkTarget } from '../../targets/loopback.js';
import { findIdentityTransport } from '../../targets/source-address.js';
import { unexplainedOrders } from './order-audit.js';
import { planOf, type Scene } from './scene.js';

/** What a scene is played against. */
export interface Stand {
  /** @returns where it listens. */
  listen(): Promise<string>;
  close(): void | Promise<void>;
  /** Orders that an account has open; left out: it does not tell. */
  openOrders?(account: string): number;
}

export type BuildStand = (policy: Policy, registered: readonly RegisteredAccount[]) => Stand;

export interface SceneResult {
  readonly document: VerdictDocument;
  /** What was not kept: expectations as they are written, and `orders-executed`. */
  readonly broken: readonly string[];
  readonly evidence: readonly string[];
}

/** The name of the expectation that the judge can not see: what was asked for is done exactly when it was admitted. */
export const ORDERS_EXECUTED = 'orders-executed';

/** A machine that stalls does not do so again and again. */
const TRIES_MAX = 4;

export async function playScene(scene: Scene, build: BuildStand, seed: number): Promise<SceneResult> {
  return await untilTold(() => playOnce(scene, build, seed));
}

/** Plays again when the generator fell behind, since such a run says nothing of the server. */
export async function untilTold<Result extends { readonly document: Pick<VerdictDocument, 'verdict'> }>(
  playAgain: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await playAgain();
    if (result.document.verdict !== 'invalid' || tries === TRIES_MAX) return result;
  }
}

async function playOnce(scene: Scene, build: BuildStand, seed: number): Promise<SceneResult> {
  const plan = planOf(scene);
  const world = buildWorld(plan, seed);
  const stand = build(plan.policy, [...world.registered]);
  const folder = mkdtempSync(join(tmpdir(), 'floodproof-zoo-'));
  try {
    const url = await stand.listen();
    const played = await play({
      plan,
      seed,
      workers: 1,
      engine: 'ts',
      target: await checkTarget(url),
      transport: await findIdentityTransport(),
      folder,
      arrivalsMax: null,
      closedLoop: null,
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
    const document = judge(plan, world, played, seed, url);
    const broken = failedExpectations(document);
    const orders = unexplainedOrders(everybody(world), played.observations, (account) => stand.openOrders?.(account));
    return {
      document,
      broken: [...broken.map(({ text }) => text), ...(orders.length > 0 ? [ORDERS_EXECUTED] : [])],
      evidence: [...broken.flatMap(({ text, evidence }) => evidence.map((line) => `${text}: ${line}`)), ...orders],
    };
  } finally {
    await stand.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a run that is no fail (the generator fell behind, say) nothing is held against the server. */
export function failedExpectations<Result extends Pick<ExpectationResult, 'pass'>>(document: {
  readonly verdict: Verdict;
  readonly expectations: readonly Result[];
}): readonly Result[] {
  return document.verdict === 'fail' ? document.expectations.filter(({ pass }) => pass === false) : [];
}

function judge(plan: Plan, world: World, played: Played, seed: number, target: string): VerdictDocument {
  return judgeRun({
    plan,
    world,
    observations: played.observations,
    generator: played.generator,
    isInterrupted: played.isInterrupted,
    seed,
    target,
    engine: 'ts',
    notes: [],
    replay: '',
    versions: {},
    startedAt: new Date().toISOString(),
    durationMs: Math.round(played.durationUs / 1000),
  });
}
