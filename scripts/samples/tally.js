/** What passed and what failed, told as it happens. */
export class Tally {
  #passed = 0;
  #failed = 0;
  #tests = 0;

  /**
   * Runs one check.
   *
   * @param {string} name
   * @param {() => unknown} action fails by throwing; a text that it returns is shown
   * @returns {Promise<boolean>} whether it passed
   */
  async check(name, action) {
    try {
      const remark = await action();
      this.#passed += 1;
      console.log(`ok      ${name}${typeof remark === 'string' ? `: ${remark}` : ''}`);
      return true;
    } catch (error) {
      this.fail(`${name}\n${error.message}`);
      return false;
    }
  }

  /** Adds the tests of a suite that passed. */
  addTests(count) {
    this.#passed += count;
    this.#tests += count;
  }

  fail(message) {
    this.#failed += 1;
    console.log(`FAILED  ${message}`);
  }

  /** Prints the sum. Returns the exit code: 1 when anything failed, or no test ran. */
  close() {
    if (this.#tests === 0 && this.#failed === 0) this.fail('no test ran');
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed > 0 ? 1 : 0;
  }
}
