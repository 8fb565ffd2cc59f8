/** Prices of a venue that matches nothing: each symbol has one that never moves. */

interface Prices {
  readonly bid: string;
  readonly ask: string;
  readonly last: string;
}

export function pricesOf(symbol: string): Prices {
  let whole = 0;
  for (let i = 0; i < symbol.length; i++) whole = (whole * 31 + symbol.charCodeAt(i)) % 90_000;
  return { bid: `${whole + 10_000}.00`, ask: `${whole + 10_000}.50`, last: `${whole + 10_000}.25` };
}

export function tickerOf(symbol: string): string {
  const { bid, ask, last } = pricesOf(symbol);
  return `{"symbol":"${symbol}","bid":"${bid}","ask":"${ask}","last":"${last}"}`;
}
