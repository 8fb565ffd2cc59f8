/** What attackers do. */
import { type BehaviourRow, count, duration, ratio } from './behaviour-row.js';

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const DAY_US = 24 * HOUR_US;

export const abuseBehaviours = {
  'credential-stuffing': {
    label: 'abuse',
    does: 'Tries one name and password of a leaked list per arrival, from many addresses; refusals do not stop it.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(20, 1, 100_000, 'addresses that the attempts come from'),
      combos: count(100_000, 1, 100_000_000, 'pairs of the leaked list, tried in order and then from the start again'),
      hitRate: ratio(0.002, 'share of pairs that really log in'),
      repeatShare: ratio(0, 'share of pairs that are tried once more'),
      repeatAfterUs: duration(300 * SECOND_US, 1_000, DAY_US, 'time from the answer to the repetition'),
    },
  },
  'password-spraying': {
    label: 'abuse',
    does: 'Tries the same few passwords on the accounts of another actor, one after the other, one try an arrival.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(500, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose accounts are tried' },
      passwords: count(5, 1, 1_000, 'passwords that are tried on each account, all wrong'),
    },
  },
  'account-lockout': {
    label: 'abuse',
    does: 'Sends wrong passwords to one account after the other, to have its owner locked out.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(20, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose accounts are to be locked' },
      tries: count(10, 1, 10_000, 'wrong passwords in a row for each account'),
    },
  },
  'name-probing': {
    label: 'abuse',
    does:
      'Logs in with a wrong password by turns under a name that exists and under one that does not, to tell them apart ' +
      'by the time that the answer takes.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(50, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose names exist' },
    },
  },
  'key-enumeration': {
    label: 'abuse',
    does: 'Sends orders under API keys that it makes up; a few are near misses, a real key with its last characters changed.',
    classes: ['order.place'],
    population: 'ips',
    params: {
      ips: count(50, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose keys are nearly guessed' },
      nearMissShare: ratio(0.01, 'share of keys that begin as a real one does'),
    },
  },
  'signature-forgery': {
    label: 'abuse',
    does:
      'Sends orders of its own key that were spoiled after they were signed, each in another way; a right verifier ' +
      'accepts none of them.',
    classes: ['order.place', 'account'],
    population: 'free',
    params: {
      spoils: {
        kind: 'choice',
        choices: ['mac', 'text', 'all'],
        preset: 'all',
        means: 'what is spoiled: the signature, the signed text, or both by turns',
      },
    },
  },
  'clock-skew': {
    label: 'abuse',
    does: 'Sends orders stamped so far in the past or in the future that they must be refused, sweeping over both ranges.',
    classes: ['order.place'],
    population: 'free',
    params: {
      behindMinUs: duration(5_001_000, 0, DAY_US, 'least age of a stamp'),
      behindMaxUs: duration(70 * SECOND_US, 0, DAY_US, 'highest age of a stamp'),
      aheadMinUs: duration(2 * SECOND_US, 0, DAY_US, 'least time that a stamp is ahead'),
      aheadMaxUs: duration(5 * SECOND_US, 0, DAY_US, 'longest time that a stamp is ahead'),
      stepUs: duration(100_000, 1_000, HOUR_US, 'distance of two stamps of the sweep'),
    },
  },
  'order-flood': {
    label: 'abuse',
    does: 'Places an order for each arrival; it ignores Retry-After and every refusal.',
    classes: ['order.place'],
    population: 'free',
    params: {},
  },
  'batch-flood': {
    label: 'abuse',
    does: 'Places a batch of orders for each arrival, to have many for the price of one.',
    classes: ['order.place'],
    population: 'free',
    params: { elements: count(20, 1, 100, 'orders in a batch') },
  },
  'place-cancel': {
    label: 'abuse',
    does: 'Quote stuffing: places orders on one symbol and cancels each as soon as it stands; none is meant to be filled.',
    classes: ['order.place', 'order.cancel'],
    population: 'free',
    params: {
      lifeMinUs: duration(1_000, 0, HOUR_US, 'shortest life of an order, from its answer'),
      lifeMaxUs: duration(50_000, 0, HOUR_US, 'longest life of an order'),
    },
  },
  layering: {
    label: 'abuse',
    does:
      'Spoofing: an arrival puts up layers of large orders on one side, moves them again and again, cancels them all and ' +
      'trades a little on the other side.',
    classes: ['order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      layers: count(5, 1, 100, 'orders that stand at once'),
      moves: count(10, 0, 10_000, 'times that each is amended before its cancel'),
      moveEveryUs: duration(200_000, 1_000, HOUR_US, 'time between two amends of one order'),
    },
  },
  'cancel-storm': {
    label: 'abuse',
    does: 'Places orders and cancels every one of them many times over, whether it still stands or not.',
    classes: ['order.place', 'order.cancel'],
    population: 'free',
    params: { cancels: count(10, 1, 1_000, 'cancels of each order, one after the other') },
  },
  'heavy-requests': {
    label: 'abuse',
    does: 'Asks for the most expensive page alone, again and again.',
    classes: ['account'],
    population: 'free',
    params: {},
  },
  scrape: {
    label: 'abuse',
    does: 'Reads market data with a different query every time, so that no cache can answer.',
    classes: ['ticker'],
    population: 'ips',
    params: { ips: count(50, 1, 100_000, 'addresses that the requests come from') },
  },
  'unique-callers': {
    label: 'abuse',
    does: 'Each arrival is somebody new who asks once, to fill the memory of whoever counts them.',
    classes: ['ticker', 'login'],
    population: 'free',
    params: {
      path: {
        kind: 'choice',
        choices: ['ticker', 'login'],
        preset: 'ticker',
        means: 'the class of request that is sent; a login tries a name that does not exist',
      },
    },
  },
  'identity-rotation': {
    label: 'abuse',
    does: 'Floods with one identity until it is blocked and goes on with the next; a blocked one rests before it is used again.',
    classes: ['order.place'],
    population: 'free',
    params: { restUs: duration(30 * SECOND_US, 0, HOUR_US, 'how long a blocked identity rests') },
  },
  'limit-search': {
    label: 'abuse',
    does:
      'Finds out how much is let through: sends at a rate between a low and a high one and halves the distance by what ' +
      'comes back, alternating over its keys; then stays just below what it has found.',
    classes: ['order.place'],
    population: 'free',
    params: {
      lowPerSecond: count(1, 1, 100_000, 'rate of one key that it believes to pass'),
      highPerSecond: count(100, 1, 100_000, 'rate of one key that it believes to be throttled'),
      trialUs: duration(2 * SECOND_US, 10_000, HOUR_US, 'length of one trial'),
    },
  },
  'phase-probing': {
    label: 'abuse',
    does:
      'Finds out when the window of a limit begins, by the moment at which it is let through again, and then sends the ' +
      'whole of it at the end of one window and once more at the start of the next.',
    classes: ['order.place'],
    population: 'free',
    params: {
      windowUs: duration(10 * SECOND_US, 10_000, DAY_US, 'length of the window that it suspects'),
      burst: count(20, 1, 1_000_000, 'cells of the window that it suspects'),
    },
  },
  overrun: {
    label: 'abuse',
    does:
      'Holds back the last byte of many orders on connections that stand, and sends all of them at one moment, so that a ' +
      'limiter which looks first and counts later lets several through.',
    classes: ['order.place'],
    population: 'free',
    params: { leadUs: duration(200_000, 0, 10 * SECOND_US, 'time from an arrival to the last byte of its request') },
  },
  replay: {
    label: 'abuse',
    does:
      'Sends a signed request of another actor again, byte for byte, from its own address. Skips an arrival as long ' +
      'as it has captured nothing that is young enough.',
    // Whatever the captured actor signs.
    classes: ['account', 'order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      source: { kind: 'actor', means: 'the actor whose signed requests are captured' },
      ageMaxUs: duration(4_900_000, 1_000, HOUR_US, 'age of a captured request at most, from its answer'),
    },
  },
  'forwarded-rotation': {
    label: 'abuse',
    does: 'Sends unsigned requests from one address, each with a fresh made-up X-Forwarded-For.',
    classes: ['ticker', 'login'],
    population: 'one',
    params: {
      path: {
        kind: 'choice',
        choices: ['ticker', 'login'],
        preset: 'ticker',
        means: 'the class of request that is sent',
      },
    },
  },
  'nonce-exhaustion': {
    label: 'abuse',
    does:
      'Sends orders under real keys, with signatures that it makes up and the highest number that a request can carry, so ' +
      'that the owner of the key has no higher one left.',
    classes: ['order.place'],
    population: 'ips',
    params: {
      ips: count(1, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose keys are to be used up' },
    },
  },
} as const satisfies Record<string, BehaviourRow>;
