/** The look of a report: light, dark and on paper; a system font, neutral greys, one accent (../shared/DESIGN.md). */
export const styles = `
:root{color-scheme:light dark;--page:#fff;--panel:#f5f5f5;--text:#1c1c1c;--quiet:#595959;--line:#d4d4d4;--accent:#2f5f8f;
--one:#0072b2;--two:#b35900;--three:#00735a;--band:#0072b226;--warning:#fff4d6;--warningText:#4a3500}
@media (prefers-color-scheme:dark){:root{--page:#161616;--panel:#202020;--text:#e8e8e8;--quiet:#a6a6a6;--line:#3d3d3d;
--accent:#8fb4d9;--one:#56b4e9;--two:#e69f00;--three:#35c79f;--band:#56b4e933;--warning:#3a2e0d;--warningText:#f3dfa6}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1200px;margin:0 auto;padding:24px 24px 64px}
.warning{margin:0;max-width:none;padding:12px 24px;background:var(--warning);color:var(--warningText);text-align:center}
h1{font-size:24px;line-height:1.25;margin:8px 0 4px}
h2{font-size:18px;margin:40px 0 8px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:24px 0 4px}
p{margin:4px 0;max-width:70ch}
.note,figcaption,.quiet{color:var(--quiet);font-size:13px}
.note{max-width:90ch}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));gap:12px;margin:16px 0}
.cards>div{background:var(--panel);border-radius:6px;padding:12px}
.cards b{display:block;font-size:24px;line-height:1.2}
.cards span{display:block;font-size:12px;color:var(--quiet)}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:8px 0;font-size:13px}
th,td{text-align:left;vertical-align:top;padding:4px 16px 4px 0;border-bottom:1px solid var(--line)}
thead th{font-weight:600;vertical-align:bottom;color:var(--quiet)}
tbody th{font-weight:400;white-space:nowrap}
.counted{display:block;color:var(--quiet);font-size:12px;white-space:nowrap}
.pairs .counted{display:inline;padding-left:4px}
.dense th,.dense td{padding-right:10px}
.dense .counted span{display:block}
.flag{color:var(--two);font-weight:600}
.flag::before{content:"\\25B2 "}
.confusion td,.confusion thead th+th{text-align:right;padding:8px 12px}
.confusion td{min-width:80px;font-size:15px}
.confusion .right{outline:2px solid var(--text);outline-offset:-2px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:24px;margin:16px 0}
figure{margin:0;min-width:0}
figcaption{margin-top:4px}
figcaption ol{margin:4px 0;padding-left:20px}
svg{display:block;width:100%;height:auto;max-width:520px}
svg.broad{max-width:760px}
svg text{font-size:12px;fill:var(--quiet)}
svg text.name{fill:var(--text)}
.axis{stroke:var(--line);fill:none}
.guide{stroke:var(--quiet);stroke-dasharray:2 4;fill:none}
.curve{fill:none;stroke-width:2}
.one{stroke:var(--one)}.two{stroke:var(--two)}.three{stroke:var(--three)}
.fill-one{fill:var(--one);stroke:var(--page)}.fill-two{fill:var(--two);stroke:var(--page)}.fill-three{fill:var(--three);stroke:var(--page)}
.band{fill:var(--band);stroke:none}
.key{display:inline-block;width:1.2em;text-align:center;font-weight:700}
.key.one{color:var(--one)}.key.two{color:var(--two)}.key.three{color:var(--three)}
details{margin:8px 0}
summary{cursor:pointer;color:var(--accent)}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
.errors{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px;margin:16px 0}
.errors svg{background:#000;width:100%;max-width:none;height:240px}
.errors figcaption b{display:block;color:var(--text)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;font-size:13px}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
@media print{:root{--page:#fff;--panel:#f5f5f5;--text:#000;--quiet:#444;--line:#bbb;--one:#0072b2;--two:#b35900;--three:#00735a;--band:#0072b226;--warning:#fff;--warningText:#000}
body{font-size:11px}main{max-width:none;padding:0}.warning{border:1px solid #000}figure,tr,.cards>div{break-inside:avoid}.wide{overflow:visible}h2,h3{break-after:avoid}}
`;
