/// What there is to start, as the start screen lists it.
package struct StartMenu: Sendable {
    package struct Item: Sendable, Equatable {
        package var name: String
        /// What to watch, in one line.
        package var about: String
        /// The program's arguments that do it.
        package var arguments: [String]
        /// It can also be started paused.
        package var canPause: Bool

        package init(name: String, about: String, arguments: [String], canPause: Bool = false) {
            self.name = name
            self.about = about
            self.arguments = arguments
            self.canPause = canPause
        }

        func arguments(isPaused: Bool) -> [String] { isPaused && canPause ? ["--paused"] + arguments : arguments }
    }

    package struct Section: Sendable {
        package var title: String
        package var items: [Item]
        /// What to say in place of items where there are none.
        package var emptyText: String

        package init(title: String, items: [Item], emptyText: String) {
            self.title = title
            self.items = items
            self.emptyText = emptyText
        }
    }

    package var sections: [Section]

    package init(_ sections: [Section]) { self.sections = sections }
}
