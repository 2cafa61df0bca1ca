const { ConfigServiceClient, DescribeConfigurationRecordersCommand } = require('@aws-sdk/client-config-service');

/** Before a deploy with AWS Config's rules: whether AWS Config records anything here. Without a recorder of the account's own it refuses rules, and the whole deploy would be rolled back after minutes. */
module.exports = class RecorderCheck {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:deploy:deploy': () => this.check() };
  }

  async check() {
    if (this.serverless.service.functions.configRules === undefined) return;
    const provider = this.serverless.getProvider('aws');
    const config = new ConfigServiceClient(await provider.getAwsSdkV3Config());
    const { ConfigurationRecorders = [] } = await config.send(new DescribeConfigurationRecordersCommand({}));
    if (ConfigurationRecorders.length > 0) return;
    throw new this.serverless.classes.Error(
      `configRules is true, and AWS Config has no configuration recorder in ${provider.getRegion()}: it would refuse the rules. Set one up (\`aws configservice put-configuration-recorder\`, or the console of AWS Config), or set configRules to false in deployment.yml.`,
    );
  }
};
