/** What `floodproof` alone prints: what people do first, and the command for each. */

interface MenuItem {
  readonly what: string;
  readonly command: string;
}

const items: readonly MenuItem[] = [
  { what: 'see it at work, nothing to set up', command: 'floodproof run scenarios/release' },
  { what: 'watch it', command: 'floodproof run scenarios/release --ui' },
  { what: 'look at what was played', command: 'floodproof ui' },
  { what: 'see what it can play', command: 'floodproof list' },
  { what: 'understand one before it is played', command: 'floodproof explain scenarios/release/replay.yaml' },
  { what: 'write one of your own', command: 'floodproof new my-attack --from order-flood' },
  { what: 'try your own API with it', command: 'floodproof init openapi.yaml --out floodproof' },
  { what: 'judge an access log, sending nothing', command: 'floodproof judge access.log --policy policy.yaml' },
  { what: 'hold a limiter to what it claims', command: 'floodproof check --limiter ./my-limiter.js' },
];

export function menuText(version: string): string {
  const width = Math.max(...items.map(({ what }) => what.length));
  return [
    `Floodproof ${version}: does the throttle hold, and do honest customers still get through?`,
    '',
    ...items.map(({ what, command }) => `  ${what.padEnd(width)}  ${command}`),
    '',
    'All commands: floodproof --help',
  ].join('\n');
}
