# Exit statuses: of programs, of signals, of what cannot be run.
true; echo "$?"; false; echo "$?"
for status in 0 1 2 64 127 128 129 255 256 300; do sh -c "exit $status"; echo "$status: $?"; done
nosuchcommand; echo "$?"
./nosuchfile; echo "$?"
mkdir directory; ./directory; echo "$?"
/bin/nosuchprogram; echo "$?"
cat nofile; echo "$?"
grep a text || echo "none"; grep x text

echo "-- signals"
for signal in HUP INT KILL USR1 USR2 PIPE ALRM TERM VTALRM PROF; do
    sh -c "kill -$signal \$\$; echo not here"; echo "$signal: $?"
done 2>/dev/null
for signal in CHLD URG WINCH CONT; do sh -c "kill -$signal \$\$; exit 3"; echo "$signal: $?"; done
sh -c 'kill -KILL $$'; echo "$?"
sh -c 'kill -TERM $$' & wait $! 2>/dev/null; echo "$?"
(sh -c 'kill -HUP $$'; echo "inner $?"); echo "$?"
sh -c 'sh -c "kill -USR1 \$\$"; exit $?'; echo "$?"
sh -c 'sh -c "kill -USR2 \$PPID"; echo not here'; echo "$?"
kill -l 15; kill -l 137; kill -l TERM 2>/dev/null
kill -0 $$ && echo alive
kill -TERM 99999; echo "$?"

echo "-- and, or, not"
true && echo and; false && echo no; false || echo or; ! false && echo not
false || false || echo last; true && true && false; echo "$?"
if false; then :; fi; echo "$?"
while false; do :; done; echo "$?"
case x in y) false ;; esac; echo "$?"
f() { return 9; }; f; echo "$?"; f || echo "f failed with $?"

echo "-- errexit, nounset"
sh -ec 'false; echo no'; echo "$?"
sh -ec 'false || true; if false; then :; fi; ! true; echo yes'; echo "$?"
sh -ec 'x=$(false); echo no'; echo "$?"
sh -ec '(exit 4); echo no'; echo "$?"
sh -ec 'true | false | true; echo yes; true | false; echo no'; echo "$?"
sh -ec 'trap "echo at the end" EXIT; false; echo no'; echo "$?"
sh -ec 'f() { false; echo no; }; f; echo no'; echo "$?"
sh -uc 'echo "${set-default}"; echo "$set"; echo no'; echo "$?"
sh -c 'echo "${needed:?is missing}"; echo no'; echo "$?"
sh -c 'syntax (error'; echo "$?"
sh -c 'readonly r=1; r=2; echo no'; echo "$?"
sh -c '. ./nofile; echo no'; echo "$?"
sh -xc 'x=1; echo "traced $x"; set +x; echo quietly'
sh -nc 'echo not run'; echo "$?"
exit 300
