/** policy.yml as the bundler puts it in: validated, as data. */
declare module '*/policy.yml' {
  const policy: import('./policy/policy.ts').PolicyDocument;
  export default policy;
}
