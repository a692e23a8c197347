import Diagnosis
import Model
import Terminal
import Trace

/// The lines above the panes: what runs and how it is, how busy it is, what it waits for or how it ended.
struct HeaderLines {
    let live: ExaminedState
    let view: ViewState
    let glyphs: Glyphs
    let width: Int

    /// What the panes show.
    private var state: ExaminedState { view.frozen ?? live }
    private var model: ModelState { state.model }
    private var verdict: GuestVerdict { state.examination.verdict }

    /// Where room is short the load is left out first; what is found is never left out.
    func lines(_ count: Int) -> [StyledLine] {
        switch count {
        case 0: []
        case 1 where [.why, .explain].contains(view.focus): [stateLine]
        case 1: [shortState]
        case 2: [stateLine, findings]
        default: [stateLine, findings, load]
        }
    }

    /// Columns that the finding has at least, where all there is to say is in one line.
    private static let leastFinding = 16

    /// ` stall.wasm  STALLED 12.4s  E01 fd 3 has 16 unr…`: all there is to say in one line.
    private var shortState: StyledLine {
        let found = model.guest.hasEnded ? nil : bar
        var line = StyledLine(" ", Style(.header))
        let name = StyledLine(view.program + "  ", Style(.header))
        let room = width - 1 - TextWidth.of(stateWord) - (found == nil ? 0 : 2 + Self.leastFinding)
        // A long name is cut, so that the finding fits.
        if name.width <= room {
            line.add(name)
        } else if room > 4 {
            line.add(name.fitted(room - 1, .left, cut: glyphs.cut))
            line.add(" ", Style(.header))
        }
        line.add(stateWord, stateStyle)
        line.add(changes, ifFits: width)
        if let found {
            line.add("  ", Style(.header))
            line.add(found.short(width - line.width, cut: glyphs.cut))
        }
        for fact in facts { line.add(StyledLine("  " + fact, Style(.header)), ifFits: width) }
        line.add(drops, ifFits: width)
        return line
    }

    /// ` wasix-top  echo.wasm  RUN 00:01:42  thr 4  fd 9  ep 1  1.2k sys/s  drop 1.2k`
    private var stateLine: StyledLine {
        var line = StyledLine(width < 60 ? " " : " wasix-top  ", Style(.header))
        line.add(.header, view.program + "  ")
        line.add(stateWord, stateStyle)
        line.add(changes)
        for fact in facts { line.add(StyledLine("  " + fact, Style(.header)), ifFits: width) }
        line.add(drops, ifFits: width)
        return line
    }

    /// `  CHANGED BY YOU 2`: what it does from then on may not be its own doing.
    private var changes: StyledLine {
        guard model.interventions > 0 else { return StyledLine() }
        var line = StyledLine("  ", Style(.header))
        let count = model.interventions > 1 ? " \(NumberText.short(model.interventions))" : ""
        line.add(.attentionAtCursor, "CHANGED BY YOU\(count)")
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

    /// How it ended, else the worst that was found, else who waits.
    private var findings: StyledLine {
        switch verdict {
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
        case .running, .paused, .idle, .stalled, .partlyStuck: return bar?.line(width, cut: glyphs.cut) ?? waiting
        }
    }

    private var bar: FindingBar? { FindingBar(view.heard(state.examination)) }

    private var waiting: StyledLine {
        if verdict == .paused || !model.pausedProcesses.isEmpty { return PauseText(model, view).line(width) }
        let threads = WaitingThreads(model)
        let count = " \(threads.waiting) of \(threads.alive) threads wait"
        let isStuck = verdict.stuckSince != nil
        let meaning =
            switch verdict {
            case .stalled: ", and nothing can wake one"
            case .partlyStuck: ", some of them for each other"
            case .idle: " for what may come"
            default: ""
            }
        var line = StyledLine(count, Style(isStuck ? verdict.tone : .faint))
        line.add(StyledLine(meaning, Style(isStuck ? verdict.tone : .faint)), ifFits: width)
        if let longest = threads.longest, let call = longest.call {
            let text = "  longest T\(longest.thread.rawValue) \(call.spec.name) \(age(longest.blockedSince))"
            line.add(StyledLine(text, Style(.faint)), ifFits: width)
        }
        return line
    }

    private func age(_ instant: UInt64) -> String {
        ClockText.duration(ClockText.between(instant, model.now), glyphs)
    }

    private var stateStyle: Style {
        guard view.frozen == nil else { return Style(.header, .bold) }
        return switch verdict.tone {
        case .attention: Style(.attentionAtCursor)
        case .trouble: Style(.troubleAtCursor)
        default: Style(.header, .bold)
        }
    }

    /// `RUN 00:01:42`, `STALLED 12.4s`, `2 of 3 STUCK 5.3s`, `FROZEN +3.2s`, `EXITED 0 00:01:42`.
    private var stateWord: String {
        if let frozen = view.frozen {
            return "FROZEN +" + ClockText.duration(ClockText.between(frozen.model.now, live.model.now), glyphs)
        }
        guard let since = verdict.stuckSince else { return "\(verdict.word) \(ClockText.hours(model.uptime))" }
        return "\(verdict.word) \(age(since))"
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
