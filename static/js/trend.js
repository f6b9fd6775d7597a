/* The trend chart: one series, its 95 % interval as a band, the target. Colours come from the CSS tokens, so it
   is drawn again when the theme changes, and when another metric is chosen. */
(function () {
  var chart = null;
  var watched = null;

  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function text(words) {
    var holder = document.createElement("span");
    holder.textContent = words;
    return holder.innerHTML;
  }
  function short(value, unit) {
    var size = Math.abs(value);
    var number = value.toLocaleString(document.documentElement.lang || "en", { maximumFractionDigits: size < 10 ? 1 : 0 });
    return unit ? number + " " + unit : number;
  }

  function draw() {
    var element = document.querySelector("[data-trend]");
    if (chart) { chart.dispose(); chart = null; }
    if (!element || !window.echarts) { return; }
    var data = JSON.parse(document.getElementById(element.dataset.source).textContent);
    var c = { ink: token("--c-ink"), ink2: token("--c-ink-2"), ink3: token("--c-ink-3"), line: token("--c-line"), series: token("--c-series"), band: token("--c-band"), bandLine: token("--c-band-line"), sheet: token("--c-sheet"), overlay: token("--c-overlay"), strong: token("--c-line-strong") };
    var small = element.clientWidth < 480;
    var points = data.points;
    chart = window.echarts.init(element, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { description: data.description } },
      grid: { left: 56, right: small ? 12 : 96, top: 24, bottom: 28 },
      textStyle: { fontFamily: "inherit", fontSize: 12 },
      tooltip: {
        trigger: "axis", confine: true, className: "chart-tip", backgroundColor: c.overlay, borderColor: c.strong, padding: [8, 12],
        axisPointer: { type: "line", lineStyle: { color: c.bandLine, type: "solid" } },
        formatter: function (hovered) {
          var point = points[hovered[0].dataIndex];
          var lines = point.words.map(text);
          return [text(point.label), "<b>" + lines[0] + "</b>"].concat(lines.slice(1)).join("<br>");
        }
      },
      xAxis: {
        type: "category", boundaryGap: false, data: points.map(function (p) { return p.label; }),
        axisLine: { lineStyle: { color: c.strong } }, axisTick: { show: false },
        axisLabel: { color: c.ink3, interval: Math.max(0, Math.ceil(points.length / (small ? 3 : 7)) - 1), margin: 12, alignMinLabel: "left", showMaxLabel: false }
      },
      yAxis: {
        type: "value", scale: !data.from_zero,
        axisLabel: { color: c.ink3, margin: 8, hideOverlap: true, formatter: function (value) { return short(value, data.unit); } },
        splitLine: { lineStyle: { color: c.line } }
      },
      series: [
        { type: "line", stack: "interval", stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, tooltip: { show: false }, data: points.map(function (p) { return p.low === null ? "-" : p.low; }) },
        { type: "line", stack: "interval", stackStrategy: "all", silent: true, symbol: "none", lineStyle: { opacity: 0 }, areaStyle: { color: c.band, opacity: 1 }, tooltip: { show: false }, data: points.map(function (p) { return p.low === null ? "-" : p.high - p.low; }) },
        {
          name: data.name, type: "line", z: 5, showAllSymbol: true, symbol: "circle",
          symbolSize: function (value, at) { return points[at.dataIndex].is_partial || at.dataIndex === points.length - 1 ? 9 : small || points.length > 60 ? 0 : 4; },
          lineStyle: { color: c.series, width: 2 },
          data: points.map(function (p, number) {
            var last = number === points.length - 1;
            return {
              value: p.value === null ? "-" : p.value,
              itemStyle: p.is_partial ? { color: c.sheet, borderColor: c.series, borderWidth: 2 } : { color: c.series, borderColor: c.sheet, borderWidth: last ? 2 : 0 },
              label: last && !small ? { show: true, position: "right", distance: 10, color: c.ink, fontWeight: 600, formatter: p.words[0] } : { show: false }
            };
          }),
          markLine: data.target === null ? undefined : {
            silent: true, symbol: "none", data: [{ yAxis: data.target }],
            lineStyle: { color: c.ink3, width: 1, type: [3, 3] },
            label: { show: !small, position: "end", distance: 8, color: c.ink2, opacity: 1, formatter: data.target_text }
          }
        }
      ]
    });
    if (watched !== element) {
      watched = element;
      new ResizeObserver(function () {
        if (chart && element.isConnected && element.clientWidth) { chart.resize(); }
      }).observe(element);
    }
  }

  draw();
  document.addEventListener("themechange", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("htmx:after:swap", function () {
    var element = document.querySelector("[data-trend]");
    if (element && element !== watched) { draw(); }
  });
})();
