import Foundation
import Testing

extension CommandForms {
    /// Names and values are bytes: what is no UTF-8 reaches the guest and the host as it was written.
    @Suite struct Verbatim {
        /// Runs a line of bash, in which `$'\xff'` can be written; `$program` and `$guest` are set.
        private func bash(_ line: String, in scratch: Scratch, input: String? = nil) throws -> Outcome {
            var command = try Command(
                "/bin/bash", ["-c", "program=$1 guest=$2; \(line)", "bash", Product.program, Product.guest("verbatim")])
            command.directory = scratch.path
            command.input = input
            command.environment = ["LC_ALL": "C"]
            return try command.run()
        }

        private func lines(_ outcome: Outcome) -> [Substring] {
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.output.split(separator: "\n")
        }

        @Test func arguments() throws {
            let scratch = try Scratch()
            let outcome = try bash(
                #"$program run $guest $'a\xff\xfeb' $'\xc3\xa9' $'e\xcc\x81' $'\xf4\x80\x81\xbf' $'x\r\ny'"#,
                in: scratch)
            #expect(
                lines(outcome) == [
                    #"argument a\xff\xfeb"#, #"argument \xc3\xa9"#, #"argument e\xcc\x81"#,
                    #"argument \xf4\x80\x81\xbf"#,
                    #"argument x\x0d\x0ay"#,
                ])
        }

        @Test func environment() throws {
            let scratch = try Scratch()
            let given = try bash(
                #"$program run --env $'K=\xff' --env $'Q=\xcc\xb8x' --env $'\xc3\xa9=1' --env $'e\xcc\x81=2' "#
                    + #"--env $'\xc3\xa9=3' $guest"#, in: scratch)
            #expect(
                lines(given) == [
                    #"variable K=\xff"#, #"variable Q=\xcc\xb8x"#, #"variable \xc3\xa9=3"#, #"variable e\xcc\x81=2"#,
                ])
            let forwarded = try bash(
                #"env -i $'X=\xff' $'\xc3\xa9=1' $'e\xcc\x81=2' $program run --forward-host-env $guest"#, in: scratch)
            #expect(
                lines(forwarded) == [#"variable X=\xff"#, #"variable \xc3\xa9=1"#, #"variable e\xcc\x81=2"#])
        }

        @Test(arguments: [
            #"--dir $'d\xff'"#, #"--dir=$'d\xff'"#, #"--dir $'d\xff::d\xff'"#, #"--volume $'d\xff:d\xff'"#,
            #"--mapdir $'d\xff:d\xff'"#,
        ]) func directories(grant: String) throws {
            let scratch = try Scratch()
            let outcome = try bash(
                #"mkdir $'d\xff' && echo x > $'d\xff/here' && $program run \#(grant) $guest"#, in: scratch)
            #expect(lines(outcome) == [#"directory d\xff"#, "  here: SUCCESS"])
        }

        @Test func modulesAndInputs() throws {
            let scratch = try Scratch()
            let outcome = try bash(
                #"cp $guest $'m\xff.wasm' && printf words > $'i\xff' && $program run --stdin $'i\xff' $'m\xff.wasm'"#,
                in: scratch)
            #expect(lines(outcome) == ["input words"])
            let traced = try bash(
                #"$program trace -o $'t\xff' -e args_get $guest && cat $'t\xff'"#, in: scratch)
            #expect(lines(traced).last == "+++ exited with 0 +++")
            let missing = try bash(#"$program run $'n\xff.wasm'"#, in: scratch)
            #expect(missing.status == 127)
            #expect(missing.errors == "wasix-top: error: n\\xff.wasm: No such file or directory\n")
            let option = try bash(#"$program run $'--n\xff' x"#, in: scratch)
            #expect(option.status == 64 && option.errors.contains(#"'--n\xff'"#), "\(option.errors)")
        }

        @Test func theCache() throws {
            let scratch = try Scratch()
            let outcome = try bash(
                #"mkdir $'h\xff' && env -u XDG_CACHE_HOME HOME=$PWD/$'h\xff' $program run $guest && "#
                    + #"ls $'h\xff/.cache/wasix-top' | wc -l; ls | wc -l"#, in: scratch)
            #expect(lines(outcome) == ["1", "1"])
        }
    }
}
