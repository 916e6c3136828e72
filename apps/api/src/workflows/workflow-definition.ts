import type { ErrorDetail } from '../http/error.schema.js';
import type { WorkflowDefinition, WorkflowTask } from './workflow.schema.js';

/** What a task can do. */
export const TASK_TYPES = [
  'document_parser',
  'text_extraction',
  'entity_extraction',
  'document_classification',
  'condition',
  'transform',
  'webhook',
] as const;

const known: ReadonlySet<string> = new Set(TASK_TYPES);

/**
 * Why a well-formed definition cannot be carried out: a type that is none, an id given twice, a task that depends on one
 * that is not there, twice on the same, or by way of others on itself.
 *
 * @returns everything that is wrong, each with its place; empty for a good definition
 */
export function problemsOf({ tasks }: WorkflowDefinition): ErrorDetail[] {
  const ids = new Set(tasks.map(({ id }) => id));
  const problems = tasks.flatMap((task, index) => [
    ...problemsOfTask(task, index),
    ...problemsOfId(tasks, index),
    ...problemsOfDependencies(task, index, ids),
  ]);
  // Only between tasks that all exist once is there a question of order.
  return problems.length > 0 ? problems : problemsOfOrder(tasks);
}

const place = (index: number, member: string): string => `definition.tasks.${index}.${member}`;

function problemsOfTask({ type }: WorkflowTask, index: number): ErrorDetail[] {
  if (known.has(type)) return [];
  return [{ field: place(index, 'type'), message: `must be one of ${TASK_TYPES.join(', ')}` }];
}

function problemsOfId(tasks: readonly WorkflowTask[], index: number): ErrorDetail[] {
  const first = tasks.findIndex(({ id }) => id === tasks[index]?.id);
  if (first === index) return [];
  return [{ field: place(index, 'id'), message: `is the id of definition.tasks.${first} already` }];
}

function problemsOfDependencies(
  { depends_on = [] }: WorkflowTask,
  index: number,
  ids: ReadonlySet<string>,
): ErrorDetail[] {
  return depends_on.flatMap((id, position) => {
    const field = place(index, `depends_on.${position}`);
    if (!ids.has(id)) return [{ field, message: 'names no task of this workflow' }];
    return depends_on.indexOf(id) === position ? [] : [{ field, message: 'names a task twice' }];
  });
}

/** Takes away tasks whose dependencies are all done until none is left, or those that are left wait for each other. */
function problemsOfOrder(tasks: readonly WorkflowTask[]): ErrorDetail[] {
  const done = new Set<string>();
  const isReady = ({ id, depends_on = [] }: WorkflowTask): boolean =>
    !done.has(id) && depends_on.every((dependency) => done.has(dependency));
  for (let ready = tasks.filter(isReady); ready.length > 0; ready = tasks.filter(isReady)) {
    ready.forEach(({ id }) => done.add(id));
  }
  const waiting = new Map(tasks.filter(({ id }) => !done.has(id)).map((task) => [task.id, task]));
  if (waiting.size === 0) return [];
  const cycle = cycleAmong(waiting);
  const index = tasks.findIndex(({ id }) => id === cycle[0]);
  const message = `is part of a cycle: ${[...cycle, cycle[0]].join(' → ')}`;
  return [{ field: place(index, 'depends_on'), message }];
}

/** Follows dependencies among tasks that all wait for another until one comes up again. */
function cycleAmong(waiting: ReadonlyMap<string, WorkflowTask>): string[] {
  const path: string[] = [];
  let [id] = waiting.keys();
  while (id !== undefined && !path.includes(id)) {
    path.push(id);
    id = waiting.get(id)?.depends_on?.find((dependency) => waiting.has(dependency));
  }
  return id === undefined ? path : path.slice(path.indexOf(id));
}
