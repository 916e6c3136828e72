import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf, TASK_TYPES } from './workflow-definition.js';
import type { WorkflowTask } from './workflow.schema.js';

const task = (id: string, ...depends_on: string[]): WorkflowTask => ({
  id,
  type: 'transform',
  depends_on,
});

const fieldsOf = (...tasks: WorkflowTask[]): string[] =>
  problemsOf({ tasks }).map(({ field }) => field);

describe('the definition of a workflow', () => {
  it.each(TASK_TYPES)('knows the task %s', (type) => {
    expect(problemsOf({ tasks: [{ id: 'a', type }] })).toEqual([]);
  });

  it('may name tasks before they come, and let several wait for one', () => {
    expect(
      fieldsOf(
        task('last', 'left', 'right'),
        task('left', 'first'),
        task('right', 'first'),
        task('first'),
      ),
    ).toEqual([]);
  });

  it('is told every fault at once, each with its place', () => {
    const faulty = [{ ...task('a'), type: 'teleport' }, task('b', 'a', 'nowhere', 'a'), task('a')];
    expect(problemsOf({ tasks: faulty })).toEqual([
      { field: 'definition.tasks.0.type', message: `must be one of ${TASK_TYPES.join(', ')}` },
      { field: 'definition.tasks.1.depends_on.1', message: 'names no task of this workflow' },
      { field: 'definition.tasks.1.depends_on.2', message: 'names a task twice' },
      { field: 'definition.tasks.2.id', message: 'is the id of definition.tasks.0 already' },
    ]);
  });

  it.each([
    ['a task that waits for itself', [task('a'), task('b', 'b')], 1, 'b → b'],
    ['two that wait for each other', [task('a', 'b'), task('b', 'a')], 0, 'a → b → a'],
    [
      'a cycle behind a task that is outside',
      [task('x', 'a'), task('a', 'c'), task('b', 'a'), task('c', 'b')],
      1,
      'a → c → b → a',
    ],
  ])('has no cycle: %s', (_, tasks, index, cycle) => {
    expect(problemsOf({ tasks })).toEqual([
      { field: `definition.tasks.${index}.depends_on`, message: `is part of a cycle: ${cycle}` },
    ]);
  });

  it('knows ids by their text, also those that objects have by themselves', () => {
    expect(fieldsOf(task('__proto__'), task('constructor', '__proto__'))).toEqual([]);
    expect(fieldsOf(task('a', 'constructor'))).toEqual(['definition.tasks.0.depends_on.0']);
  });

  it('is good exactly when its tasks can be put in an order', () => {
    const graph = fc.integer({ min: 1, max: 8 }).chain((size) =>
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 })), {
        minLength: size,
        maxLength: size,
      }),
    );
    fc.assert(
      fc.property(graph, (edges) => {
        const tasks = edges.map((to, from) => task(`t${from}`, ...to.map((index) => `t${index}`)));
        const reaches = (from: number, goal: number, seen = new Set<number>()): boolean =>
          (edges[from] ?? []).some(
            (next) => next === goal || (!seen.has(next) && reaches(next, goal, seen.add(next))),
          );
        const isCyclic = edges.some((_, index) => reaches(index, index));
        expect(problemsOf({ tasks }).length > 0).toBe(isCyclic);
      }),
    );
  });
});
