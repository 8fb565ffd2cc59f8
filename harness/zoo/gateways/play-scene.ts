/** Plays a scene against a server of the zoo over real sockets, and judges it as any run is judged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../actors/actor.js';
import { buildWorld } from '../../actors/identities/world.js';
import { Outcome } from '../../actors/outcome.js';
import type { RegisteredAccount, World } from '../../actors/world.js';
import { type Played, play } from '../../engine/play.js';
import { judgeRun } from '../../judge/judge.js';
import type { VerdictDocument } from '../../judge/verdict.js';
import { type Plan, type Policy, requestClasses } from '../../scenario/plan.js';
import { checkTarget } from '../../targets/loopback.js';
import { findIdentityTransport } from '../../targets/source-address.js';
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

const CREATED = 201;

/** The name of the expectation that the judge can not see: what was asked for is done exactly when it was admitted. */
export const ORDERS_EXECUTED = 'orders-executed';

/** A machine that stalls does not do so again and again. */
const TRIES_MAX = 4;

/** Plays it again when the generator fell behind, since such a run says nothing of the server. */
export async function playScene(scene: Scene, build: BuildStand, seed: number): Promise<SceneResult> {
  for (let tries = 1; ; tries++) {
    const result = await playOnce(scene, build, seed);
    if (result.document.verdict !== 'invalid' || tries === TRIES_MAX) return result;
  }
}

async function playOnce(scene: Scene, build: BuildStand, seed: number): Promise<SceneResult> {
  const plan = planOf(scene);
  const world = buildWorld(plan, seed);
  const stand = build(plan.policy, world.registered);
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
    const isTold = document.verdict === 'fail';
    const broken = document.expectations.filter(({ pass }) => isTold && pass === false);
    const orders = unexplainedOrders(world, played, stand);
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

/** Of one account: requests that have, or may have, placed or cancelled an order. */
interface Traffic {
  placed: number;
  mayHavePlaced: number;
  mayHaveCancelled: number;
}

const placeClass = requestClasses.indexOf('order.place');
const cancelClass = requestClasses.indexOf('order.cancel');
const refusals: readonly number[] = [Outcome.throttled, Outcome.never, Outcome.banned, Outcome.refused];

/**
 * Accounts whose open orders no reading of the record explains. What was throttled, banned or refused has placed and
 * cancelled nothing; what was admitted, or did not get an answer that tells, may have. So an account has at most as many
 * open as may have been placed, and at least as many as were placed for certain less those that may be cancelled.
 */
function unexplainedOrders(world: World, played: Played, stand: Stand): string[] {
  const traffic = trafficByAccount(played);
  return world.identities.filter(hasAccount).flatMap(({ accountIndex, account }) => {
    const open = stand.openOrders?.(account);
    const { placed, mayHavePlaced, mayHaveCancelled } = traffic.get(accountIndex) ?? nothing;
    const least = Math.max(0, placed - mayHaveCancelled);
    if (open === undefined || (least <= open && open <= mayHavePlaced)) return [];
    return [`${account} has ${open} open orders; by what was answered it has ${least} to ${mayHavePlaced}`];
  });
}

const nothing: Readonly<Traffic> = { placed: 0, mayHavePlaced: 0, mayHaveCancelled: 0 };

function trafficByAccount(played: Played): ReadonlyMap<number, Traffic> {
  const traffic = new Map<number, Traffic>();
  for (const { rows, columns } of played.observations()) {
    for (let row = 0; row < rows; row++) {
      const outcome = columns.outcome[row] as number;
      if (refusals.includes(outcome)) continue;
      // A replay acts for the account whose signature it repeats.
      const account = columns.account[row] as number;
      const counted = traffic.get(account) ?? { ...nothing };
      traffic.set(account, counted);
      if (columns.requestClass[row] === cancelClass) counted.mayHaveCancelled += 1;
      if (columns.requestClass[row] !== placeClass) continue;
      counted.mayHavePlaced += 1;
      if (outcome === Outcome.admitted && columns.status[row] === CREATED) counted.placed += 1;
    }
  }
  return traffic;
}

function hasAccount({ account }: Identity): boolean {
  return account !== '';
}
