import { Readable } from 'node:stream';

/** A request body of which all but the last byte is written at once, and the last one when it is told. */
export class HeldBody extends Readable {
  readonly bytes: number;
  private readonly last: Buffer;

  /** @param text - At least one byte. */
  constructor(text: string) {
    super({ read: () => undefined });
    const whole = Buffer.from(text, 'utf8');
    this.bytes = whole.length;
    this.last = whole.subarray(-1);
    // The client tells of every failure itself; without a listener this one would end the process.
    this.on('error', () => undefined);
    this.push(whole.subarray(0, -1));
  }

  /** Where the connection is ready, the byte is handed to the socket before this returns. */
  release(): void {
    this.push(this.last);
    this.push(null);
  }
}
