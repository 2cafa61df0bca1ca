/** Words that name a secret, as they stand in a name beside others: `DB_PASSWORD`, `apiKey`, `stripe.secret`. */
const SECRET_WORDS =
  /^(passwords?|passwd|pwd|pass|passphrases?|secrets?|tokens?|credentials?|apikeys?|(api|private|secret|auth|encryption|signing|access) keys?)$/;

/** Words that, at the end of a name, tell of something about the secret: where it is, how it is made, how long it holds. */
const ABOUT =
  /^(arn|name|names|id|ids|url|uri|endpoint|path|file|prefix|region|type|length|len|size|count|limit|max|min|ttl|age|days|seconds|expiry|expiration|expires|policy|rotation|header|enabled|required|version|parameter|param|table|bucket|topic|queue|stage|audience|issuer|algorithm)$/;

/** A name in words: `DB_PASSWORD`, `dbPassword`, `/prod/db-password` are of the words db and password. */
const wordsIn = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');

/** Whether a variable or parameter is called like a secret, and not like something about one. */
export function isSecretName(name: string): boolean {
  const words = wordsIn(name);
  if (ABOUT.test(words.at(-1) ?? '') || words[0] === 'max' || words[0] === 'min') return false;
  return words.some((word, index) => SECRET_WORDS.test(word) || SECRET_WORDS.test(`${words[index - 1]} ${word}`));
}

/** What leads to a secret and is none: an ARN, a dynamic reference, a path, a place holder, a flag, a number, a UUID. */
const NO_SECRETS: readonly RegExp[] = [
  /^$/,
  /^arn:[^:]+:/,
  /^\{\{.*\}\}$/,
  /^\$\{.*\}$|^\$\(.*\)$|^<[^<>]*>$/,
  /^(ssm|secretsmanager|vault|op|s3|file|env):/,
  /^(https?|wss?):\/\/[^@]*$/,
  /^\.{0,2}\/[\w./-]*$/,
  /^(true|false|yes|no|on|off|null|none|enabled|disabled|required|optional)$/i,
  /^-?\d{1,9}(\.\d+)?$/,
  /^[*x.•-]+$|^HIDDEN_DUE_TO_SECURITY_REASONS$/i,
];

const isReference = (value: string): boolean => NO_SECRETS.some((pattern) => pattern.test(value));

/** Secrets that their form gives away, whatever they are called. */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
  ['an AWS access key', /(?<![A-Z0-9])(AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/],
  ['a private key', /-----BEGIN ([A-Z]{1,20} ){0,3}PRIVATE KEY-----/],
  ['a JSON Web Token', /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a token of GitHub', /(?<!\w)(gh[pousr]_\w{36}|github_pat_\w{60})/],
  ['a token of GitLab', /(?<![\w-])glpat-[\w-]{20}/],
  ['a token of Slack', /(?<![\w-])xox[abposr]-[\w-]{10}|hooks\.slack\.com\/services\/\w/],
  ['a key of Stripe', /(?<!\w)[rs]k_live_\w{16}/],
  ['a key of Google', /(?<![\w-])AIza[\w-]{35}(?![\w-])/],
  ['a key of SendGrid', /(?<![\w-])SG\.[\w-]{22}\.[\w-]{43}/],
  ['a key of npm', /(?<!\w)npm_\w{36}/],
  ['a URL with a password', /(?<![\w+.-])[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/?#@]{0,200}:(?!\$\{|\{\{)[^\s/?#@]{1,200}@/i],
  [
    'a connection string with a password',
    /(^|;)\s{0,5}(password|pwd|accountkey|sharedaccesskey)\s{0,5}=\s{0,5}(?!\$\{|\{\{)[^;\s]/i,
  ],
];

const RANDOM = /^[A-Za-z0-9+/_=-]{32,512}$/;
/** Bits a character: what 40 random characters of Base64 nearly always have, and words, hexadecimal digits and UUIDs hardly ever. */
const LEAST_ENTROPY_BITS = 4.25;

/** The entropy of a text by the frequency of its characters, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

const isRandom = (value: string): boolean =>
  RANDOM.test(value) &&
  /\d/.test(value) &&
  /[a-z]/.test(value) &&
  /[A-Z]/.test(value) &&
  entropyOf(value) >= LEAST_ENTROPY_BITS;

/** Longer texts are configuration; their beginning is looked at. */
const MAX_CHARACTERS = 16_384;

/** What makes a named value a secret, in words that never hold a part of it (`an AWS access key`); null where nothing does. */
export function secretIn(name: string, value: string): string | null {
  const text = value.slice(0, MAX_CHARACTERS).trim();
  const form = FORMS.find(([, pattern]) => pattern.test(text));
  if (form !== undefined) return form[0];
  if (isReference(text)) return null;
  if (isSecretName(name)) return 'a secret by its name';
  return isRandom(text) ? 'a random text like a key' : null;
}
