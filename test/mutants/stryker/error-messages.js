const MESSAGE = ['StringLiteral', 'TemplateLiteral'];

/** Leaves the words of an error alone: they keep nobody out. A `Refusal` is given a reason, which is no mere word. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'error-messages',
    value: {
      shouldIgnore({ node, parent }) {
        const isMessage = MESSAGE.includes(node.type) && parent?.type === 'NewExpression';
        return isMessage && parent.callee.name?.endsWith('Error')
          ? 'The words of an error'
          : undefined;
      },
    },
  },
];
