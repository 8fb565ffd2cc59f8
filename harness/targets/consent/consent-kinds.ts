/** Which kind of attack each behaviour is: what an owner's consent names, by the kind or by the behaviour itself. */
import type { abuseBehaviours } from '../../scenario/abuse-behaviours.js';
import { type BehaviourName, behaviourNames } from '../../scenario/behaviours.js';

export const attackKinds = {
  'credential-guessing': 'passwords, names and API keys are guessed',
  lockout: 'customers are locked out of their accounts on purpose',
  flood: 'more requests, or dearer ones, than a customer would send',
  replay: 'signed requests are sent again, byte for byte',
  forgery: 'spoiled signatures, stamps from the past or the future',
  'market-abuse': 'orders that are not meant to be filled',
  scraping: 'market data is read past every cache',
  evasion: 'limits are searched out, and gone round',
} as const;

export type AttackKind = keyof typeof attackKinds;

type AbuseBehaviour = keyof typeof abuseBehaviours;

const kindOfBehaviour: Readonly<Record<AbuseBehaviour, AttackKind>> = {
  'credential-stuffing': 'credential-guessing',
  'password-spraying': 'credential-guessing',
  'name-probing': 'credential-guessing',
  'key-enumeration': 'credential-guessing',
  'account-lockout': 'lockout',
  'nonce-exhaustion': 'lockout',
  'order-flood': 'flood',
  'batch-flood': 'flood',
  'cancel-storm': 'flood',
  'heavy-requests': 'flood',
  'unique-callers': 'flood',
  overrun: 'flood',
  replay: 'replay',
  'signature-forgery': 'forgery',
  'clock-skew': 'forgery',
  'place-cancel': 'market-abuse',
  layering: 'market-abuse',
  scrape: 'scraping',
  'identity-rotation': 'evasion',
  'limit-search': 'evasion',
  'phase-probing': 'evasion',
  'forwarded-rotation': 'evasion',
};

/**
 * The kind of attack that an actor is; null: an honest one. The behaviour decides and not what the file calls it; an honest
 * behaviour that a file labels abuse is a load that nobody asked for, so a flood.
 */
export function attackKindOf(actor: { readonly behaviour: string; readonly label: string }): AttackKind | null {
  if (Object.hasOwn(kindOfBehaviour, actor.behaviour)) return kindOfBehaviour[actor.behaviour as AbuseBehaviour];
  return actor.label === 'abuse' ? 'flood' : null;
}

/** What a consent may name: kinds first, then single behaviours of attackers. */
export const consentNames: readonly string[] = [
  ...Object.keys(attackKinds),
  ...behaviourNames.filter((name: BehaviourName) => Object.hasOwn(kindOfBehaviour, name) && name !== 'replay'),
];
