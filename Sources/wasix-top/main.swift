import CLinux
import Glibc

// Nothing but this here: what main.swift declares belongs to the main actor.
cl_occupy_standard_streams()
exit(Router.run(Array(CommandLine.arguments.dropFirst())))
