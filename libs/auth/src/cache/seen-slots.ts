/** Places, as many as two bytes can name. */
const PLACES = 0x10000;

/**
 * Tells what was seen before from what is new, in constant memory and without keeping anything alive. May forget: what was
 * seen is then taken for new. Takes a new one for seen once in four billion times.
 */
export class SeenSlots {
  private readonly marks = new Uint32Array(PLACES);

  /**
   * Whether it was seen before; from now on it was.
   *
   * @param slot at least six characters, each of one random byte
   */
  see(slot: string): boolean {
    const place = (slot.charCodeAt(0) << 8) | slot.charCodeAt(1);
    const mark =
      ((slot.charCodeAt(2) << 24) |
        (slot.charCodeAt(3) << 16) |
        (slot.charCodeAt(4) << 8) |
        slot.charCodeAt(5)) >>>
      0;
    const isSeen = this.marks[place] === mark;
    this.marks[place] = mark;
    return isSeen;
  }
}
