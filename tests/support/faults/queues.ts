import {
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { STACK } from '../deployed.ts';
import { dropQueue, FAILED, lambda, mapping, nothing, other, purge, read, send } from './acts.ts';
import { type Fault, REVERT_DRIFT } from './fault.ts';

export const queueFaults: readonly Fault[] = [
  {
    name: 'events have failed',
    seed: (account) => send(account, FAILED),
    fix: (account) => purge(account, FAILED),
    expect: {
      check: 'failed events',
      status: 'error',
      message: /^eu-west-1: 1 message could not be processed$/,
      remedy: /^npx evenkeel redrive http\S+\/evenkeel-prod-failed-events$/,
    },
  },
  {
    name: 'events of a region could not be forwarded',
    seed: (account, stack) => send(account, FAILED, other(stack)),
    fix: (account, stack) => purge(account, FAILED, other(stack)),
    expect: {
      check: 'failed events',
      status: 'error',
      message: /^us-east-1: 1 message could not be forwarded$/,
      remedy: /^npx evenkeel replay --queue http\S+\/evenkeel-prod-failed-events --mode remediate$/,
    },
  },
  {
    name: 'the queue of failed events of a region has gone',
    seed: (account, stack) => dropQueue(account, FAILED, other(stack)),
    expect: {
      check: 'failed events',
      status: 'error',
      message: /^us-east-1: the queue evenkeel-prod-failed-events is missing/,
      remedy:
        /aws cloudformation create-stack-instances --stack-set-name evenkeel-prod-forwarding --accounts \d+ --regions us-east-1 --region eu-west-1$/,
    },
  },
  {
    name: 'nothing reads a queue, and messages wait in it',
    async seed(account) {
      await read(account, 'infrastructure', false);
      await send(account, `${STACK}-infrastructure`);
    },
    fix: (account) => read(account, 'infrastructure', true),
    expect: {
      check: 'queues',
      status: 'error',
      message: /^nothing polls evenkeel-prod-infrastructure: its event source mapping is Disabled, and 1 message wait/,
      remedy: /^aws lambda update-event-source-mapping --uuid [\w-]+ --enabled --region eu-west-1$/,
    },
  },
  {
    name: 'an event source mapping has gone',
    seed: async (account) =>
      lambda(account).send(new DeleteEventSourceMappingCommand({ UUID: await mapping(account, 'infrastructure') })),
    expect: {
      check: 'queues',
      status: 'error',
      message: /^nothing polls evenkeel-prod-infrastructure: its event source mapping is missing/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'a queue has gone',
    seed: (account) => dropQueue(account, `${STACK}-data`),
    expect: {
      check: 'queues',
      status: 'error',
      message: /^the queue evenkeel-prod-data is missing/,
      // SQS does not make a queue again under a name that was deleted within a minute.
      remedy:
        /^once it has been gone for 60 seconds .*: aws cloudformation create-change-set .*--deployment-mode REVERT_DRIFT/,
    },
  },
  {
    name: 'a function has gone',
    seed: (account) => lambda(account).send(new DeleteFunctionCommand({ FunctionName: `${STACK}-infrastructure` })),
    expect: {
      check: 'functions',
      status: 'error',
      message: /^the function evenkeel-prod-infrastructure is missing$/,
      remedy: REVERT_DRIFT,
    },
  },
  {
    name: 'a function may not run',
    seed: (account) =>
      lambda(account).send(
        new PutFunctionConcurrencyCommand({ FunctionName: `${STACK}-infrastructure`, ReservedConcurrentExecutions: 0 }),
      ),
    fix: (account) =>
      lambda(account).send(new DeleteFunctionConcurrencyCommand({ FunctionName: `${STACK}-infrastructure` })),
    expect: {
      check: 'functions',
      status: 'error',
      message: /^evenkeel-prod-infrastructure cannot run: its reserved concurrency is 0$/,
      remedy:
        /^aws lambda delete-function-concurrency --function-name evenkeel-prod-infrastructure --region eu-west-1$/,
    },
  },
  {
    name: 'an update of a function has failed',
    seed: nothing,
    answer: {
      call: `GET /2015-03-31/functions/${STACK}-infrastructure/configuration`,
      change: (body) => {
        const reason = { LastUpdateStatus: 'Failed', LastUpdateStatusReason: 'the key is disabled' };
        return JSON.stringify({ ...JSON.parse(body), ...reason });
      },
    },
    expect: {
      check: 'functions',
      status: 'error',
      message: /^evenkeel-prod-infrastructure is in a failed state: the key is disabled$/,
      remedy: /^npx serverless deploy --region eu-west-1$/,
    },
  },
];
