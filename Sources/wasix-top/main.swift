import Glibc

// Nothing but this here: what main.swift declares belongs to the main actor.
exit(Router.run(ArgumentText.arguments))
