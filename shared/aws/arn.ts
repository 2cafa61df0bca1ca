import { type ARN, parse, validate } from '@aws-sdk/util-arn-parser';

/** The parts of an ARN; null where the text is none. */
export const parseArn = (text: string | null | undefined): ARN | null =>
  text != null && validate(text) ? parse(text) : null;
