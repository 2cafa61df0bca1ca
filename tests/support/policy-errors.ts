import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { PolicyError, parsePolicy } from '../../shared/policy/load.ts';

/** Parses a policy.yml; with another set of controls, without detections. */
export const parse = (text: string, of = controls) =>
  parsePolicy(text, 'policy.yml', of, of === controls ? detections : []);

/** What is wrong with a text, line by line; nothing where it is right. */
export function errorsOf(text: string, of = controls): readonly string[] {
  try {
    parse(text, of);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.errors;
    throw error;
  }
}
