const deploymentOf = require('./deployment.cjs');

let made;

/** Functions with their queues, rules and roles, and the template of the other regions: made when the stack is packaged, from the catalogue, policy.yml and functions/<name>/permissions.yml. The framework shows the whole of an error's stack: a person needs its message. */
module.exports = async (framework) => {
  const { optional } = await deploymentOf(framework);
  const { stackFor } = await import('../scripts/generate/stack.ts');
  made ??= stackFor(optional).catch((error) => {
    throw Object.assign(error, { stack: error.message });
  });
  return made;
};
