/**
 * A map of bounded size that forgets what was not asked for lately: two generations, of which the older is dropped when
 * the younger is full or has lasted its time. Holds at most twice the size; every step takes constant time.
 */
export class GenerationalMap<Key, Value extends object> {
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();
  private since = performance.now();

  /**
   * @param size entries of a generation
   * @param lifetime milliseconds of a generation: an entry that is not asked for is gone with the first new one after two
   */
  constructor(
    private readonly size: number,
    private readonly lifetime: number,
  ) {}

  get(key: Key): Value | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    const isFull = this.young.size >= this.size && !this.young.has(key);
    if (isFull || performance.now() - this.since > this.lifetime) this.turn();
    this.young.set(key, value);
  }

  delete(key: Key): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  private turn(): void {
    this.old = this.young;
    this.young = new Map();
    this.since = performance.now();
  }
}
