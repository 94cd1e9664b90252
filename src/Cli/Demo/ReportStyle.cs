namespace GenKernels.Cli.Demo;

/// <summary>The look of a report, in light and dark mode.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet of the page.</summary>
    internal const string Sheet = """
        :root {
          color-scheme: light dark;
          --paper: #fbfbfa; --card: #ffffff; --ink: #1d1f21; --quiet: #6a6f75; --line: #e3e4e2;
          --one: #1f6feb; --two: #d9730d; --three: #2f9e6e;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #141618; --card: #1b1e21; --ink: #e7e8e9; --quiet: #989ea5; --line: #2d3135;
            --one: #6ea8fe; --two: #f0a35c; --three: #63c79b;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        main { max-width: 1000px; margin: 0 auto; padding: 40px 24px 56px; }
        h1 { font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: 0 0 10px; }
        h2 { font-size: 17px; font-weight: 650; margin: 44px 0 4px; }
        p { margin: 0; max-width: 72ch; }
        .quiet, figcaption, footer { color: var(--quiet); }
        .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; margin-top: 16px; }
        figure {
          margin: 0; padding: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px;
        }
        figcaption { font-size: 13px; margin-top: 10px; }
        figcaption b { color: var(--ink); font-weight: 600; }
        img, video {
          display: block; width: 100%; image-rendering: pixelated; border-radius: 5px; background: var(--line);
        }
        .frames { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px; }
        .frames img { border-radius: 3px; aspect-ratio: 16 / 9; }
        svg { display: block; width: 100%; height: auto; overflow: visible; font: 12px system-ui, sans-serif; }
        .axis { stroke: var(--quiet); } .axis-text { fill: var(--quiet); } .grid { stroke: var(--line); }
        .series-1 { stroke: var(--one); } .series-2 { stroke: var(--two); } .series-3 { stroke: var(--three); }
        .key::before {
          content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin: 0 6px 3px 0;
          background: currentColor;
        }
        .key { margin-right: 16px; white-space: nowrap; }
        .key-1 { color: var(--one); } .key-2 { color: var(--two); } .key-3 { color: var(--three); }
        .key span { color: var(--quiet); }
        dl {
          display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 16px 0 0; overflow: hidden;
          background: var(--line); border: 1px solid var(--line); border-radius: 10px;
        }
        dl div { background: var(--card); padding: 12px 14px; }
        dt { color: var(--quiet); font-size: 13px; }
        dd { margin: 2px 0 0; font-size: 17px; font-variant-numeric: tabular-nums; }
        footer { font-size: 13px; margin-top: 40px; border-top: 1px solid var(--line); padding-top: 16px; }
        footer p + p { margin-top: 6px; }
        pre { margin: 8px 0 12px; overflow-x: auto; line-height: 1.7; }
        pre, code { font-size: 13px; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        @media (max-width: 760px) { .pair { grid-template-columns: 1fr; } dl { grid-template-columns: 1fr 1fr; } }
        """;
}
