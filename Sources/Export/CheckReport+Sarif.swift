import Diagnosis
import Trace

/// The Static Analysis Results Interchange Format, which code hosts show beside the source.
extension CheckReport {
    var sarif: String {
        var writer = JsonWriter()
        writer.object { writer in
            writer.key("$schema")
            writer.string("https://json.schemastore.org/sarif-2.1.0.json")
            writer.key("version")
            writer.string("2.1.0")
            writer.key("runs")
            writer.array { writer in
                writer.object { writer in
                    writer.key("tool")
                    writer.object { tool(&$0) }
                    writer.key("results")
                    writer.array { writer in
                        for (finding, level) in findings { writer.object { result(finding, level, &$0) } }
                    }
                }
            }
        }
        return writer.line
    }

    private func tool(_ writer: inout JsonWriter) {
        writer.key("driver")
        writer.object { writer in
            writer.key("name")
            writer.string("wasix-top")
            writer.key("version")
            writer.string(version)
            writer.key("rules")
            writer.array { writer in
                for lint in Lint.all {
                    writer.object { writer in
                        writer.key("id")
                        writer.string(lint.code)
                        writer.key("name")
                        writer.string(lint.name)
                        writer.key("shortDescription")
                        message(lint.summary, &writer)
                        writer.key("help")
                        message(lint.advice, &writer)
                    }
                }
            }
        }
    }

    private func result(_ finding: Finding, _ level: Level, _ writer: inout JsonWriter) {
        writer.key("ruleId")
        writer.string(finding.lint.code)
        writer.key("level")
        writer.string(level == .deny ? "error" : "warning")
        writer.key("message")
        message(finding.text, &writer)
        writer.key("locations")
        writer.array { writer in
            let frames = places(of: finding).lazy.flatMap(\.frames)
            guard let frame = frames.first(where: { $0.line != nil }) else { return }
            writer.object { location(frame, &$0) }
        }
        writer.key("stacks")
        writer.array { writer in
            for place in places(of: finding) {
                writer.object { writer in
                    writer.key("message")
                    message("T\(place.thread.rawValue)", &writer)
                    writer.key("frames")
                    writer.array { writer in
                        for frame in place.frames {
                            writer.object { writer in
                                writer.key("location")
                                writer.object { location(frame, &$0) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func location(_ frame: GuestFrame, _ writer: inout JsonWriter) {
        if let file = frame.file, let line = frame.line {
            writer.key("physicalLocation")
            writer.object { writer in
                writer.key("artifactLocation")
                writer.object { writer in
                    writer.key("uri")
                    writer.string(file)
                }
                writer.key("region")
                writer.object { writer in
                    writer.key("startLine")
                    writer.number(UInt64(clamping: max(line, 1)))
                }
            }
        }
        writer.key("logicalLocations")
        writer.array { writer in
            writer.object { writer in
                writer.key("name")
                writer.string(frame.function)
            }
        }
    }

    private func message(_ text: String, _ writer: inout JsonWriter) {
        writer.object { writer in
            writer.key("text")
            writer.string(text)
        }
    }
}
