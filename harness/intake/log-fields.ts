/** What a line of a log says, by the number of a field. */

/** Where the fields of a line stand in its bytes; a field that begins where it ends holds nothing. */
export interface FieldPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface LogFields {
  /** The fields that lines have, as far as it is known; of JSON those of the first line. */
  readonly names: readonly string[];
  /** Of the line that was read last, in latin1; null: only `text` tells. */
  readonly places: FieldPlaces | null;
  /** Takes the line from `start` to just before `end`. @returns whether it is of the format. */
  read(bytes: Buffer, start: number, end: number): boolean;
  /**
   * What stands in a field of the line that was read last.
   *
   * @param field - index into `names`.
   * @returns null where there is nothing, or a dash for nothing.
   */
  text(field: number): string | null;
}
