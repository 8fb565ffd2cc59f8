/** How files come in: this room opens none itself. The cli gives the real reader, tests a map of texts. */
export interface FileReader {
  /**
   * The whole text of a file.
   * @throws {FloodproofError} FP_FILE_UNREADABLE
   */
  read(path: string): string;
  /** The path that `reference` means when it is written in the file `from`. Equal paths are the same file. */
  resolve(from: string, reference: string): string;
}
