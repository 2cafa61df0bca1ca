import { createHash } from 'node:crypto';
import { html, type Part } from './html.ts';
import { style } from './style.ts';

/** What stands in a page. */
interface Content {
  readonly title: string;
  readonly header: Part;
  readonly main: Part;
  readonly footer: Part;
  /** After the footer. */
  readonly rest?: Part;
}

/** No script, no image, no font, no request; only this style sheet. */
const contentPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style.text).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** A page that needs nothing beside itself. */
export const shell = ({ title, header, main, footer, rest = null }: Content): string =>
  html`<!doctype html>
<html lang="en" id="top">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${header}
<main>
${main}
</main>
<footer>${footer}</footer>
${rest}
</body>
</html>
`.text;
