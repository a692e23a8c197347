import ArgumentParser
import Terminal

/// The options of every command that draws on the whole terminal.
struct ScreenOptions: ParsableArguments {
    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    @Option(help: ArgumentHelp("Colours; auto is dark or light, as the terminal is.", valueName: "theme"))
    var theme = ThemeName.automatic

    func open() throws -> NcursesScreen {
        var options = NcursesScreen.Options()
        options.ascii = ascii
        options.theme = theme
        do {
            return try NcursesScreen(options)
        } catch {
            throw Failure("\(error)", hint: "'wasix-top run' and 'wasix-top trace' need no terminal.")
        }
    }
}

extension ThemeName: ExpressibleByArgument {}
