const { join } = require('node:path');
const { controls } = require('../shared/controls/index.ts');
const { detections } = require('../shared/detections/index.ts');
const { readPolicy } = require('../shared/policy/load.ts');
const { policyFrom } = require('../shared/policy/settings.ts');

/** What the stack says of the policy.yml that it is deployed with. The framework shows the whole of an error's stack: a person needs its message. */
module.exports = () => {
  try {
    const document = readPolicy(join(__dirname, '../policy.yml'), controls, detections);
    return { version: policyFrom(document).version };
  } catch (error) {
    throw Object.assign(error, { stack: error.message });
  }
};
