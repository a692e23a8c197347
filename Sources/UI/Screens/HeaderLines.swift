import Diagnosis
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

    /// Where room is short the load is left out first; what is found is never left out.
    func lines(_ count: Int) -> [StyledLine] {
        switch count {
        case 0: []
        case 1: [shortState]
        case 2: [state, findings]
        default: [state, load, findings]
        }
    }

    /// ` stall.wasm  STALLED 12.4s  fd 3 IN not reported  thr 2  fd 6`: all there is to say in one line.
    private var shortState: StyledLine {
        let found = shortFinding
        var line = StyledLine(" ", Style(.header))
        let name = StyledLine(view.program + "  ", Style(.header))
        let room = width - 1 - TextWidth.of(stateWord) - (found.map { 2 + $0.width } ?? 0)
        // A long name is cut, so that the finding fits.
        if name.width <= room {
            line.add(name)
        } else if room > 4 {
            line.add(name.fitted(room - 1, .left, cut: glyphs.cut))
            line.add(" ", Style(.header))
        }
        line.add(stateWord, stateStyle)
        if let found {
            line.add("  ", Style(.header))
            line.add(found)
        }
        for fact in facts { line.add(StyledLine("  " + fact, Style(.header)), ifFits: width) }
        line.add(drops, ifFits: width)
        return line
    }

    /// What needs a look, in few words, on a background of its own: the header around it has one, too.
    private var shortFinding: StyledLine? {
        guard !model.guest.hasEnded, let silence = Silence(model) else { return nil }
        let more = silence.others > 0 ? " +\(silence.others)" : ""
        return StyledLine(
            "fd \(silence.fd.rawValue) \(EventText.long(silence.events)) not reported\(more)", Style(.attentionAtCursor)
        )
    }

    /// ` wasix-top  echo.wasm  RUN 00:01:42  thr 4  fd 9  ep 1  1.2k sys/s  drop 1.2k`
    private var state: StyledLine {
        var line = StyledLine(width < 60 ? " " : " wasix-top  ", Style(.header))
        line.add(.header, view.program + "  ")
        line.add(stateWord, stateStyle)
        for fact in facts { line.add(StyledLine("  " + fact, Style(.header)), ifFits: width) }
        line.add(drops, ifFits: width)
        return line
    }

    private var facts: [String] {
        [
            "thr \(model.threads.count { $0.thread.state != .ended })",
            "fd \(model.descriptors.count { !$0.mark.isClosed })",
            "ep \(model.epolls.count { !$0.mark.isClosed })",
            "\(NumberText.short(model.load.callsPerSecond)) sys/s",
        ]
    }

    private var drops: StyledLine {
        var drops = StyledLine("  ", Style(.header))
        let isComplete = model.loss.dropped == 0
        drops.add("drop \(NumberText.short(model.loss.dropped))", Style(isComplete ? .header : .gap))
        return drops
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
        let verdict = GuestVerdict(model)
        switch verdict {
        case .running, .stalled: return waiting(verdict)
        case .exited(let code):
            var line = StyledLine(" The guest exited with status \(code)", Style(verdict.tone))
            line.add(.faint, " after \(ClockText.hours(model.uptime)); what it left stays, q quits.")
            return line
        case .trapped(let message, let stack):
            var line = StyledLine(" The guest trapped: " + Sanitizer.clean(message), Style(verdict.tone))
            line.add(
                .faint, stack.isEmpty ? "" : "  in " + stack.prefix(3).map(Sanitizer.clean).joined(separator: " < "))
            return line
        case .signalled(let signal):
            return StyledLine(" The guest was ended by signal \(signal); q quits.", Style(verdict.tone))
        }
    }

    /// What is ready and not reported first, then who waits.
    private func waiting(_ verdict: GuestVerdict) -> StyledLine {
        var line = StyledLine(" ")
        if let silence = Silence(model) { line.add(text(silence)) }
        let threads = WaitingThreads(model)
        let isStalled = verdict != .running
        let count = "\(threads.waiting) of \(threads.alive) threads wait"
        let texts = isStalled ? [count + ", and nothing can wake one", count] : [count]
        guard let fitting = texts.first(where: { line.width + TextWidth.of($0) <= width }) else { return line }
        line.add(fitting, Style(isStalled ? verdict.tone : .faint))
        if let longest = threads.longest, let call = longest.call {
            let text = "  longest T\(longest.thread.rawValue) \(call.spec.name) \(age(longest.blockedSince))"
            line.add(StyledLine(text, Style(.faint)), ifFits: width)
        }
        return line
    }

    /// `fd 7 IN ready, not reported: edge 18 spent 12.4s ago  +2 more`
    private func text(_ silence: Silence) -> StyledLine {
        let place = silence.epoll.map { " in epoll \($0.rawValue)" } ?? ""
        let more = silence.others > 0 ? "  +\(silence.others) more" : ""
        let events = EventText.long(silence.events)
        let texts = [
            "fd \(silence.fd.rawValue)\(place) \(events) ready, not reported: "
                + "\(silence.cause) \(age(silence.reportedAt)) ago\(more)",
            "fd \(silence.fd.rawValue) \(events) not reported: \(silence.cause)",
            "fd \(silence.fd.rawValue) \(events) not reported",
        ]
        let fitting = texts.first { TextWidth.of($0) < width } ?? texts[texts.count - 1]
        return StyledLine(fitting + "  ", Style(.attention))
    }

    private func age(_ instant: UInt64) -> String {
        ClockText.duration(ClockText.between(instant, model.now), glyphs)
    }

    private var stateStyle: Style {
        guard view.frozen == nil else { return Style(.header, .bold) }
        return switch GuestVerdict(live).tone {
        case .attention: Style(.attentionAtCursor)
        case .trouble: Style(.troubleAtCursor)
        default: Style(.header, .bold)
        }
    }

    /// `RUN 00:01:42`, `STALLED 12.4s`, `FROZEN +3.2s`, `EXITED 0 00:01:42`.
    private var stateWord: String {
        if let frozen = view.frozen {
            return "FROZEN +" + ClockText.duration(ClockText.between(frozen.now, live.now), glyphs)
        }
        let verdict = GuestVerdict(live)
        if case .stalled(let since) = verdict { return "\(verdict.word) \(age(since))" }
        return "\(verdict.word) \(ClockText.hours(live.uptime))"
    }
}

/// A graph in one line of text.
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
