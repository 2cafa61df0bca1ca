import { markup } from './html.ts';

/** Fills that are one colour, and those that are a pattern of one: told apart in greyscale too. */
const SOLID = ['critical', 'open', 'bar'];
const PATTERNED = ['high', 'medium', 'low', 'informational', 'exempt', 'remediated', 'otherwise', 'off'];

const fills = [
  ...SOLID.map((fill) => `.fill-${fill}{fill:var(--${fill})}`),
  ...PATTERNED.map((fill) => `.fill-${fill}{fill:url(#p-${fill})}.ink-${fill}{fill:var(--${fill})}`),
].join('\n');

/** The style sheet: light and dark as the reader's system is, and for paper. */
export const style = markup(`
:root{color-scheme:light dark;--paper:#fff;--card:#f6f7f9;--ink:#1b2430;--soft:#4f5b6b;--line:#d5dae1;--link:#0b57a4;
--critical:#a3123a;--high:#c2410c;--medium:#8a6100;--low:#1d6fb8;--informational:#56616f;
--open:#a3123a;--exempt:#56616f;--remediated:#1a7f4b;--otherwise:#1d6fb8;--clean:#1a7f4b;--off:#7a8594;--bar:#3c5a80;--warn:#9a3412}
@media screen and (prefers-color-scheme:dark){:root{--paper:#12161c;--card:#1b212a;--ink:#e8ecf1;--soft:#a9b4c2;--line:#343d4a;--link:#82b8f5;
--critical:#ff7a9c;--high:#ff9d5c;--medium:#e3bb4d;--low:#74b5f2;--informational:#a9b4c2;
--open:#ff7a9c;--exempt:#a9b4c2;--remediated:#58cf91;--otherwise:#74b5f2;--clean:#58cf91;--off:#8b96a5;--bar:#8fb0dc;--warn:#ffb38a}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:2.75rem 0 .5rem;padding-top:.5rem;border-top:2px solid var(--ink)}
h3{font-size:1.02rem;margin:1.5rem 0 .4rem}h4{font-size:.95rem;margin:1rem 0 .2rem}
p{margin:.4rem 0;max-width:75ch}
.soft,caption,.facts{color:var(--soft)}
a{color:var(--link)}
a.n{font-weight:600;font-variant-numeric:tabular-nums;text-decoration-thickness:1px;text-underline-offset:2px}
.none{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;padding:0;margin:1rem 0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .9rem;margin:.9rem 0;overflow-wrap:anywhere}
.facts dt{font-weight:600}.facts dd{margin:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem}
.tiles b{display:block;font-size:1.9rem;line-height:1.2}
.tiles small{display:block;color:var(--soft);font-size:.86rem}
.note{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--link);border-radius:6px;padding:.7rem 1rem;margin:1rem 0;max-width:80ch}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:start;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600}thead th{color:var(--soft);border-bottom:2px solid var(--line);overflow-wrap:normal}
td.num,th.num{text-align:end;padding-inline-end:1rem;font-variant-numeric:tabular-nums;white-space:nowrap}
td.tight,th.tight{white-space:nowrap;overflow-wrap:normal}
td small,th small{display:block;color:var(--soft);font-weight:400;font-size:.84rem}
tr:target,tr:target>*{background:var(--card);outline:2px solid var(--link)}
code{font:.86em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
code.command{display:inline-block;max-width:100%;background:var(--card);border:1px solid var(--line);border-radius:5px;padding:.05rem .4rem;user-select:all;white-space:pre-wrap}
code.command span{display:inline-block;max-width:100%}
.sev{font-weight:700;white-space:nowrap}
.sev-critical{color:var(--critical)}.sev-high{color:var(--high)}.sev-medium{color:var(--medium)}.sev-low{color:var(--low)}.sev-informational{color:var(--informational)}
.soon{color:var(--warn);font-weight:700}
svg{vertical-align:middle}
.patterns{position:absolute}
.chart{width:100%;height:auto;max-height:320px;display:block;font-size:12px}
.chart text,.labels text{fill:var(--soft)}.chart text.total{fill:var(--ink);font-weight:600}
.grid line{stroke:var(--line)}
.bar rect,.chart rect,.legend rect{stroke:var(--paper);stroke-width:1}
.legend rect,.fill-off,.fill-informational,.fill-exempt,.fill-low{stroke:var(--soft)!important}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;color:var(--soft);font-size:.86rem}
.fill-clean{fill:none;stroke:var(--clean)!important;stroke-width:1.5!important}
.paper{fill:var(--paper)}
${fills}
.range .axis{stroke:var(--line)}.range .span{stroke:var(--bar);stroke-width:3}.range .end{stroke:var(--bar);stroke-width:3}.range circle{fill:var(--bar)}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--link)}
.control{border:1px solid var(--line);border-radius:8px;padding:.4rem 1rem 1rem;margin:1rem 0}
.panel{display:none}
footer{margin-top:3rem;padding-bottom:3rem;color:var(--soft)}
@media screen{
.control{content-visibility:auto;contain-intrinsic-size:auto 400px}
.panel:target{display:block;position:fixed;inset-block:0;inset-inline-end:0;width:min(460px,92vw);overflow-y:auto;background:var(--paper);border-inline-start:2px solid var(--ink);box-shadow:0 0 40px #0005;padding:1rem 1.25rem;font-size:.9rem;overflow-wrap:anywhere}
.panel h3{margin-top:.2rem}.panel ul{padding-inline-start:1.1rem}.panel .close{float:inline-end;margin-inline-start:1rem}
}
@media (max-width:640px){body{font-size:14px}header{padding-top:1.2rem}.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.3rem}.scroll table{min-width:620px}}
@media print{
@page{margin:14mm}
body{font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
nav,.panel,details{display:none}
a{color:inherit;text-decoration:none}
h2,h3,h4{break-after:avoid}tr,.tiles li,.chart{break-inside:avoid}thead{display:table-header-group}
.scroll{overflow:visible}code.command{border:0;padding:0;background:none}
}
`);
