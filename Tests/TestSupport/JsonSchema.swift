import Foundation

/// A JSON Schema (draft 2020-12) of one file, with the keywords that ours use. A keyword that it does not know is a
/// problem, so that nothing passes unchecked.
package final class JsonSchema {
    private let root: JsonValue
    private var patterns: [String: NSRegularExpression] = [:]
    /// Whether problems are worded, which costs far more than to find that there is one.
    private var explains = false

    package init(contentsOfFile path: String) throws {
        root = try JsonValue(parsing: String(contentsOfFile: path, encoding: .utf8))
    }

    package init(_ root: JsonValue) { self.root = root }

    /// What is wrong with a value; nil when it is valid.
    package func problem(_ value: JsonValue) -> String? {
        explains = false
        guard problem(value, root, at: "$") != nil else { return nil }
        explains = true
        return problem(value, root, at: "$")
    }

    private func problem(_ value: JsonValue, _ schema: JsonValue, at place: String) -> String? {
        if case .bool(let allows) = schema { return allows ? nil : "\(place): not allowed" }
        guard let keywords = schema.members else { return "\(place): the schema is no object" }
        for (keyword, rule) in keywords {
            if let problem = problem(value, keyword, rule, keywords, at: place) { return problem }
        }
        return nil
    }

    private func problem(
        _ value: JsonValue, _ keyword: String, _ rule: JsonValue, _ all: [String: JsonValue], at place: String
    ) -> String? {
        func unless(_ holds: Bool?) -> String? {
            holds == false ? explains ? "\(place): \(keyword) \(rule), not \(value)" : "" : nil
        }
        switch keyword {
        case "$schema", "$defs", "title", "description": return nil
        case "$ref": return problem(value, referred(rule), at: place)
        case "type": return unless((rule.elements ?? [rule]).contains { Self.isOf($0.string ?? "", value) })
        case "const": return unless(value == rule)
        case "enum": return unless(rule.elements?.contains(value) ?? false)
        case "minimum": return unless(value.integer.map { $0 >= rule.integer ?? .max })
        case "maximum": return unless(value.integer.map { $0 <= rule.integer ?? .min })
        case "minItems": return unless(value.elements.map { $0.count >= rule.integer ?? .max })
        case "pattern": return unless(value.string.map { matches($0, rule.string ?? "") })
        case "required":
            let names = (rule.elements ?? []).map { $0.string ?? "" }
            return unless(value.members.map { members in names.allSatisfy { members[$0] != nil } })
        case "properties", "additionalProperties":
            return members(value, keyword, rule, all, at: place)
        case "items":
            for (index, element) in (value.elements ?? []).enumerated() {
                if let problem = problem(element, rule, at: explains ? "\(place)[\(index)]" : "") { return problem }
            }
            return nil
        case "anyOf", "oneOf":
            let problems = (rule.elements ?? []).map { problem(value, $0, at: place) }
            let fitting = problems.count { $0 == nil }
            if keyword == "oneOf" ? fitting == 1 : fitting > 0 { return nil }
            return explains ? "\(place): \(fitting) of \(keyword) fit: \(problems.compactMap { $0 })" : ""
        default: return "the keyword '\(keyword)' of the schema is not known"
        }
    }

    private func members(
        _ value: JsonValue, _ keyword: String, _ rule: JsonValue, _ all: [String: JsonValue], at place: String
    ) -> String? {
        for (name, member) in value.members ?? [:] {
            let own = all["properties"]?[name]
            let schema = keyword == "properties" ? own : own == nil ? rule : nil
            let memberPlace = explains ? "\(place).\(name)" : ""
            if let schema, let problem = problem(member, schema, at: memberPlace) { return problem }
        }
        return nil
    }

    private func referred(_ rule: JsonValue) -> JsonValue {
        guard let path = rule.string, path.hasPrefix("#/$defs/"),
            let schema = root["$defs"]?[String(path.dropFirst(8))]
        else { return false }
        return schema
    }

    private static func isOf(_ type: String, _ value: JsonValue) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .integer: type == "integer" || type == "number"
        case .fraction: type == "number"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = patterns[pattern] ?? (try? NSRegularExpression(pattern: pattern)) else { return false }
        patterns[pattern] = expression
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
