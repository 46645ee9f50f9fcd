"""Tables of what compare.py measured."""

import statistics

MIB = 1 << 20
OURS = "seginfer"


def summary(case, contender):
    """Medians and spread over all runs, and the ratio of our time to its, taken within rounds."""
    rounds = case["rounds"][contender]
    times = sorted(t for r in rounds for t in r["times"])
    ratios = [statistics.median(ours["times"]) / statistics.median(theirs["times"])
              for ours, theirs in zip(case["rounds"][OURS], rounds)]
    return {
        "median": statistics.median(times), "low": times[len(times) // 10], "high": times[-1 - len(times) // 10],
        "first": statistics.median(r["first_s"] for r in rounds), "load": statistics.median(r["load_s"] for r in rounds),
        "ratio": statistics.median(ratios), "ratios": (min(ratios), max(ratios)),
        "peak": max(r["peak_rss_bytes"] for r in rounds), "error": max(r["max_error"] for r in rounds),
        "agreement": min(r["class_agreement"] for r in rounds),
        "others": statistics.median(r["other_cores"] for r in rounds),
    }


def label(case, contender):
    return case["rounds"][contender][0].get("name", contender)


def text(result):
    """For a terminal."""
    lines = [f"{result['machine']}; {result['threads']} threads; ours / theirs within rounds"]
    for name, case in result["cases"].items():
        layers = case["layers"]
        lines.append(f"\n{name}: {case['gmac']:.1f} GMAC, measured peak {layers['peak_gflops']:.0f} GFLOP/s, "
                     f"memory {layers['memory_gb_per_s']:.0f} GB/s")
        lines.append(f"{'':26}{'median ms':>10}{'10 % to 90 %':>20}{'of peak':>9}{'ours/theirs':>13}{'rounds':>14}"
                     f"{'peak MiB':>10}{'load s':>8}{'error':>9}{'same class':>12}{'others':>8}")
        for contender in case["rounds"]:
            s = summary(case, contender)
            spread = f"{1e3 * s['low']:.1f} to {1e3 * s['high']:.1f}"
            ratios = "{:.2f} to {:.2f}".format(*s["ratios"])
            share = 2 * case["gmac"] / s["median"] / layers["peak_gflops"]
            lines.append(
                f"{label(case, contender):26}{1e3 * s['median']:10.1f}{spread:>20}{share:9.0%}{s['ratio']:13.2f}"
                f"{ratios:>14}{s['peak'] / MIB:10.0f}{s['load']:8.2f}{s['error']:9.0e}{s['agreement']:12.3%}"
                f"{s['others']:8.2f}")
    return "\n".join(lines)


def markdown(result):
    """For Performance.md in Sources/Networks/Networks.docc: ratios and memory of all cases, then the layers of each."""
    peers = list(dict.fromkeys(p for case in result["cases"].values() for p in case["rounds"] if p != OURS))
    peaks = [case["layers"]["peak_gflops"] for case in result["cases"].values()]
    names = {p: label(case, p) for case in result["cases"].values() for p in case["rounds"]}
    lines = [
        f"{result['machine']}; {result['threads']} threads; measured float32 peak {statistics.median(peaks):.0f} GFLOP/s. "
        "Our time divided by theirs (smallest to largest of the rounds), then peak memory.", "",
        "| network | ours | " + " | ".join(names[p] for p in peers) + " |", "|---|--:|" + "--:|" * len(peers)]
    for name, case in result["cases"].items():
        ours = summary(case, OURS)
        cells = [f"{1e3 * ours['median']:.0f} ms, {ours['peak'] / MIB:.0f} MiB, error {ours['error']:.0e}"]
        for peer in peers:
            if peer not in case["rounds"]:
                cells.append("")
                continue
            s = summary(case, peer)
            low, high = s["ratios"]
            cells.append(f"**{s['ratio']:.2f}** ({low:.2f} to {high:.2f}), {s['peak'] / MIB:.0f} MiB")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for name, case in result["cases"].items():
        lines += ["", f"{name}:", "", "| layer | kernel | ms | GMAC/s | of peak | bound by | of bound |",
                  "|---|---|--:|--:|--:|---|--:|"]
        for layer in case["layers"]["layers"]:
            rate, share = (f"{layer['gmac_per_s']:.0f}", f"{layer['share_of_peak']:.0%}") if layer["gmac"] else ("", "")
            lines.append(f"| {layer['name']} | {layer['kernel']} | {1e3 * layer['seconds']:.1f} | {rate} | {share} | "
                         f"{layer['bound']} | {layer['share_of_bound']:.0%} |")
    return "\n".join(lines)
