import Model
import Terminal
import Trace

/// The lines above the panes: what runs and how it is, how busy it is, what it waits for or how it ended.
struct HeaderLines {
    let live: ModelState
    let view: ViewState
    let glyphs: Glyphs
    let width: Int

    /// What the panes show.
    private var model: ModelState { view.frozen ?? live }

    func lines(_ count: Int) -> [StyledLine] {
        Array([state, load, findings].prefix(count))
    }

    /// ` wasix-top  echo.wasm  RUN 00:01:42  thr 4  fd 9  ep 1  1.2k sys/s  drop 1.2k`
    private var state: StyledLine {
        var line = StyledLine(" wasix-top  ", Style(.header))
        line.add(.header, view.program + "  ")
        line.add(Span.stateWord(self), Style(.header, .bold))
        let facts = [
            "thr \(model.threads.count { $0.thread.state != .ended })",
            "fd \(model.descriptors.count { !$0.mark.isClosed })",
            "ep \(model.epolls.count { !$0.mark.isClosed })",
            "\(NumberText.short(model.load.callsPerSecond)) sys/s",
        ]
        for fact in facts { line.add(StyledLine("  " + fact, Style(.header)), ifFits: width) }
        var drops = StyledLine("  ", Style(.header))
        let isComplete = model.loss.dropped == 0
        drops.add("drop \(NumberText.short(model.loss.dropped))", Style(isComplete ? .header : .gap))
        line.add(drops, ifFits: width)
        return line
    }

    /// ` sys/s [..:-=+*##*=-:]  in 512/s  out 557/s  loop p50 210us p99 3.1ms max 12.4s  wait 91%  ring 3%`
    private var load: StyledLine {
        let load = model.load
        var line = StyledLine(" sys/s ", Style(.faint))
        let graph = Sparkline.text(load.callRateSamples, width: width >= 120 ? 30 : width >= 80 ? 14 : 8, glyphs)
        line.add(.number, "[" + graph + "]")
        let traffic = fact("in", NumberText.short(load.inPerSecond) + "/s")
            .adding(fact("out", NumberText.short(load.outPerSecond) + "/s"))
        if width >= 100 { line.add(traffic) }
        if load.loopLag.count > 0 {
            var lag = fact("loop p50", ClockText.duration(load.loopLag.p50, glyphs))
            lag.add(fact("p99", ClockText.duration(load.loopLag.p99, glyphs), gap: " "))
            lag.add(fact("max", ClockText.duration(load.loopLag.max, glyphs), gap: " "))
            line.add(lag, ifFits: width)
        } else if width < 100 {
            line.add(traffic, ifFits: width)
        }
        if let share = load.waitShare { line.add(fact("wait", NumberText.percent(share)), ifFits: width) }
        line.add(fact("ring", NumberText.percent(model.loss.ringFill)), ifFits: width)
        return line
    }

    private func fact(_ name: String, _ value: String, gap: String = "  ") -> StyledLine {
        var line = StyledLine(gap + name + " ", Style(.faint))
        line.add(value)
        return line
    }

    /// How it ended, else what stands out in the tables right now.
    private var findings: StyledLine {
        switch model.guest {
        case .running: return waiting
        case .exited(let code):
            var line = StyledLine(" The guest exited with status \(code)", Style(code == 0 ? .good : .trouble))
            line.add(.faint, " after \(ClockText.hours(model.uptime)); what it left stays, q quits.")
            return line
        case .trapped(let message, let stack):
            var line = StyledLine(" The guest trapped: " + Sanitizer.clean(message), Style(.trouble))
            line.add(
                .faint, stack.isEmpty ? "" : "  in " + stack.prefix(3).map(Sanitizer.clean).joined(separator: " < "))
            return line
        case .signalled(let signal):
            return StyledLine(" The guest was ended by signal \(signal); q quits.", Style(.trouble))
        }
    }

    /// What is ready and not reported first, then who waits.
    private var waiting: StyledLine {
        var line = StyledLine(" ")
        line.add(silence)
        let threads = model.threads.filter { $0.thread.state != .ended }.map(\.thread)
        let blocked = threads.filter { $0.state == .blocked }
        let isAllWaiting = !threads.isEmpty && blocked.count == threads.count
        let count = StyledLine(
            "\(blocked.count) of \(threads.count) threads wait", Style(isAllWaiting ? .blocked : .faint))
        line.add(count, ifFits: width)
        let longest = blocked.filter { $0.blockedSince > 0 }.min { $0.blockedSince < $1.blockedSince }
        if let longest, let call = longest.call {
            let time = ClockText.duration(ClockText.between(longest.blockedSince, model.now), glyphs)
            let text = "  longest T\(longest.thread.rawValue) \(call.spec.name) \(time)"
            line.add(StyledLine(text, Style(.faint)), ifFits: width)
        }
        return line
    }

    /// Shorter than this an event loop may just be on its way to the descriptor.
    private static let silenceAfter: UInt64 = 250_000_000

    /// `fd 7 IN ready, not reported: edge 18 spent 12.4s ago  +2 more`
    private var silence: StyledLine {
        let silent = model.epolls.flatMap { epoll in
            epoll.items.filter { row in
                !row.mark.isClosed && ItemState.isSilenced(row.item)
                    && ClockText.between(row.item.lastReportedAt, model.now) > Self.silenceAfter
            }.map { (epoll: epoll.epoll.fd, item: $0.item) }
        }
        guard let oldest = silent.min(by: { $0.item.lastReportedAt < $1.item.lastReportedAt }) else {
            return StyledLine()
        }
        let item = oldest.item
        let place = model.epolls.count > 1 ? " in epoll \(oldest.epoll.rawValue)" : ""
        let events = EventText.long(ItemState.asked(item).subtracting(.out))
        let age = ClockText.duration(ClockText.between(item.lastReportedAt, model.now), glyphs)
        let cause = item.reason == .oneShotSpent ? "one-shot spent" : "edge \(item.reportedEdge) spent"
        let more = silent.count > 1 ? "  +\(silent.count - 1) more" : ""
        return StyledLine(
            "fd \(item.fd.rawValue)\(place) \(events) ready, not reported: \(cause) \(age) ago\(more)  ",
            Style(.attention))
    }
}

extension Span {
    /// `RUN 00:01:42`, `FROZEN +3.2s`, `EXITED 0`.
    fileprivate static func stateWord(_ header: HeaderLines) -> String {
        if let frozen = header.view.frozen {
            return "FROZEN +" + ClockText.duration(ClockText.between(frozen.now, header.live.now), header.glyphs)
        }
        let time = ClockText.hours(header.live.uptime)
        switch header.live.guest {
        case .running: return "RUN \(time)"
        case .exited(let code): return "EXITED \(code) \(time)"
        case .trapped: return "TRAPPED \(time)"
        case .signalled(let signal): return "SIGNAL \(signal) \(time)"
        }
    }
}

/// A small graph of one line.
enum Sparkline {
    /// The newest `width` samples, scaled to the largest of them.
    static func text(_ samples: [Double], width: Int, _ glyphs: Glyphs) -> String {
        let shown = samples.suffix(width)
        let highest = max(shown.max() ?? 0, 1)
        let ramp = glyphs.ramp
        let bars = shown.map { sample -> Character in
            let step = Int((sample / highest * Double(ramp.count - 1)).rounded(.up))
            return Character(ramp[min(max(step, 0), ramp.count - 1)])
        }
        return String(repeating: " ", count: width - bars.count) + String(bars)
    }
}
