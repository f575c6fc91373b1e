namespace KafkaK8s.Core.Reports;

/// <summary>How a report looks. No character here may be one that XML encodes: a browser reads a style as it stands.</summary>
internal static class ReportStyle
{
    public const string Css = """

        :root {
          --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --box: #f6f8fa; --bar: #2f6fb2; --on: #ffffff;
          --critical: #b3261e; --warning: #8a5300; --info: #0b5cad; --ok: #1a6b34;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171a; --text: #e6e8ea; --quiet: #a3abb3; --line: #3a4149; --box: #1e2327; --bar: #6cb0f5; --on: #14171a;
            --critical: #ff8f86; --warning: #f2b84b; --info: #7cbcff; --ok: #6fd08c;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 1100px; margin: 0 auto; padding: 24px; }
        h1 { font-size: 26px; margin: 0 0 4px; }
        h2 { font-size: 20px; margin: 36px 0 12px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
        h3 { font-size: 16px; margin: 20px 0 8px; }
        p { margin: 4px 0; }
        .quiet { color: var(--quiet); }
        nav ul, .counts, .zones, .node ul { list-style: none; margin: 12px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 8px 16px; }
        a { color: var(--info); }
        .counts { gap: 12px; }
        .counts li { border: 1px solid var(--line); border-radius: 6px; padding: 8px 16px; min-width: 110px; background: var(--box); }
        .counts strong { display: block; font-size: 24px; line-height: 1.2; }
        .badge { display: inline-block; border-radius: 4px; padding: 0 8px; font-size: 13px; font-weight: 600; white-space: nowrap; }
        .critical { background: var(--critical); color: var(--on); }
        .warning { background: var(--warning); color: var(--on); }
        .info { background: var(--info); color: var(--on); }
        .ok { background: var(--ok); color: var(--on); }
        .none { border: 1px solid var(--line); }
        .zones { gap: 16px; align-items: stretch; }
        .zone { flex: 1 1 220px; border: 2px solid var(--line); border-radius: 8px; padding: 8px 12px; }
        .zone h3 { margin: 0 0 8px; }
        .node { border: 1px solid var(--line); border-radius: 6px; background: var(--box); padding: 8px 12px; margin-bottom: 8px; }
        .node ul { margin: 4px 0 0; flex-direction: column; gap: 4px; }
        .wide { overflow-x: auto; margin: 8px 0 16px; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        caption { text-align: left; font-weight: 600; padding: 4px 0; }
        th, td { text-align: left; vertical-align: top; padding: 5px 10px; overflow-wrap: break-word; }
        tr { border-bottom: 1px solid var(--line); }
        thead th { color: var(--quiet); }
        tbody th { font-weight: 600; }
        .long { overflow-wrap: anywhere; min-width: 11em; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .text { white-space: pre-wrap; min-width: 180px; }
        code { font: 13px/1.45 ui-monospace, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        td code { display: block; min-width: 200px; }
        figure { margin: 12px 0; }
        figcaption { font-weight: 600; }
        svg { display: block; width: 100%; max-width: 800px; height: auto; }
        svg text { fill: var(--text); font-size: 13px; }
        svg .value { font-variant-numeric: tabular-nums; }
        svg .bar { fill: var(--bar); }
        svg .second { fill-opacity: .35; stroke: var(--bar); stroke-width: 1; }
        svg .axis { stroke: var(--quiet); stroke-width: 1; }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .curve { fill: none; stroke: var(--bar); stroke-width: 2; }
        @page { size: A4; margin: 14mm; }
        @media print {
          :root {
            --page: #ffffff; --text: #000000; --quiet: #444444; --line: #bbbbbb; --box: #f4f4f4; --bar: #2f6fb2; --on: #ffffff;
            --critical: #b3261e; --warning: #8a5300; --info: #0b5cad; --ok: #1a6b34;
          }
          body { font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          main { max-width: none; padding: 0; }
          nav { display: none; }
          table { font-size: 8.5pt; }
          th, td { padding: 3px 6px; }
          code { font-size: 8pt; }
          .wide { overflow: visible; }
          .text, td code { min-width: 0; }
          .long { min-width: 8em; }
          h2, h3, caption, figcaption { break-after: avoid; }
          tr, figure, .zone, .counts { break-inside: avoid; }
          thead { display: table-header-group; }
        }

        """;
}
