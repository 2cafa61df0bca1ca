import type { Alteration } from '../aws-proxy.ts';
import type { DeployedStack } from '../deployed.ts';
import type { TestAccount } from '../sandbox.ts';

/** Something that keeps a deployment from seeing, telling or remembering. */
export interface Fault {
  readonly name: string;
  seed(account: TestAccount, stack: DeployedStack): Promise<unknown>;
  /** What doctor reports. */
  readonly expect: {
    readonly check: string;
    readonly status: 'warning' | 'error';
    readonly message: RegExp;
    readonly remedy: RegExp;
  };
  /** Fixes it, as the remedy says. */
  fix?(account: TestAccount, stack: DeployedStack): Promise<unknown>;
  /** The answer that shows it, where the local account cannot. */
  readonly answer?: Alteration;
}

/** The remedy of what was deleted from the stack by hand. */
export const REVERT_DRIFT =
  /^aws cloudformation create-change-set --stack-name evenkeel-prod .*--deployment-mode REVERT_DRIFT/;
